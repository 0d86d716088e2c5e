/** Writing down what became of orders whose deadline has passed. Nothing depends on it but tidiness, and that a series goes on. */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { tidyInLane } from '../../../ledger/run-in-lane.js';
import type { Clock } from '../../../lib/clock.js';
import { settleLapsed } from './lapse.js';
import { findLapsed } from './reads.js';
import { rulesOfOrder } from './rules.js';

/** Orders written down in one sweep: a fraction of a batch, so that nobody waits for it. */
const sweepLimit = 500;

/** Settles orders that are due and returns how many; one that was used meanwhile is left alone. */
export async function settleDue(lane: Lane, sql: Pool, clock: Clock): Promise<number> {
  const due = await findLapsed(sql, { ledgerId: lane.facts.id, now: clock() }, sweepLimit);
  return tidyInLane(lane, due, (stage, id) => settleLapsed(stage, rulesOfOrder(stage, id), id));
}
