/** What a member holds and owes now, over HTTP: amounts and ids only, whoever asks. And which member it is that somebody may see. */
import { Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { read } from '../../http/routes.js';
import { AccountCode, AmountString, AssetCode, closed, DateString, ExternalId, Nullable } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { dateInZone } from '../../lib/clock.js';
import { allPurses } from '../../timebank/chart.js';
import { readMemberLots } from '../../timebank/credit/lots/reads.js';
import { readMemberBalances } from '../../timebank/member-balances.js';
import { memberNotFound } from '../../timebank/people/members.js';
import { readMember, type StoredMember } from '../../timebank/people/reads.js';

export const memberReaders = ['operator', 'auditor', 'coordinator', 'member'] as const;

export const PurseName = named(
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

const Lot = namedObject('Lot', {
  purse: PurseName,
  asset: AssetCode,
  expires_on: Nullable(DateString, { description: 'The last day on which it can be used; null: it does not expire.' }),
  amount: AmountString,
});

const MemberLots = namedObject(
  'MemberLots',
  {
    member: ExternalId,
    lots: Type.Array(Lot, {
      description: 'What can be used, the earliest expiry first; those of a purse come to its balance.',
    }),
    expired: Type.Array(Lot, { description: 'What can no longer be used, by the day that was its last.' }),
  },
  {
    description: 'What a member holds, by when it expires.',
    examples: [
      {
        member: 'M00001',
        lots: [
          { purse: 'coins', asset: 'COIN', expires_on: null, amount: '1.50' },
          { purse: 'points', asset: 'POINT', expires_on: '2029-10-31', amount: '540' },
        ],
        expired: [],
      },
    ],
  },
);

const params = Type.Object({ id: ExternalId }, closed);

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
      return readMemberBalances(service.sql, ledger.id, id, { now: service.clock(), zone: ledger.zone });
    },
  });
  read(app, service, '/v1/members/:id/lots', {
    roles: memberReaders,
    operationId: 'getMemberLots',
    summary: 'What a member holds, by when it expires',
    description:
      'Coins and points in lots of one last day. What is spent, held or given leaves the lots that expire first; what is given back goes to those it came from. A lot can be used up to and with its last day, in the zone of the ledger.',
    tags: ['people'],
    params,
    answer: MemberLots,
    refusals: ['member_not_found'],
    read: async ({ params, principal }, ledger) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      return readMemberLots(service.sql, ledger.id, id, dateInZone(service.clock(), ledger.zone));
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
