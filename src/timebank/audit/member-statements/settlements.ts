/**
 * What the settlement of accounts was, to whom they were and to the relative who has what was left: in words, as a member's statement tells it. It says no
 * more of either than that there was somebody. Pure.
 */
import type { Leaf } from '../../../ledger/leaf.js';
import { formatAmount, parseAmount } from '../../../lib/decimal.js';
import type { Words } from '../../../lib/language.js';
import { assetOfPurse, communityAccount, lapsedAccount, type Purse, writtenOffAccount } from '../../chart.js';
import { settledPurses } from '../../credit/closings/closing.js';
import { type Flow, netOf } from './flows.js';
import { joined, purseWords } from './purse-words.js';

interface Settled {
  readonly leaf: Leaf;
  readonly flows: readonly Flow[];
}

/** Of who leaves or has died, where what they held went; of a relative, that it came. */
export function settlementReason({ leaf, flows }: Settled): Words {
  const isTheirs =
    flows.some(({ owed, out, ...flow }) => !owed && out > flow.in) || writtenOff({ leaf, flows }).length > 0;
  if (!isTheirs)
    return { zh: '亲属账户结清，余额转入', en: 'the accounts of a relative were closed: this came to you' };
  const credited = new Set((leaf.legs ?? []).map(({ credit }) => credit));
  const purses = flows.filter(({ owed }) => !owed).map(({ purse }) => purse);
  const toKin = (leaf.legs ?? []).some(({ debit, credit }) => {
    const [from, to] = [ownerOf(debit), ownerOf(credit)];
    return from !== null && to !== null && from !== to;
  });
  return joined(
    [
      { zh: '账户结清', en: 'accounts closed' },
      ...(toKin ? [{ zh: '余额转给亲属', en: 'what was left went to a relative' }] : []),
      ...(credited.has(communityAccount) && purses.includes('coins')
        ? [{ zh: '时间币转入社区公共账户', en: 'coins went into the pool of the community' }]
        : []),
      ...(purses.includes('grants') ? [{ zh: '未用的资助退回基金', en: 'grants went back to the fund' }] : []),
      ...settledPurses
        .filter((purse) => purses.includes(purse) && credited.has(lapsedAccount(purse).code))
        .map((purse) => ({ zh: `${purseWords[purse].zh}失效`, en: `${purseWords[purse].en} lapsed` })),
    ],
    { zh: '，', en: ', ' },
  );
}

/** What of a person's debts was written off, by purse: of an asset that this person does not owe it is another's. */
export function writtenOff({ leaf, flows }: Settled): Loss[] {
  return settledPurses.flatMap((purse) => {
    const repaid = netOf(flows, purse, true);
    const { scale } = assetOfPurse(purse);
    const losses = (leaf.legs ?? []).filter(({ debit }) => debit === writtenOffAccount(purse).code);
    const amount = losses.reduce((sum, leg) => sum + parseAmount(leg.amount, scale), 0n);
    return repaid < 0n && amount > 0n ? [{ purse, amount }] : [];
  });
}

export interface Loss {
  readonly purse: Purse;
  readonly amount: bigint;
}

export function lossWords({ purse, amount }: Loss): Words {
  const [name, text] = [purseWords[purse], formatAmount(amount, assetOfPurse(purse).scale)];
  return { zh: `核销${name.zh}欠额 ${text}`, en: `${text} ${name.en} that were owed are written off` };
}

/** Whose an account is, if it is a member's. */
function ownerOf(code: string): string | null {
  const [head, memberId = null] = code.split(':');
  return head === 'member' ? memberId : null;
}
