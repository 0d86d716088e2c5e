/** What requests and answers about relatives hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Instant, Nullable, OptionalBody, pageOf } from '../../http/schemas.js';
import { kinEndReasons, kinRelations, kinStates } from '../../timebank/people-words.js';

const Relative = annotated(ExternalId, { description: 'The member who is the relative.', examples: ['M00002'] });
const Relation = named(
  'KinRelation',
  Type.Enum([...kinRelations], { description: 'What the relative is to the member.', examples: ['child'] }),
);
const EndReason = named(
  'KinEndReason',
  Type.Enum([...kinEndReasons], { description: 'Why it ended; mistaken: it never was.', examples: ['divorce'] }),
);
const Evidence = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'The document that says so; kept beside the journal, only its digest in the log.',
  examples: ['户口簿 第3页'],
});
const Person = (description: string) => Type.String({ description, examples: ['coordinator:wang'] });

export const NewKin = namedObject(
  'NewKin',
  { relative: Relative, relation: Relation, evidence: Evidence },
  {
    description: 'A relative of the member in the path, who is the elder.',
    examples: [{ relative: 'M00002', relation: 'child', evidence: '户口簿 第3页' }],
  },
);
export const Verification = namedObject(
  'KinVerification',
  { elder_consent_on: annotated(DateString, { description: 'When the elder consented.' }) },
  { description: 'That it is so, and that the elder consents.', examples: [{ elder_consent_on: '2026-10-31' }] },
);
export const End = OptionalBody(
  namedObject(
    'KinEnd',
    { reason_code: Type.Optional(EndReason) },
    { description: 'Why a relation ends today.', examples: [{ reason_code: 'divorce' }] },
  ),
);

/** What is said of a relation, whether it stands or is past. */
const said = {
  evidence: Nullable(Evidence, { description: 'Null for an auditor, and once it was erased.' }),
  claimed_by: Person('Who claimed it, as role and subject.'),
  claimed_at: Instant,
  elder_consent_on: Nullable(DateString),
  verified_by: Nullable(Person('Who verified it.')),
  verified_at: Nullable(Instant),
  ended_by: Nullable(Person('Who ended it.')),
  ended_on: Nullable(DateString, { description: 'From when on they are relatives no more.' }),
  end_reason: Nullable(EndReason),
};

const FormerKin = namedObject(
  'FormerKin',
  { relation: Relation, ...said },
  {
    description: 'A relation that ended before another was claimed.',
    examples: [
      {
        relation: 'child_in_law',
        evidence: null,
        claimed_by: 'coordinator:wang',
        claimed_at: '2026-10-02T01:00:00.000000Z',
        elder_consent_on: '2026-10-01',
        verified_by: 'coordinator:li',
        verified_at: '2026-10-02T02:00:00.000000Z',
        ended_by: 'coordinator:li',
        ended_on: '2026-10-20',
        end_reason: 'divorce',
      },
    ],
  },
);

export const Kin = namedObject(
  'Kin',
  {
    member: annotated(ExternalId, { description: 'The elder.' }),
    relative: Relative,
    relation: Relation,
    state: Type.Enum([...kinStates], {
      description: 'claimed by one person, verified by another, ended.',
      examples: ['claimed'],
    }),
    ...said,
    former: Type.Array(FormerKin, {
      description:
        'Relations of the two that ended before this one was claimed, oldest first. Answers of commands leave out their evidence.',
    }),
    entry: EntryNumber,
  },
  {
    description: 'Who is whose relative; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        member: 'M00001',
        relative: 'M00002',
        relation: 'child',
        state: 'claimed',
        evidence: '户口簿 第3页',
        claimed_by: 'coordinator:wang',
        claimed_at: '2026-11-02T01:00:00.000000Z',
        elder_consent_on: null,
        verified_by: null,
        verified_at: null,
        ended_by: null,
        ended_on: null,
        end_reason: null,
        former: [],
        entry: '43',
      },
    ],
  },
);
export const KinPage = pageOf('KinPage', 'kin', Kin, 'Relations in which the member is the elder or the relative.');
