/**
 * What the service does by itself as lots grow old: it warns ahead, and takes out what is over. Nothing that a request is told depends on when:
 * expiry is judged whenever a purse is used or read.
 */
import type { Pool } from '../../../db/connect.js';
import { change } from '../../../ledger/drafts.js';
import type { Lane } from '../../../ledger/lane.js';
import { tidyInLane } from '../../../ledger/run-in-lane.js';
import type { Stage } from '../../../ledger/stage.js';
import { type Clock, dateInZone, daysIn } from '../../../lib/clock.js';
import type { TimebankKind } from '../../chart.js';
import { lotRows } from '../rows.js';
import { readRulesOn } from '../rule-set-reads.js';
import { rulesToday } from '../rules-in-force.js';
import { expireLots } from './expire.js';
import { type AgedPurse, openLots } from './open-lots.js';
import { never } from './parts.js';

/** Purses dealt with together: a fraction of a batch, so that nobody waits for it. */
const sweepLimit = 500;

/** Takes out what expired before today and returns of how many purses; one that cannot be posted to is left for the next time. */
export async function expireDueLots(lane: Lane, sql: Pool, clock: Clock): Promise<number> {
  const today = dateInZone(clock(), lane.facts.zone);
  return eachPurse(lane, sql, { condition: 'l.expires_on < $2::text::date', of: [today] }, expireLots);
}

/** Warns of what expires within the days that the rules of today name, once for each of them, and returns of how many purses. */
export async function warnOfExpiry(lane: Lane, sql: Pool, clock: Clock): Promise<number> {
  const today = dateInZone(clock(), lane.facts.zone);
  const { points_expiry_warning_days: days } = await readRulesOn(sql, lane.facts.id, today);
  const condition = `l.expires_on between $2::text::date and $2::text::date + ${furthestWarning}
    and (select min(ahead) from unnest($5::text::int[]) ahead where l.expires_on - $2::text::date <= ahead) < coalesce(l.warned, ${furthestWarning})`;
  return eachPurse(lane, sql, { condition, of: [today, `{${days.join(',')}}`] }, warn);
}

/** More days than a rule set may warn ahead. */
const furthestWarning = 366;

interface Wanted {
  /** SQL about an open lot `l`; of its parameters $2 is the first, and those behind it begin with $5. */
  readonly condition: string;
  readonly of: readonly [string, ...string[]];
}

/** Has a command carried out for each purse that has such a lot, some at a time, and returns for how many it was. */
async function eachPurse(
  lane: Lane,
  sql: Pool,
  { condition, of: [first, ...more] }: Wanted,
  decide: (stage: Stage, owner: AgedPurse) => void,
): Promise<number> {
  const statement = `select distinct l.member_id || '/' || l.purse as name from timebank.lots l
    where l.ledger_id = $1 and l.state = 'open' and l.member_id || '/' || l.purse > $3::text and ${condition} order by 1 limit $4`;
  let done = 0;
  for (let after = ''; ; ) {
    const rows = await sql.unsafe(statement, [lane.facts.id, first, after, sweepLimit, ...more], { prepare: true });
    const names = rows.map((row) => row['name'] as string);
    done += await tidyInLane(lane, names, (stage, name) => decide(stage, purseNamed(name)));
    if (names.length < sweepLimit) return done;
    after = names.at(-1) ?? '';
  }
}

function purseNamed(name: string): AgedPurse {
  const [memberId = '', purse] = name.split('/');
  return { memberId, purse: purse as AgedPurse['purse'] };
}

/** One entry for each lot whose time has come. */
function warn(stage: Stage, owner: AgedPurse): void {
  const { points_expiry_warning_days: days } = rulesToday(stage);
  for (const lot of openLots(stage, owner)) {
    if (lot.expires_on < stage.today || lot.expires_on === never) continue;
    const left = daysIn(stage.today, lot.expires_on) - 1;
    const due = days.findLast((ahead) => left <= ahead);
    if (due === undefined || (lot.warned !== null && lot.warned <= due)) continue;
    stage.post({ kind: 'expiry_warned' satisfies TimebankKind, rows: [change(lotRows, { ...lot, warned: due })] });
  }
}
