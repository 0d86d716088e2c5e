/** What requests and answers about closing a member's accounts hold: leaving, death, and whom a member has nominated. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  AmountString,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  pageOf,
  Uuid,
} from '../../http/schemas.js';
import { closingCauses, closingDestinations, closingStates } from '../../timebank/credit/closings/closing-words.js';
import { DocumentNumber } from '../credit/rule-set-shapes.js';

const Destination = named(
  'ClosingDestination',
  Type.Enum([...closingDestinations], {
    description:
      'Where what is left goes. kin: to a relative. pool: coins to `pool:community`; points, of which there is no pool, lapse. lapse: to nobody.',
    examples: ['kin'],
  }),
);
const document = annotated(DocumentNumber, {
  description: 'The number of the document that says so; kept beside the journal, and erased with the person.',
  examples: ['2026-退-17号'],
});
const Person = (description: string) => Type.String({ description, examples: ['coordinator:wang'] });
const kin = annotated(ExternalId, {
  description: 'The relative who is to have it, with `kin` alone.',
  examples: ['M00002'],
});

export const NewLeaving = namedObject(
  'NewLeaving',
  {
    reason: Type.Enum(['left', 'moved'], { description: 'moved: away from the county.', examples: ['moved'] }),
    to: Destination,
    kin: Type.Optional(kin),
    document: Type.Optional(document),
  },
  { description: 'That a member leaves, and where what they hold goes.', examples: [{ reason: 'moved', to: 'pool' }] },
);

export const NewDeath = namedObject(
  'NewDeath',
  { died_on: annotated(DateString, { description: 'The day of death.', examples: ['2026-10-20'] }), document },
  {
    description: 'That a member has died, with the number of the certificate.',
    examples: [{ died_on: '2026-10-20', document: '330624-2026-0117' }],
  },
);

export const ClosingState = named(
  'ClosingState',
  Type.Enum([...closingStates], {
    description:
      'open: not approved by all who have to; settled: the accounts are empty; withdrawn: it did not come about.',
    examples: ['settled'],
  }),
);
export const ClosingCause = named(
  'ClosingCause',
  Type.Enum([...closingCauses], { description: 'Why the accounts are closed.', examples: ['moved'] }),
);

const Settled = namedObject(
  'SettledAmounts',
  {
    moved: annotated(AmountString, { description: 'What went where it was to go, or lapsed.' }),
    repaid: annotated(AmountString, { description: 'What of the purse repaid a debt of the member.' }),
    written_off: annotated(AmountString, { description: 'What is owed and nobody pays any more.' }),
  },
  {
    description: 'What a settlement moved of one purse.',
    examples: [{ moved: '7.50', repaid: '0.00', written_off: '0.00' }],
  },
);

const SettledPurses = namedObject(
  'SettledPurses',
  { coins: Settled, points: Settled },
  {
    description: 'What a settlement moved.',
    examples: [
      {
        coins: { moved: '7.50', repaid: '0.00', written_off: '0.00' },
        points: { moved: '540', repaid: '0', written_off: '0' },
      },
    ],
  },
);

const closing = {
  id: Uuid,
  member: annotated(ExternalId, { description: 'Whose accounts they are.' }),
  cause: ClosingCause,
  state: ClosingState,
  to: Nullable(Destination, { description: 'Where it goes; of a death null until it is settled.' }),
  beneficiary: Nullable(ExternalId, { description: 'The relative who has it.', examples: [null] }),
  document: Nullable(document, { description: 'Null where none was given, for an auditor, and once it was erased.' }),
  died_on: Nullable(DateString, { description: 'The day of death.' }),
  proposed_by: Person('Who proposed or reported it, as role and subject.'),
  proposed_at: Instant,
  approved_by: Nullable(Person('Of a death, who approved it first.')),
  approved_at: Nullable(Instant),
  decided_by: Nullable(Person('Who settled or withdrew it.')),
  decided_at: Nullable(Instant),
  settled: Nullable(SettledPurses, { description: 'What the settlement moved; null until then.' }),
  statement: Nullable(Type.String({ examples: ['/v1/members/M00001/statement?at_entry=51'] }), {
    description: 'The closing statement: all that the member ever had, as of the settlement. Null until then.',
  }),
  certifiable: Type.Boolean({
    description:
      'Whether the accounts are closed and the hours can be certified: they stay on record, and a certificate of service can be issued for them at any time (`/v1/members/{id}/certificates`).',
  }),
  entry: EntryNumber,
};
const example = {
  id: '0199a2c4-7c3e-7d10-8f5a-2b6c9d0e1f23',
  member: 'M00001',
  cause: 'moved',
  state: 'settled',
  to: 'pool',
  beneficiary: null,
  document: null,
  died_on: null,
  proposed_by: 'member:M00001',
  proposed_at: '2026-11-02T01:00:00.000000Z',
  approved_by: null,
  approved_at: null,
  decided_by: 'coordinator:wang',
  decided_at: '2026-11-03T01:00:00.000000Z',
  settled: {
    coins: { moved: '7.50', repaid: '0.00', written_off: '0.00' },
    points: { moved: '540', repaid: '0', written_off: '0' },
  },
  statement: '/v1/members/M00001/statement?at_entry=51',
  certifiable: true,
  entry: '51',
} as const;

export const Closing = namedObject('Closing', closing, {
  description: "That a member's accounts are closed.",
  examples: [example],
});

const Remaining = namedObject(
  'ClosingRemaining',
  {
    coins: AmountString,
    points: AmountString,
    coins_owed: AmountString,
    points_owed: AmountString,
  },
  {
    description:
      "What stands on the member's accounts now. Of a settled one it came since, by a refund, a reversal or a correction, and is settled by proposing or reporting it again.",
    examples: [{ coins: '0.00', points: '30', coins_owed: '0.00', points_owed: '0' }],
  },
);
const ListedClosing = namedObject(
  'ListedClosing',
  { ...closing, remaining: Remaining },
  {
    description: "That a member's accounts are closed, and what stands on them now.",
    examples: [{ ...example, remaining: { coins: '0.00', points: '30', coins_owed: '0.00', points_owed: '0' } }],
  },
);
export const ClosingPage = pageOf(
  'ClosingPage',
  'closings',
  ListedClosing,
  'Closings in the order in which they were proposed or reported.',
);

export const NewBeneficiary = namedObject(
  'NewBeneficiary',
  { member: Nullable(ExternalId, { description: 'Who is to have it; null: nobody any more.', examples: ['M00002'] }) },
  { description: 'Whom a member nominates.', examples: [{ member: 'M00002' }] },
);
export const Nomination = namedObject(
  'Nomination',
  {
    member: annotated(ExternalId, { description: 'Who has nominated.' }),
    beneficiary: Nullable(ExternalId, {
      description: 'Who is to have what the member holds when they die; null: nobody.',
      examples: ['M00002'],
    }),
    nominated_by: Person('The member, or who did so on their behalf.'),
    nominated_at: Instant,
    entry: EntryNumber,
  },
  {
    description: 'Whom a member has nominated.',
    examples: [
      {
        member: 'M00001',
        beneficiary: 'M00002',
        nominated_by: 'member:M00001',
        nominated_at: '2026-11-02T01:00:00.000000Z',
        entry: '44',
      },
    ],
  },
);
export const NominationPage = pageOf(
  'NominationPage',
  'nominations',
  Nomination,
  'Whom a member has nominated, the oldest first: the last one counts.',
);
