/**
 * What an operator may do alone: open accounts and post between them, as long as they are not the time bank's own. Those are
 * control accounts of its sub-ledgers; correcting them takes an adjustment, a document and a second person.
 */

import type { StagedEntry } from '../ledger/drafts.js';
import { type AccountRequest, type EntryRequest, postEntry } from '../ledger/entries.js';
import type { Stage } from '../ledger/stage.js';
import { Refusal } from '../lib/refusal.js';
import { isOwnAccount } from './chart.js';

/** What may be opened by hand: anything that is not the time bank's own. Refuses: `account_restricted`. */
export function openableByHand(request: AccountRequest): AccountRequest {
  if (!isOwnAccount(request.code)) return request;
  throw new Refusal('account_restricted', {
    en: `${request.code} is the time bank's own: the command that first posts to it opens it, not an operator`,
    zh: `${request.code} 是互助时间账本的专用账户，由首次过账的业务自动开立，不由操作员开立`,
  });
}

/** Posts an entry between accounts opened by hand. Refuses: `account_restricted`, then what `postEntry` refuses. */
export function postByHand(stage: Stage, request: EntryRequest): StagedEntry {
  for (const { debit, credit } of request.legs) {
    // Opened or not: a purse that nothing was posted to is as little to be posted to by hand as any other.
    if (isOwnAccount(debit)) throw restricted(debit);
    if (isOwnAccount(credit)) throw restricted(credit);
  }
  return postEntry(stage, request);
}

function restricted(code: string): Refusal {
  return new Refusal('account_restricted', {
    en: `${code} is the time bank's own: it is corrected by an adjustment`,
    zh: `${code} 是互助时间账本的专用账户，须通过调账更正`,
  });
}
