/** Whether the books grow slow: single postings around entry 10,000 against those around entry 2,000,000, on the same accounts. */
import { countEntries } from './database-facts.js';
import { type GrowthFacts, type Measurement, ratioTo } from './results.js';
import { bulkStream, type Measure, mainConnections, postingStream, warmupSeconds } from './runs.js';
import { ledger, type Stand } from './stand.js';

const earlyEntry = 10_000;
const lateEntry = 2_000_000;
const fillConnections = 4;
/** More than filling ever takes. */
const fillSeconds = 3_600;

/** The journal holds the accounts' openings and nothing else when this begins. */
export async function measureGrowth(stand: Stand, seconds: number, measure: Measure): Promise<GrowthFacts> {
  await fill(stand, earlyEntry);
  const early = await measureAround(stand, seconds, 'around entry 10,000', measure);
  const half = Math.round((early.measurement.rate * (warmupSeconds + seconds)) / 2);
  const filled = await fill(stand, lateEntry - half);
  const late = await measureAround(stand, seconds, 'around entry 2,000,000', measure);
  return {
    early,
    late,
    ratio: speedOf(late.measurement) / speedOf(early.measurement),
    filled_entries: filled?.acknowledged ?? 0,
    fill_rate: filled?.rate ?? 0,
  };
}

function speedOf({ rate, pgbench_rate }: Measurement): number {
  return ratioTo(pgbench_rate, rate) ?? rate;
}

async function measureAround(
  stand: Stand,
  seconds: number,
  where: string,
  measure: Measure,
): Promise<GrowthFacts['early']> {
  const stream = { ...postingStream(stand, mainConnections), name: `postings ${where}` };
  const first = await countEntries(stand.sql, ledger);
  const [measurement] = await measure({ streams: [stream], warmupSeconds, seconds, label: stream.name });
  if (!measurement) throw new Error('nothing was measured');
  const last = await countEntries(stand.sql, ledger);
  return { entry: Math.round((first + last) / 2), measurement };
}

/** Bulk postings until the journal has about `entry` entries. */
async function fill(stand: Stand, entry: number): Promise<Measurement | null> {
  const missing = entry - (await countEntries(stand.sql, ledger));
  if (missing <= 0) return null;
  const stream = { ...bulkStream(stand, fillConnections), name: `filling up to entry ${entry.toLocaleString('en')}` };
  const plan = {
    streams: [stream],
    warmupSeconds: 0,
    seconds: fillSeconds,
    stopAfterEntries: missing,
    label: stream.name,
  };
  const [measurement] = await stand.measure(plan);
  return measurement ?? null;
}
