/**
 * Every kind of job, and where each of its parts runs: what takes the processor's time in a worker, what commits in the process
 * that has the lane. Chores come back by themselves; nothing that a request is told depends on when.
 */
import type { Pool } from '../db/connect.js';
import type { Lane } from '../ledger/lane.js';
import type { Lanes } from '../ledger/ledgers.js';
import { listLedgers, readLedger } from '../ledger/reads/ledgers.js';
import type { Clock } from '../lib/clock.js';
import { newId } from '../lib/ids.js';
import { keepJobsDays, type RunsOn, repeatJob } from '../work/jobs.js';
import type { Run, Work } from '../work/runner.js';
import { sweepWork } from '../work/sweep.js';
import { makeEstateFile } from './audit/estate-files/job.js';
import { sealStatement, stageStatement } from './audit/partner-statement-jobs.js';
import { computeReconciliation, sealComputed } from './audit/reconciliations/complete.js';
import { expireDueGifts } from './credit/gifts/reads.js';
import { expireDueGrants } from './credit/grants/sweep.js';
import { carryOnLeftUndos, carryOutUndo } from './credit/intake/jobs.js';
import { expireDueLots, warnOfExpiry } from './credit/lots/sweep.js';
import { eraseTextsOfErased } from './credit/texts-about.js';
import { freeHolds } from './free-holds.js';
import { commitImport, expireImports, sealImport } from './imports/import-jobs.js';
import { tryImport } from './imports/try-import.js';
import { expireDue } from './partners/redemptions/sweep.js';
import { sealEarlierPhones } from './people/personal-data/earlier-phones.js';
import type { PersonalKeys } from './people/personal-data/personal-keys.js';
import { dryRun } from './service/dry-run/dry-run.js';
import { dropErasedFiles } from './service/orders/erased-files.js';
import { settleDue } from './service/orders/sweep.js';
import {
  carryOnLeft,
  carryOutRecomputation,
  computeRecomputation,
  sealRecomputation,
} from './service/recomputations/jobs.js';
import { eraseServiceTextsOfErased } from './service/texts-left.js';

export interface WorkerTools {
  /** Reads everything, and may call the functions of schema `work`. */
  readonly sql: Pool;
  readonly personal: PersonalKeys;
  readonly clock: Clock;
}

export interface LaneTools extends WorkerTools {
  readonly lanes: Pick<Lanes, 'of'>;
  /** Lines of an import that are committed at a time; see `chunkLines`. */
  readonly chunkLines?: number;
}

type Works = Readonly<Record<string, Work>>;

/** What a worker does. */
export function workerWorks(tools: WorkerTools): Works {
  const { sql, clock } = tools;
  return {
    import_stage: (run) => tryImport(tools, run),
    estate_file: (run) => makeEstateFile({ sql, clock }, run),
    partner_statement: (run) => stageStatement(sql, run),
    reconciliation: (run) => computeReconciliation(sql, run),
    recomputation_proposal: (run) => computeRecomputation({ sql, clock }, run),
    rule_set_dry_run: (run) => dryRun({ sql, clock }, run),
    sweep_work: async ({ job }) => {
      const now = clock();
      const swept = await sweepWork(sql, job.ledgerId, {
        now: new Date(now).toISOString(),
        jobsBefore: new Date(now - keepJobsDays * 86_400_000).toISOString(),
      });
      return { result: swept };
    },
  };
}

/** What the process with the lane does. */
export function laneWorks(tools: LaneTools): Works {
  const { sql, personal, clock, lanes } = tools;
  const laneOf = async ({ job }: Run): Promise<Lane> => lanes.of((await readLedger(sql, job.ledgerId)).code);
  const withLane = async (run: Run) => ({ ...tools, lane: await laneOf(run) });
  return {
    partner_statement: async (run) => sealStatement(await withLane(run), run),
    reconciliation: async (run) => sealComputed(await laneOf(run), run),
    recomputation_proposal: async (run) => sealRecomputation({ ...(await withLane(run)), freeHolds }, run),
    recomputation: async (run) => carryOutRecomputation({ ...(await withLane(run)), freeHolds }, run),
    carry_on_recomputations: async (run) => ({ result: { begun: await carryOnLeft(sql, run.job.ledgerId) } }),
    intake_undo: async (run) => carryOutUndo({ ...(await withLane(run)), freeHolds }, run),
    carry_on_intake_undos: async (run) => ({ result: { begun: await carryOnLeftUndos(sql, run.job.ledgerId) } }),
    import_stage: async (run) => sealImport(await withLane(run), run),
    import_commit: async (run) => commitImport(await withLane(run), run),
    expire_imports: async (run) => ({ result: { expired: await expireImports(await withLane(run), run) } }),
    finish_erasures: async (run) => {
      const lane = await laneOf(run);
      const texts = await eraseTextsOfErased({ sql, lane }, null);
      const ofService = await eraseServiceTextsOfErased({ sql, lane });
      return { result: { texts: texts + ofService, files: await dropErasedFiles(sql, run.job.ledgerId) } };
    },
    seal_phones: async (run) => ({
      result: { sealed: await sealEarlierPhones(sql, await laneOf(run), personal, run.job.owner) },
    }),
    expire_holds: async (run) => ({ result: { expired: await expireDue(await laneOf(run), sql, clock) } }),
    expire_gifts: async (run) => ({ result: { expired: await expireDueGifts(await laneOf(run), sql, clock) } }),
    expire_grants: async (run) => ({ result: { expired: await expireDueGrants(await laneOf(run), sql, clock) } }),
    expire_points: async (run) => ({ result: { expired: await expireDueLots(await laneOf(run), sql, clock) } }),
    warn_of_expiry: async (run) => ({ result: { warned: await warnOfExpiry(await laneOf(run), sql, clock) } }),
    settle_orders: async (run) => ({ result: { settled: await settleDue(await laneOf(run), sql, clock) } }),
  };
}

/** What repeats, where, and how many seconds after it ended. */
const chores: readonly (readonly [kind: string, runsOn: RunsOn, seconds: number])[] = [
  ['expire_holds', 'lane', 60],
  ['settle_orders', 'lane', 60],
  ['expire_gifts', 'lane', 600],
  ['expire_grants', 'lane', 600],
  ['expire_points', 'lane', 600],
  ['warn_of_expiry', 'lane', 3_600],
  ['carry_on_recomputations', 'lane', 600],
  ['carry_on_intake_undos', 'lane', 600],
  ['expire_imports', 'lane', 3_600],
  ['finish_erasures', 'lane', 3_600],
  ['seal_phones', 'lane', 3_600],
  ['sweep_work', 'worker', 600],
];

/** Sees to it that every ledger has its chores. */
export async function repeatChores(sql: Pool): Promise<void> {
  for (const ledger of await listLedgers(sql)) {
    for (const [kind, runsOn, seconds] of chores)
      await repeatJob(sql, ledger.id, { id: newId(), kind, runsOn, seconds });
  }
}
