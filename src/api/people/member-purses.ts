/** What a member holds, over HTTP: balances of all purses, the statement of one. Amounts and ids only, whoever asks. */
import { type Static, Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { read } from '../../http/routes.js';
import {
  AccountCode,
  AmountString,
  AssetCode,
  closed,
  DateString,
  ExternalId,
  Nullable,
  pageQuery,
} from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import { allPurses, assetOfPurse, memberAccount, type Purse } from '../../timebank/chart.js';
import { readMemberBalances } from '../../timebank/member-balances.js';
import { memberNotFound } from '../../timebank/people/members.js';
import { readMember, type StoredMember } from '../../timebank/people/reads.js';
import { statementExample, statementFields, statementPage } from '../ledger/statement-page.js';

export const memberReaders = ['operator', 'auditor', 'coordinator', 'member'] as const;

const PurseName = named(
  'Purse',
  Type.Enum([...allPurses], {
    description:
      'hours: the legal record of service given; coins: what the rules minted for it; points: what partners redeem.',
    examples: ['points'],
  }),
);

const PurseBalance = namedObject('PurseBalance', {
  purse: PurseName,
  asset: AssetCode,
  balance: AmountString,
  account: Nullable(AccountCode, { description: 'Null: nothing was ever posted to it.' }),
});

const MemberBalances = namedObject(
  'MemberBalances',
  {
    member: ExternalId,
    balances: Type.Array(PurseBalance, {
      description: 'Every purse; what is held for open redemptions is not in it. A hold past its time is free at once.',
    }),
    receivables: Type.Array(PurseBalance, {
      description:
        'What the member owes because units were taken back that had been spent; empty when there never was a debt.',
    }),
  },
  {
    description: 'What a member holds and owes now.',
    examples: [
      {
        member: 'M00001',
        balances: [
          { purse: 'hours', asset: 'HOUR', balance: '2.00', account: 'member:M00001:hours' },
          { purse: 'coins', asset: 'COIN', balance: '1.50', account: 'member:M00001:coins' },
          { purse: 'points', asset: 'POINT', balance: '540', account: 'member:M00001:points' },
        ],
        receivables: [],
      },
    ],
  },
);

const MemberStatement = namedObject(
  'MemberStatement',
  {
    ...statementFields,
    available: annotated(AmountString, {
      description: 'What the purse holds now, whatever the range: points held past their time are free at once.',
    }),
  },
  {
    description: 'One page of a statement of a purse, as that of an account, and what the purse holds now.',
    examples: [{ ...statementExample, available: '540' }],
  },
);

const params = Type.Object({ id: ExternalId }, closed);
const MergedFrom = annotated(ExternalId, {
  description: 'The statement of the purse that a member had who was merged into this one.',
  examples: ['M00002'],
});
const statementQuery = Type.Object(
  {
    purse: Type.Optional(PurseName),
    merged_from: Type.Optional(MergedFrom),
    from: Type.Optional(DateString),
    to: Type.Optional(DateString),
    ...pageQuery,
  },
  closed,
);

export function registerMemberPurses(app: App, service: Service): void {
  read(app, service, '/v1/members/:id/balances', {
    roles: memberReaders,
    operationId: 'getMemberBalances',
    summary: 'What a member holds',
    description: 'The balance of every purse, and what the member owes.',
    tags: ['people'],
    params,
    answer: MemberBalances,
    refusals: ['member_not_found'],
    read: async ({ params, principal }, ledger) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      return readMemberBalances(service.sql, ledger.id, id, service.clock());
    },
  });

  read(app, service, '/v1/members/:id/statement', {
    roles: memberReaders,
    operationId: 'getMemberStatement',
    summary: "The statement of a member's purse",
    description:
      'One purse, points unless another is named, by day of effect. Opening and closing balance are those of the range, on every page; `available` is what the purse holds now. What members had who were merged into this one is read with `merged_from`.',
    tags: ['people'],
    params,
    query: statementQuery,
    answer: MemberStatement,
    refusals: ['member_not_found'],
    read: async ({ params, query, principal }, ledger) => {
      const { id, merged_from: known } = await visibleMember(service, principal, ledger.id, params.id);
      const { purse = 'points', merged_from: former = id, ...range } = query;
      if (former !== id && !known.includes(former))
        throw new Refusal('member_not_found', {
          en: `${former} was not merged into ${id}`,
          zh: `${former} 未并入 ${id}`,
        });
      return purseStatement(service, ledger.id, former, purse, range);
    },
  });
}

/** The member of an id, if the caller may see them: of one that was merged, who they are now. Refuses: `member_not_found`. */
export async function visibleMember(
  service: Service,
  principal: Principal,
  ledgerId: number,
  id: string,
): Promise<StoredMember> {
  const own = ownMember(principal);
  const member = await readMember(service.sql, ledgerId, own ?? id, reachOf(principal));
  if (own === null || id === own || [member.id, ...member.merged_from].includes(id)) return member;
  throw memberNotFound(id);
}

/** A purse nothing was posted to has no account yet: its statement is empty, from zero to zero. */
async function purseStatement(
  service: Service,
  ledgerId: number,
  memberId: string,
  purse: Purse,
  range: Omit<Static<typeof statementQuery>, 'purse' | 'merged_from'>,
): Promise<Static<typeof MemberStatement>> {
  const account = memberAccount(memberId, purse);
  const { balances } = await readMemberBalances(service.sql, ledgerId, memberId, service.clock());
  const available = balances.find((held) => held.purse === purse)?.balance ?? '0';
  try {
    return { ...(await statementPage(service, ledgerId, account, range)), available };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'account_not_found') throw error;
    const { asset, scale } = assetOfPurse(purse);
    const zero = formatAmount(0n, scale);
    return {
      account,
      asset,
      opening: zero,
      lines: [],
      closing: zero,
      below_floor: false,
      next_cursor: null,
      available,
    };
  }
}
