/**
 * Words beside entries and in adjustments that may be about a person who is erased: those of whatever moves a purse of theirs, or was to. There
 * may be any number of them, so each is erased by a command of its own, after the person. Decides nothing about who is erased.
 */
import type { Pool } from '../../db/connect.js';
import type { ErasureReason } from '../../ledger/erasure.js';
import type { Lane } from '../../ledger/lane.js';
import { tidyInLane } from '../../ledger/run-in-lane.js';
import type { Stage } from '../../ledger/stage.js';
import { allPurses, memberAccount, receivableAccount } from '../chart.js';
import { eraseAdjustmentOf, eraseEntryText } from './erasure.js';

/** A text that is left, with the reason for which the person was erased. */
interface Left {
  readonly id: string;
  readonly reason: ErasureReason;
}

/** Erases what is left about people who are erased, of one of them or of all (null), under all their ids. Returns how many texts there were. */
export async function eraseTextsOfErased(
  { sql, lane }: { readonly sql: Pool; readonly lane: Lane },
  memberId: string | null,
): Promise<number> {
  const ledgerId = lane.facts.id;
  const entries = await findEntries(sql, ledgerId, memberId);
  const erased = await eraseEach(lane, entries, (stage, id, reason) => eraseEntryText(stage, Number(id), reason));
  const adjustments = await findAdjustments(sql, ledgerId, memberId);
  return erased + (await eraseEach(lane, adjustments, eraseAdjustmentOf));
}

function eraseEach(
  lane: Lane,
  left: readonly Left[],
  erase: (stage: Stage, id: string, reason: ErasureReason) => unknown,
): Promise<number> {
  const reasons = new Map(left.map(({ id, reason }) => [id, reason]));
  return tidyInLane(lane, [...reasons.keys()], (stage, id) => erase(stage, id, reasons.get(id) ?? 'person_asked'));
}

/** SQL: every id of the people who are erased, and the reason that the entry of the erasure gives. */
const erasedIds = `timebank.erasures x
  join timeledger.entries y on y.ledger_id = $1 and y.number = x.entry
  join timebank.members q on q.ledger_id = $1 and q.member_id = x.member_id
  cross join lateral unnest(string_to_array(concat_ws(' ', q.member_id, q.merged_from), ' ')) as known(id)`;
const isErased = `x.ledger_id = $1 and x.state = 'erased' and ($2::text is null or x.member_id = $2::text)`;
const reason = `y.leaf::json ->> 'reason' as reason`;

/** SQL: the codes of a member's accounts, the id being a column. */
const accountCodes = allPurses
  .flatMap((purse) => [memberAccount('%', purse), receivableAccount('%', purse).code])
  .map((code) => `replace('${code}', '%', known.id)`)
  .join(', ');

/** Entries with words that move an account of theirs. */
async function findEntries(sql: Pool, ledgerId: number, memberId: string | null): Promise<Left[]> {
  const rows = await sql.unsafe(
    `select distinct t.number::text as id, ${reason} from ${erasedIds}
     join timeledger.accounts a on a.ledger_id = $1 and a.code in (${accountCodes})
     join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
     join timeledger.entry_texts t on t.ledger_id = $1 and t.number = p.entry
     where ${isErased}`,
    [ledgerId, memberId],
    { prepare: true },
  );
  return rows as unknown as Left[];
}

/** Adjustments with words that move, were to move or are to move an account of theirs. */
async function findAdjustments(sql: Pool, ledgerId: number, memberId: string | null): Promise<Left[]> {
  const rows = await sql.unsafe(
    `select distinct j.adjustment_id::text as id, ${reason} from ${erasedIds}
     join timebank.adjustments j on j.ledger_id = $1 and strpos(j.legs, '"member:' || known.id || ':') > 0
     where ${isErased} and num_nonnulls(j.reference, j.reason, j.rejection) > 0`,
    [ledgerId, memberId],
    { prepare: true },
  );
  return rows as unknown as Left[];
}
