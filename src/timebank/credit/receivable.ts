/**
 * Taking units back that a member has spent meanwhile: what is left in the purse is taken, the rest becomes a debt the member's
 * statement shows. A balance never silently goes negative.
 */
import { balanceOf } from '../../ledger/accounts.js';
import type { LegRecovery } from '../../ledger/entries.js';
import { purseOf, receivableAccount } from '../chart.js';

/** For `reverseEntry`: a leg that takes from a member's purse is split between purse and receivable when the purse is short. */
export const recoverFromMember: LegRecovery = (stage, { debit, credit, amount }) => {
  const owner = purseOf(debit.code);
  const balance = balanceOf(debit);
  if (!owner || balance >= amount) return null;
  const receivable = receivableAccount(owner.memberId, owner.purse);
  const { code, asset, type } = receivable;
  const opens = stage.account(code) ? [] : [{ code, asset, type, floor: 0n }];
  const taken = balance > 0n ? [{ debit: debit.code, credit, amount: balance }] : [];
  return { opens, legs: [...taken, { debit: code, credit, amount: amount - balance }] };
};
