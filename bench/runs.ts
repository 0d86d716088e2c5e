/** What is measured of the service, over HTTP: postings by number of connections, redemptions, orders, bulk, intake, and reads beside postings. */
import { growthOf, readSizes } from './database-facts.js';
import type { LoadStream } from './load-protocol.js';
import {
  helperCount,
  helperId,
  hotAccount,
  memberCount,
  neighbourCount,
  neighbourId,
  partnerId,
  redeemerCount,
  soughtCount,
  soughtId,
} from './names.js';
import type { Part } from './parts.js';
import { memberAccounts } from './population.js';
import type { Measurement, StorageFacts } from './results.js';
import type { Plan, Stand } from './stand.js';

export const warmupSeconds = 3;
/** The run that storage is measured on, and the targets are set for. */
export const mainConnections = 64;

/** Measures between two runs of the main yardstick. */
export type Measure = (plan: Plan) => Promise<Measurement[]>;

export function postingStream(stand: Stand, connections: number): LoadStream {
  const plural = connections === 1 ? 'connection' : 'connections';
  const name = `postings, ${connections} ${plural}`;
  return { name, kind: 'posting', connections, tokens: [stand.token('operator', 'bench')], population: memberCount };
}

export function bulkStream(stand: Stand, connections: number): LoadStream {
  const name = `bulk of 1,000, ${connections} connections`;
  return { name, kind: 'bulk', connections, tokens: [stand.token('operator', 'bench')], population: memberCount };
}

function intakeStream(stand: Stand, connections: number): LoadStream {
  const name = `intake, 1,000 counts a request, ${connections} connections`;
  return { name, kind: 'intake', connections, tokens: [stand.token('platform', 'bench')], population: helperCount };
}

/** Has the service load every account, as one that has run for a while holds them. A dry run: nothing is committed. */
export async function warmService(stand: Stand): Promise<void> {
  const { host, port } = stand.service;
  const authorization = `Bearer ${stand.token('operator', 'bench')}`;
  for (const codes of memberAccounts()) {
    const entries = codes.map((code) => ({
      kind: 'transfer',
      legs: [{ debit: hotAccount(0), credit: code, amount: '1.00' }],
    }));
    const response = await fetch(`http://${host}:${port}/v1/entries/bulk?dry_run=true`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ entries }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`warming up was answered ${response.status}: ${text.slice(0, 300)}`);
  }
}

/** Has the service load those who serve, likewise. */
async function warmIntake(stand: Stand): Promise<void> {
  const { host, port } = stand.service;
  const authorization = `Bearer ${stand.token('platform', 'bench')}`;
  const occurred_on = new Date(Date.now() - 16 * 3_600_000).toISOString().slice(0, 10);
  for (let first = 0; first < helperCount; first += 1_000) {
    const items = Array.from({ length: 1_000 }, (_, i) => ({
      external_id: `warm-${first + i}`,
      member: helperId(first + i),
      occurred_on,
      occurrences: 1,
    }));
    const response = await fetch(`http://${host}:${port}/v1/intake/service-counts/bulk?dry_run=true`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`warming up was answered ${response.status}: ${text.slice(0, 300)}`);
  }
}

/** The chosen parts in order. */
export async function runParts(
  stand: Stand,
  chosen: ReadonlySet<Part>,
  seconds: number,
  measure: Measure,
): Promise<StorageFacts[]> {
  const run = (streams: readonly LoadStream[]) =>
    measure({ streams, warmupSeconds, seconds, label: streams[0]?.name ?? '' });
  const storage: StorageFacts[] = [];
  const runWithSizes = async (stream: LoadStream) => {
    const before = await readSizes(stand.sql);
    const [measured] = await run([stream]);
    if (measured) storage.push(growthOf(before, await readSizes(stand.sql), measured));
  };
  if (chosen.has('postings')) {
    // 64 connections first: then most members are credited for the first time that day, as members mostly are, and each such posting also
    // makes a daily sum. Their storage is part of the figure.
    await runWithSizes(postingStream(stand, mainConnections));
    for (const connections of [1, 16, 256]) await run([postingStream(stand, connections)]);
  }
  if (chosen.has('redemptions')) await runWithSizes(redemptionStream(stand));
  if (chosen.has('orders')) await run([orderStream(stand)]);
  if (chosen.has('bulk')) await run([bulkStream(stand, 4)]);
  if (chosen.has('intake')) {
    await warmIntake(stand);
    await run([intakeStream(stand, 4)]);
  }
  if (chosen.has('reads')) await run(readStreams(stand));
  if (chosen.has('candidates')) {
    await run([candidateStream(stand)]);
    const posting = postingStream(stand, mainConnections);
    await run([
      { ...posting, name: `${posting.name}, beside candidates` },
      { ...candidateStream(stand, 200), name: 'candidates beside postings, 1 connection' },
    ]);
  }
  return storage;
}

export function redemptionStream(stand: Stand): LoadStream {
  const tokens = [stand.token('partner', partnerId)];
  return {
    name: `redemptions, ${mainConnections} connections`,
    kind: 'redemption',
    connections: mainConnections,
    tokens,
    population: redeemerCount,
  };
}

function orderStream(stand: Stand): LoadStream {
  const members = [
    ...Array.from({ length: neighbourCount }, (_, i) => neighbourId(i)),
    ...Array.from({ length: helperCount }, (_, i) => helperId(i)),
  ];
  return {
    name: `orders, ${mainConnections} connections`,
    kind: 'order',
    connections: mainConnections,
    tokens: [stand.token('coordinator', 'bench'), ...members.map((id) => stand.token('member', id))],
    population: helperCount,
  };
}

/** One order after another; with a pause it is as many as dispatchers ask for. */
function candidateStream(stand: Stand, pauseMilliseconds = 0): LoadStream {
  return {
    name: 'candidates, 1 connection',
    kind: 'pages',
    connections: 1,
    tokens: [stand.token('coordinator', 'bench')],
    population: soughtCount,
    paths: Array.from({ length: soughtCount }, (_, i) => `/v1/orders/${soughtId(i)}/candidates`),
    ...(pauseMilliseconds > 0 && { pauseMilliseconds }),
  };
}

function readStreams(stand: Stand): LoadStream[] {
  const posting = postingStream(stand, mainConnections);
  const readers = { connections: 4, tokens: [stand.token('auditor', 'bench')], population: memberCount };
  return [
    { ...posting, name: `${posting.name}, beside reads` },
    { ...readers, name: 'balances, 4 connections', kind: 'balance' },
    { ...readers, name: 'statements, 4 connections', kind: 'statement' },
  ];
}
