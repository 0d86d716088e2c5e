/** What the service does by itself once a year is over: what remains of its grants goes back to the fund. Nothing that a request is told depends on when. */
import type { Pool } from '../../../db/connect.js';
import type { Lane } from '../../../ledger/lane.js';
import { tidyInLane } from '../../../ledger/run-in-lane.js';
import { type Clock, dateInZone } from '../../../lib/clock.js';
import { expireGrants, yearOf } from './purses.js';

/** Members dealt with together: a fraction of a batch, so that nobody waits for it. */
const sweepLimit = 500;

/** Ends all purses whose year is over and returns of how many members; one that cannot be posted to is left for the next time. */
export async function expireDueGrants(lane: Lane, sql: Pool, clock: Clock): Promise<number> {
  const year = yearOf(dateInZone(clock(), lane.facts.zone));
  let done = 0;
  for (let after = ''; ; ) {
    const rows = await sql.unsafe(
      `select distinct p.member_id as id from timebank.grant_purses p
       where p.ledger_id = $1 and p.state = 'open' and p.year < $2::text::integer and p.member_id > $3::text order by 1 limit $4`,
      [lane.facts.id, String(year), after, sweepLimit],
      { prepare: true },
    );
    const ids = rows.map((row) => row['id'] as string);
    done += await tidyInLane(lane, ids, (stage, id) => expireGrants(stage, [id]));
    if (ids.length < sweepLimit) return done;
    after = ids.at(-1) ?? '';
  }
}
