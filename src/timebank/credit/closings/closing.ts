/**
 * A closing: a member's accounts are to be settled, because the member leaves, moves away or has died. `open -> settled | withdrawn`. Here is what
 * leaving and death have in common; how far each takes is said there, and what is moved in settle.ts.
 */
import { balanceOf } from '../../../ledger/accounts.js';
import { change, type EntryDraft } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatAmount } from '../../../lib/decimal.js';
import { Refusal } from '../../../lib/refusal.js';
import { assetOfPurse, memberAccount, receivableAccount, type TimebankKind } from '../../chart.js';
import type { Reach } from '../../people/reach.js';
import { type Beside, isFirstPerson, isOneOf } from '../../people/second-person.js';
import { hasGrants } from '../grants/carry.js';
import { closingRows } from './rows.js';

export type Closing = ReturnType<typeof closingRows.decode>;

/** Who decides, and whose accounts. */
export interface Closer extends Beside {
  readonly id: string;
  readonly actor: string;
  readonly reach: Reach;
}

/** What of a member is settled: hours are the legal record, which stays. */
export const settledPurses = ['coins', 'points'] as const;

/** What one purse and what is owed of it come to. */
export function standingOf(stage: Stage, memberId: string, purse: (typeof settledPurses)[number]) {
  const [held, owed] = [memberAccount(memberId, purse), receivableAccount(memberId, purse).code];
  return { held: balanceAt(stage, held), owed: balanceAt(stage, owed) };
}

/** Whether a member has or owes anything but hours. */
export function hasAnything(stage: Stage, memberId: string): boolean {
  stage.prefetch({ accounts: settledPurses.flatMap((purse) => needsOf(memberId, purse)) });
  const hasPurse = settledPurses.some((purse) => {
    const { held, owed } = standingOf(stage, memberId, purse);
    return held > 0n || owed > 0n;
  });
  return hasPurse || hasGrants(stage, memberId);
}

const needsOf = (memberId: string, purse: (typeof settledPurses)[number]) => [
  memberAccount(memberId, purse),
  receivableAccount(memberId, purse).code,
];

function balanceAt(stage: Stage, code: string): bigint {
  const account = stage.account(code);
  return account ? balanceOf(account) : 0n;
}

/** The closing of a member that is open, if there is one. */
export function openClosing(stage: Stage, memberId: string): Closing | null {
  return stage.rows(closingRows, 'state', memberId, 'open')[0] ?? null;
}

/** Also for commands that change whose the accounts are. Refuses: `closing_open`. */
export function refuseOpenClosing(stage: Stage, memberId: string): void {
  if (!openClosing(stage, memberId)) return;
  throw new Refusal('closing_open', {
    en: `the accounts of ${memberId} are being closed already: approve or withdraw that first`,
    zh: `${memberId} 的账户结清手续正在办理，请先批准或撤回`,
  });
}

/** Refuses: `closing_not_found`: none that is open, or one of the other sort. */
export function requireClosing(stage: Stage, memberId: string, isDeath: boolean): Closing {
  const closing = openClosing(stage, memberId);
  if (closing && (closing.cause === 'died') === isDeath) return closing;
  throw new Refusal('closing_not_found', {
    en: isDeath
      ? `nobody has reported the death of ${memberId}, or it is decided already`
      : `nobody has proposed that ${memberId} leaves, or not any more`,
    zh: isDeath ? `没有待决定的 ${memberId} 身故登记` : `没有待决定的 ${memberId} 退出申请`,
  });
}

/** Nobody has a hand in what becomes of accounts of their own, or comes to them. Refuses: `self_approval`. */
export function refuseParty(stage: Stage, people: readonly (string | null)[], { actor, alias }: Closer): void {
  const parties = people.filter((one) => one !== null);
  if (!isOneOf(stage, parties, actor, alias)) return;
  throw new Refusal('self_approval', {
    en: 'whose accounts are closed, and to whom they go, do not decide it',
    zh: '账户本人及受益人不得办理或审批该账户的结清',
  });
}

/** Refuses: `self_approval`: who acts has had a part in it already, under whatever id or pseudonym. */
export function refuseFirst(stage: Stage, closing: Closing, closer: Closer): void {
  const firsts = [
    { actor: closing.proposed_by, alias: closing.proposed_alias },
    ...(closing.approved_by === null ? [] : [{ actor: closing.approved_by, alias: closing.approved_alias }]),
  ];
  const name = nameOf(closing.closing_id);
  if (!firsts.some((first) => isFirstPerson(stage, name, first, closer))) return;
  throw new Refusal('self_approval', {
    en: 'who proposed, reported or approved it does not decide it, too',
    zh: '提出、登记或已批准的人不得再次审批',
  });
}

/** How what is sealed for the row of a closing names it. */
export const nameOf = (closingId: string) => `closings/${closingId}`;

/** What a closing is before anybody has decided anything of it. */
export const undecided = {
  approved_by: null,
  approved_alias: null,
  approved_at: null,
  decided_by: null,
  decided_at: null,
  settlement: null,
  coins: null,
  coins_repaid: null,
  coins_written_off: null,
  points: null,
  points_repaid: null,
  points_written_off: null,
} as const;

/** What is written when a closing ends. */
export const decidedBy = (stage: Stage, actor: string) => ({
  proposed_alias: null,
  approved_alias: null,
  decided_by: actor,
  decided_at: stage.instant,
});

export function journal(
  stage: Stage,
  kind: TimebankKind,
  row: Omit<Closing, 'entry'>,
  draft: Omit<EntryDraft, 'kind'> = {},
): Closing {
  const { number } = stage.post({ ...draft, kind, rows: [change(closingRows, row), ...(draft.rows ?? [])] });
  return { ...row, entry: number };
}

/** A closing as the interface shows it. */
export function viewClosing(closing: Closing) {
  const { closing_id: id, member_id: member, cause, state, destination: to, beneficiary_id: beneficiary } = closing;
  const { document, died_on, proposed_by, proposed_at, approved_by, approved_at, decided_by, decided_at } = closing;
  const { settlement } = closing;
  const amounts = (purse: (typeof settledPurses)[number]) => {
    const amount = (figure: bigint | null) => formatAmount(figure ?? 0n, assetOfPurse(purse).scale);
    return {
      moved: amount(closing[purse]),
      repaid: amount(closing[`${purse}_repaid`]),
      written_off: amount(closing[`${purse}_written_off`]),
    };
  };
  return {
    ...{ id, member, cause, state, to, beneficiary, document, died_on },
    ...{ proposed_by, proposed_at, approved_by, approved_at, decided_by, decided_at },
    settled: settlement === null ? null : { coins: amounts('coins'), points: amounts('points') },
    statement: settlement === null ? null : `/v1/members/${member}/statement?at_entry=${settlement}`,
    certifiable: settlement !== null,
    entry: String(closing.entry),
  };
}

export type ClosingView = ReturnType<typeof viewClosing>;
