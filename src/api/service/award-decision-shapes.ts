/** What requests and answers about objections, votes and revocations of awards hold, and what a member was awarded. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Instant, Nullable, pageOf, Uuid } from '../../http/schemas.js';
import { awardParties, objectionAnswers, objectionStates, revocationStates } from '../../timebank/award-words.js';
import { DocumentNumber } from '../credit/rule-set-shapes.js';
import { AwardCode, AwardName, CandidateNumber, count, Person } from './award-criteria-shapes.js';

const ObjectionState = Type.Enum([...objectionStates], { examples: ['open'] });
const ObjectionText = Type.String({
  minLength: 1,
  maxLength: 2_000,
  description: 'In words; only its digest is in the log, and it can be erased.',
  examples: ['第1号候选人10月份的服务时长有误。'],
});

export const Objection = namedObject(
  'AwardObjection',
  {
    id: Uuid,
    candidate: Nullable(CandidateNumber, { description: 'Null: against the list.' }),
    member: annotated(ExternalId, { description: 'Who objects.' }),
    state: ObjectionState,
    text: Nullable(ObjectionText, { description: 'Null for an auditor, and once it was erased.' }),
    answer: Nullable(Type.String(), { description: 'In words; null as `text` is, and until it is answered.' }),
    raised_by: Person('Who wrote it down.'),
    raised_at: Instant,
    answered_by: Nullable(Person('Who answered.')),
    answered_at: Nullable(Instant),
    entry: EntryNumber,
  },
  { description: 'An objection.' },
);

const Party = named(
  'AwardParty',
  Type.Enum([...awardParties], {
    description: 'owner_representative 业主代表, owners_committee 业主委员会, property_firm 物业服务企业.',
    examples: ['owners_committee'],
  }),
);

export const Vote = namedObject('AwardVote', {
  party: Party,
  approve: Type.Boolean({ examples: [true] }),
  voted_by: Person('As role and subject.'),
  voted_at: Instant,
});

export const NewObjection = namedObject(
  'NewAwardObjection',
  {
    candidate: Type.Optional(annotated(CandidateNumber, { description: 'Left out: against the list.' })),
    member: Type.Optional(annotated(ExternalId, { description: 'Who objects; a member who asks does so themselves.' })),
    text: ObjectionText,
  },
  {
    description: 'An objection.',
    examples: [{ candidate: 1, member: 'M00002', text: '第1号候选人10月份的服务时长有误。' }],
  },
);

export const NewAnswer = namedObject(
  'NewAwardObjectionAnswer',
  {
    outcome: Type.Enum([...objectionAnswers], {
      description: 'upheld: the candidate is removed, or the list withdrawn; dismissed: they stand.',
      examples: ['dismissed'],
    }),
    text: annotated(ObjectionText, { examples: ['经核对签到记录，时长无误。'] }),
  },
  { description: 'An answer.', examples: [{ outcome: 'dismissed', text: '经核对签到记录，时长无误。' }] },
);

export const ObjectionStep = namedObject(
  'AwardObjectionStep',
  {
    id: Uuid,
    candidate: Nullable(CandidateNumber, { description: 'Null: against the list.' }),
    state: ObjectionState,
    entry: EntryNumber,
  },
  {
    description: 'How far an objection has come; what it says is read with the round.',
    examples: [{ id: '0199a2c7-5d20-7b63-8d52-1e3f9a0b2c45', candidate: 1, state: 'open', entry: '415' }],
  },
);

export const NewVote = namedObject(
  'NewAwardVote',
  {
    party: Party,
    approve: Type.Boolean({ description: 'Whether the candidates are to be awarded.', examples: [true] }),
  },
  { description: 'How a party votes.', examples: [{ party: 'owners_committee', approve: true }] },
);

export const NewRevocation = namedObject(
  'NewAwardRevocation',
  {
    document: annotated(DocumentNumber, {
      description: 'By which it is decided; kept beside the journal, and erased with the person.',
    }),
  },
  { description: 'That an award is to be revoked.', examples: [{ document: '2026-评-17号' }] },
);

export const RevocationStep = namedObject(
  'AwardRevocationStep',
  {
    number: CandidateNumber,
    member: ExternalId,
    state: Type.Enum([...revocationStates], { examples: ['proposed'] }),
    entry: EntryNumber,
  },
  {
    description: 'How far a revocation has come.',
    examples: [{ number: 1, member: 'M00001', state: 'proposed', entry: '430' }],
  },
);

const Revocation = namedObject(
  'AwardRevocation',
  {
    state: Type.Enum([...revocationStates], { examples: ['revoked'] }),
    document: Nullable(Type.String({ examples: ['2026-评-17号'] }), {
      description: 'The number of the document; null for an auditor, and once it was erased.',
    }),
    proposed_by: Person('Who proposed it.'),
    proposed_at: Instant,
    decided_by: Nullable(Person('Who approved or withdrew it.')),
    decided_at: Nullable(Instant),
    entry: EntryNumber,
  },
  { description: 'That an award is taken back.' },
);

const Award = namedObject(
  'Award',
  {
    round: Uuid,
    number: CandidateNumber,
    award: AwardCode,
    name: AwardName('What people call it.', '星级志愿者'),
    place: Nullable(count('The place.', 1), { description: 'In a ranking.' }),
    level: Nullable(count('The level.', 1), { description: 'That was reached.' }),
    level_name: Nullable(Type.String({ examples: ['一星级志愿者'] }), { description: 'What people call the level.' }),
    member: annotated(ExternalId, { description: 'The id under which it was awarded.' }),
    org_unit: annotated(ExternalId, { description: 'The unit of the round.' }),
    awarded_on: DateString,
    revocation: Nullable(Revocation, { description: 'What became of it since, if anything.' }),
    entry: annotated(EntryNumber, { description: 'The entry that awarded it.' }),
  },
  {
    description: 'What a member was awarded.',
    examples: [
      {
        ...{
          round: '0199a2c6-3b10-7a52-9c41-7d2e8f0a1b34',
          number: 1,
          award: 'star_volunteer',
          name: '星级志愿者',
          place: null,
          level: 1,
        },
        ...{ level_name: '一星级志愿者', member: 'M00001', org_unit: 'XC', awarded_on: '2026-11-10' },
        ...{ revocation: null, entry: '421' },
      },
    ],
  },
);
export const AwardPage = pageOf('AwardPage', 'awards', Award, 'Awards in the order in which they were awarded.');
