/** Has a job of an import carried out: by the service when one runs, by this process when nobody takes it up or nobody can. */
import { randomUUID } from 'node:crypto';
import type { Pool } from '../../db/connect.js';
import type { Lane } from '../../ledger/lane.js';
import type { Lanes } from '../../ledger/ledgers.js';
import { systemClock } from '../../lib/clock.js';
import { newId } from '../../lib/ids.js';
import type { Words } from '../../lib/language.js';
import { Refusal, type RefusalCode } from '../../lib/refusal.js';
import { chunkLinesAlone } from '../../timebank/imports/import-jobs.js';
import { laneWorks, workerWorks } from '../../timebank/jobs.js';
import type { PersonalKeys } from '../../timebank/people/personal-data/personal-keys.js';
import { commandLineActor } from '../../timebank/service/four-people.js';
import { addJob, hasEnded, type Job, type NewJob, waitForJob } from '../../work/jobs.js';
import { Runner } from '../../work/runner.js';
import { progressBar } from '../progress.js';
import type { ImportCommandOptions } from './options.js';

/** What somebody else may take up is left to them for so long. */
const patienceSeconds = 3;

/** What the command works with. */
export interface Desk {
  readonly sql: Pool;
  readonly lane: Lane;
  readonly lanes: Lanes;
  readonly personal: PersonalKeys;
  /** Nobody else can be at work on this database. */
  readonly alone: boolean;
}

/** Has a job carried out, here if nobody else does, and shows how far it is. Refuses as the job does. */
export async function carryOut(
  desk: Desk,
  asked: Omit<NewJob, 'id' | 'owner'>,
  { name, language }: Pick<ImportCommandOptions, 'name' | 'language'>,
): Promise<unknown> {
  const { sql, lane, lanes, personal, alone } = desk;
  let job = await addJob(sql, lane.facts.id, { ...asked, id: newId(), owner: commandLineActor });
  const tools = {
    sql,
    lanes,
    personal,
    clock: systemClock,
    ...(alone && { chunkLines: chunkLinesAlone }),
  };
  const log = (message: string, error?: unknown) => console.error(message, error ?? '');
  const shared = { sql, log, claimant: randomUUID(), only: job.id, idleMilliseconds: 100 } as const;
  const terms = { ...shared, patienceSeconds: alone ? 0 : patienceSeconds };
  const runners: Runner[] = [
    new Runner({ ...terms, runsOn: 'worker', works: workerWorks(tools), ended: () => runners[1]?.wake() }),
    new Runner({ ...terms, runsOn: 'lane', works: laneWorks(tools) }),
  ];
  for (const runner of runners) runner.start();
  const bar = progressBar(labels(asked.kind, name), language);
  try {
    while (!hasEnded(job)) {
      job = await waitForJob(sql, job, { milliseconds: 200, signal: new AbortController().signal });
      if (job.total !== null) bar.show(job.done, job.total);
    }
  } finally {
    bar.end();
    for (const runner of runners) await runner.stop();
  }
  return resultOf(job);
}

function labels(kind: string, name: string): Words {
  return kind === 'import_stage'
    ? { en: `reading ${name}`, zh: `正在读取 ${name}` }
    : { en: `importing ${name}`, zh: `正在导入 ${name}` };
}

function resultOf(job: Job): unknown {
  if (job.state === 'done') return job.result;
  const {
    code = 'job_cancelled',
    detail = { en: 'the job was cancelled', zh: '作业已取消' },
    errors,
  } = job.problem ?? {};
  if (code === 'job_failed') throw new Error(`job ${job.id} failed: ${detail.en}`);
  throw new Refusal(code as RefusalCode, detail, errors ? { errors } : {});
}
