/**
 * Words beside entries and in adjustments that may be about a person who is erased: those of whatever moves a purse of theirs, or was to. There
 * may be any number of them, so each is erased by a command of its own, after the person. Decides nothing about who is erased.
 */
import type { Pool } from '../../db/connect.js';
import type { Lane } from '../../ledger/lane.js';
import { allPurses, memberAccount, receivableAccount } from '../chart.js';
import { erasedIds, eraseEach, erasureReason, isErased, type Left } from '../people/personal-data/left-texts.js';
import { eraseAdjustmentOf, eraseEntryText } from './erasure.js';

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

/** SQL: the codes of a member's accounts, the id being a column. */
const accountCodes = allPurses
  .flatMap((purse) => [memberAccount('%', purse), receivableAccount('%', purse).code])
  .map((code) => `replace('${code}', '%', known.id)`)
  .join(', ');

/** Entries with words that move an account of theirs. */
async function findEntries(sql: Pool, ledgerId: number, memberId: string | null): Promise<Left[]> {
  const rows = await sql.unsafe(
    `select distinct t.number::text as id, ${erasureReason} from ${erasedIds}
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
    `select distinct j.adjustment_id::text as id, ${erasureReason} from ${erasedIds}
     join timebank.adjustments j on j.ledger_id = $1 and strpos(j.legs, '"member:' || known.id || ':') > 0
     where ${isErased} and num_nonnulls(j.reference, j.reason, j.rejection) > 0`,
    [ledgerId, memberId],
    { prepare: true },
  );
  return rows as unknown as Left[];
}
