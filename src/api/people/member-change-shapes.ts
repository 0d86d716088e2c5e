/** What requests and answers about changes of members hold: units, states, merges. Ids and codes; a name only where one is given up or taken. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Instant, Nullable, PersonalName, pageOf } from '../../http/schemas.js';
import {
  memberChangeKinds,
  memberMergeStatuses,
  memberStateReasons,
  memberStates,
} from '../../timebank/people-words.js';

const Unit = annotated(ExternalId, {
  description: 'The organisation unit the member belongs to.',
  examples: ['XC-01-02-01-02'],
});
export const secondUnit = Nullable(ExternalId, {
  description:
    'A second unit, whose coordinators see the member and act for them as those of the first do; null: there is none.',
  examples: [null],
});
export const State = named(
  'MemberState',
  Type.Enum([...memberStates], {
    description:
      'Only who is active earns, redeems and is given anything. merged: it is the same person as another member, and is found there.',
    examples: ['active'],
  }),
);
const Reason = named(
  'MemberStateReason',
  Type.Enum([...memberStateReasons], { description: 'Why the state changes.', examples: ['own_request'] }),
);
const EffectiveOn = Type.Optional(
  annotated(DateString, {
    description:
      "From when on: today unless it is given, not before the member's last change and not in a closed month.",
    examples: ['2026-11-01'],
  }),
);
const ChangedBy = (description: string) => Type.String({ description, examples: ['coordinator:wang'] });

export const NewUnits = namedObject(
  'NewMemberUnits',
  {
    org_unit: Unit,
    second_org_unit: Type.Optional(
      Nullable(ExternalId, { description: 'A second unit; null: none any more; without it the one there is stays.' }),
    ),
    effective_on: EffectiveOn,
  },
  {
    description: 'Where a member is to belong.',
    examples: [{ org_unit: 'XC-01-02', second_org_unit: 'XC-01-03', effective_on: '2026-11-01' }],
  },
);
export const NewMemberName = namedObject(
  'NewMemberName',
  { name: PersonalName, effective_on: EffectiveOn },
  { description: 'What a member is to be called.', examples: [{ name: '何根仙' }] },
);
export const NewState = namedObject(
  'NewMemberState',
  { state: State, reason_code: Type.Optional(Reason), effective_on: EffectiveOn },
  {
    description: 'Whether a member takes part from now on. `merged` comes of merging alone.',
    examples: [{ state: 'suspended', reason_code: 'under_review' }],
  },
);

export const MemberStanding = namedObject(
  'MemberStanding',
  { id: ExternalId, org_unit: Unit, second_org_unit: secondUnit, state: State, entry: EntryNumber },
  {
    description: 'A member as the books know them; `entry` is the number of the entry that changed them.',
    examples: [{ id: 'M00001', org_unit: 'XC-01-02', second_org_unit: 'XC-01-03', state: 'active', entry: '41' }],
  },
);

const MemberChange = namedObject(
  'MemberChange',
  {
    member: annotated(ExternalId, { description: 'Whose change it was: also of ids that were merged into this one.' }),
    kind: Type.Enum([...memberChangeKinds], { description: 'What became of them.', examples: ['transferred'] }),
    effective_on: annotated(DateString, { description: 'From when on.', examples: ['2026-11-01'] }),
    recorded_at: Instant,
    org_unit: Unit,
    second_org_unit: secondUnit,
    state: State,
    reason_code: Nullable(Reason),
    former_name: Nullable(PersonalName, {
      description: 'The name that was given up; null for an auditor, where none was, and once it was erased.',
    }),
    changed_by: ChangedBy('Who changed it, as role and subject.'),
    entry: EntryNumber,
  },
  {
    description: 'What became of a member: where they belong and whether they take part from then on.',
    examples: [
      {
        member: 'M00001',
        kind: 'transferred',
        effective_on: '2026-11-01',
        recorded_at: '2026-11-02T01:00:00.000000Z',
        org_unit: 'XC-01-02',
        second_org_unit: 'XC-01-03',
        state: 'active',
        reason_code: null,
        former_name: null,
        changed_by: 'coordinator:wang',
        entry: '41',
      },
    ],
  },
);
export const MemberChangePage = pageOf(
  'MemberChangePage',
  'changes',
  MemberChange,
  'What became of a member, oldest first.',
);

export const NewMerge = namedObject(
  'NewMemberMerge',
  { into: annotated(ExternalId, { description: 'The id that stays.', examples: ['M00002'] }) },
  { description: 'Which member is the same person.', examples: [{ into: 'M00002' }] },
);
export const MergeStatus = named(
  'MemberMergeStatus',
  Type.Enum([...memberMergeStatuses], {
    description: 'proposed: the same call by a second person carries it out.',
    examples: ['proposed'],
  }),
);
export const MemberMerge = namedObject(
  'MemberMerge',
  {
    member: annotated(ExternalId, { description: 'The id that ends.' }),
    into: annotated(ExternalId, { description: 'The id that stays.', examples: ['M00002'] }),
    status: MergeStatus,
    proposed_by: ChangedBy('Who proposed it, as role and subject.'),
    proposed_at: Instant,
    decided_by: Nullable(ChangedBy('Who carried it out, or withdrew it.')),
    decided_at: Nullable(Instant),
    entry: EntryNumber,
  },
  {
    description: 'That two members are one person.',
    examples: [
      {
        member: 'M00001',
        into: 'M00002',
        status: 'proposed',
        proposed_by: 'coordinator:wang',
        proposed_at: '2026-11-02T01:00:00.000000Z',
        decided_by: null,
        decided_at: null,
        entry: '42',
      },
    ],
  },
);
export const MemberMergePage = pageOf(
  'MemberMergePage',
  'merges',
  MemberMerge,
  'Merges of members in the order of the ids that end.',
);
