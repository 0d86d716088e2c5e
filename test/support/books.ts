/** Books to test on: a ledger of its own in a database of its own, its lane, and the check that ends each story. */

import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { type ConnectionTarget, openPool, type Pool } from '../../src/db/connect.js';
import type { AccountSpec } from '../../src/ledger/accounts.js';
import type { Lane, LaneOptions } from '../../src/ledger/lane.js';
import { createLedger, Lanes } from '../../src/ledger/ledgers.js';
import { logIdentity } from '../../src/ledger/log/identity.js';
import type { Stage } from '../../src/ledger/stage.js';
import type { Answer, Key } from '../../src/ledger/state.js';
import { openStore } from '../../src/ledger/store.js';
import type { SavedCheckpoints } from '../../src/ledger/verify/checkpoints.js';
import { type Verification, verifyLedger } from '../../src/ledger/verify/verify.js';
import { Refusal } from '../../src/lib/refusal.js';
import { countyPlan } from '../../src/timebank/chart.js';
import { verifyControls } from '../../src/timebank/controls.js';
import { keepLots } from '../../src/timebank/credit/lots/keep.js';
import { allRows } from '../../src/timebank/rows.js';
import { database } from './database.js';

export const ledger = 'xinchang';

/** A clock that stands still until it is moved: 2026-11-02 09:00 in Shanghai. */
export function fixedClock(start = Date.parse('2026-11-02T09:00:00+08:00')) {
  let now = start;
  const clock = () => now;
  const advance = (milliseconds: number) => {
    now += milliseconds;
  };
  return { clock, advance };
}

export interface Books {
  readonly target: ConnectionTarget;
  /** A superuser's connections: what the service's role may not do, a test can. */
  readonly owner: Pool;
  readonly lane: Lane;
  /** The private key of the log. */
  readonly logKey: KeyObject;
  /** Another lane on the same ledger, as another process would have one. */
  openLane(options?: Partial<LaneOptions>): Promise<Lane>;
}

export async function books(t: Test, options: Partial<LaneOptions> = {}): Promise<Books> {
  const { target } = await database(t);
  const owner = openPool(target, { max: 4, applicationName: 'test owner' });
  const openLaneStore = () =>
    openStore(() =>
      openPool(target, { max: 1, applicationName: 'test lane', role: 'timeledger_service', plansAnew: true }),
    );
  const settings = { clock: fixedClock().clock, completes: keepLots, ...options };
  const store = openStore(() => openPool(target, { max: 1, applicationName: 'test ledger' }));
  const logKey = generateKeyPairSync('ed25519').privateKey;
  await createLedger(store, ledger, { ...countyPlan, ...logIdentity('ledger.test', ledger, logKey) }, settings);
  await store.close();
  const opened: Lanes[] = [];
  const openLane = (more: Partial<LaneOptions> = {}) => {
    const lanes = new Lanes(openLaneStore, { ...settings, ...more });
    opened.push(lanes);
    return lanes.of(ledger);
  };
  t.teardown(async () => {
    for (const lanes of opened) await lanes.close();
    await owner.end({ timeout: 1 });
  });
  return { target, owner, lane: await openLane(), logKey, openLane };
}

/** A fingerprint nobody else has. */
export function freshFingerprint(): string {
  return randomBytes(8).readBigInt64BE().toString();
}

/** What a test sees of a command: its result or the refusal. */
export type Outcome<Result> = { result: Result; code?: undefined } | { code: string; result?: undefined };

/** Submits a command and hands back what it decided. */
export async function run<Result>(
  lane: Lane,
  decide: (stage: Stage) => Result,
  options: { key?: Key; dryRun?: boolean; actor?: string } = {},
): Promise<Outcome<Result> & { replayed: boolean; answer: Answer }> {
  let outcome: Outcome<Result> = { code: 'replayed' };
  const { answer, replayed } = await lane.submit<Result>({
    actor: options.actor ?? 'operator:test',
    key: options.key,
    dryRun: options.dryRun ?? false,
    decide,
    answer: (told) => {
      outcome = told instanceof Refusal ? { code: told.code } : { result: told };
      return {
        code: told instanceof Refusal ? 422 : 201,
        body: JSON.stringify(told instanceof Refusal ? told.code : 'ok'),
      };
    },
  });
  return { ...outcome, replayed, answer };
}

export function account(code: string, spec: Partial<AccountSpec> = {}): AccountSpec {
  return { code, asset: 'COIN', type: 'liability', floor: 0n, ...spec };
}

/** Verifies everything. */
export function verifyBooks(pool: Pool, checkpoints?: SavedCheckpoints): Promise<Verification> {
  return verifyLedger(pool, ledger, {
    tables: allRows as never,
    controls: verifyControls,
    ...(checkpoints && { checkpoints }),
  });
}

/** Ends a story: every table agrees with the log, and debits equal credits for every asset. */
export async function booksBalance(t: Test, pool: Pool): Promise<void> {
  const verification = await verifyBooks(pool);
  t.same(verification.findings, [], 'verification finds no difference');
  const sums =
    await pool`select a.asset, sum(a.debits - a.credits)::text as net from timeledger.accounts a group by a.asset`;
  for (const { asset, net } of sums) t.equal(net, '0', `${asset}: debits equal credits`);
}

/** The database's own checks refuse each of the changes of a table's rows: `wrong` names them by check. */
export async function refusedByChecks(
  t: Test,
  owner: Pool,
  table: string,
  wrong: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  for (const [name, changes] of Object.entries(wrong)) {
    for (const change of changes) {
      const message = new RegExp(`"${name}"`);
      await t.rejects(owner.unsafe(`update timebank.${table} set ${change}`), { message }, change);
    }
  }
}
