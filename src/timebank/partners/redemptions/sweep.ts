/**
 * Giving back what is held past its time. Nothing depends on it but tidiness: expiry is judged whenever a hold is used, and a
 * member whose points would not suffice gets expired holds back first.
 */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { tidyInLane } from '../../../ledger/run-in-lane.js';
import type { Clock } from '../../../lib/clock.js';
import { rulesToday } from '../../credit/rules-in-force.js';
import { findDue } from './reads.js';
import { expireRedemption } from './release.js';

/** Holds given back in one sweep: a fraction of a batch, so that nobody waits for it. */
const sweepLimit = 500;

/** Expires holds that are due and returns how many; one that was used meanwhile is left alone. */
export async function expireDue(lane: Lane, sql: Pool, clock: Clock): Promise<number> {
  const due = await findDue(sql, lane.facts.id, clock(), sweepLimit);
  return tidyInLane(lane, due, (stage, id) => expireRedemption(stage, rulesToday(stage), id));
}
