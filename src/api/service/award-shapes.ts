/** What requests and answers about rounds of awards hold. */
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
import { awardRoundStates, revocationStates } from '../../timebank/award-words.js';
import { shippedCriteria } from '../../timebank/service/awards/criteria.js';
import { AwardCode, CandidateNumber, Criteria, count, Person } from './award-criteria-shapes.js';
import { Objection, Vote } from './award-decision-shapes.js';

const days = {
  from: annotated(DateString, {
    description: 'First day of service; none: from the first record on.',
    examples: ['2026-01-01'],
  }),
  to: annotated(DateString, { description: 'Last day of service; not after today.', examples: ['2026-10-31'] }),
};

export const NewRound = namedObject(
  'NewAwardRound',
  {
    org_unit: annotated(ExternalId, {
      description: 'Among whose members, and those of units below it.',
      examples: ['XC-01'],
    }),
    from: Type.Optional(days.from),
    to: days.to,
    award: Type.Optional(
      Type.Enum(
        shippedCriteria.map(({ award }) => award),
        { description: 'Criteria that are shipped; or `criteria`.', examples: ['most_beautiful_owner'] },
      ),
    ),
    criteria: Type.Optional(annotated(Criteria, { description: 'Criteria of your own; or `award`.' })),
    at_entry: Type.Optional(
      annotated(EntryNumber, {
        description: 'As the books stood with that entry; default: as they stand now.',
        examples: ['412'],
      }),
    ),
  },
  {
    description: 'A round to open.',
    examples: [{ org_unit: 'XC-01', from: '2026-01-01', to: '2026-10-31', award: 'most_beautiful_owner' }],
  },
);

export const RoundState = named(
  'AwardRoundState',
  Type.Enum([...awardRoundStates], {
    description:
      'frozen: the candidates are found; noticed: public notice is given; awarded, refused: the parties have decided; withdrawn: before they did.',
    examples: ['noticed'],
  }),
);

const Sha256 = (description: string) =>
  Type.String({
    pattern: '^[0-9a-f]{64}$',
    description,
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  });
export const Notice = namedObject(
  'AwardNotice',
  {
    from: annotated(DateString, { description: 'First day; today or later.', examples: ['2026-11-03'] }),
    until: annotated(DateString, { description: 'Last day.', examples: ['2026-11-09'] }),
  },
  { description: 'When public notice is given.', examples: [{ from: '2026-11-03', until: '2026-11-09' }] },
);

const round = {
  id: Uuid,
  org_unit: ExternalId,
  state: RoundState,
  from: Nullable(days.from, { description: 'First day of service; null: from the first record on.' }),
  to: days.to,
  award: AwardCode,
  criteria: Criteria,
  at_entry: annotated(EntryNumber, { description: 'As the books stood with that entry.' }),
  ranked: count('How many came up to what the criteria ask of all.', 37),
  found: count('How many of them are candidates.', 1),
  sha256: Sha256('Of the snapshot: question and answer, as `/snapshot` has them.'),
  opened_by: Person('As role and subject.'),
  opened_at: Instant,
  notice: Nullable(Notice, { description: 'Null: it was not given.' }),
  noticed_by: Nullable(Person('Who gave notice.')),
  ended_by: Nullable(Person('Who voted last, withdrew it, or upheld what ended it.')),
  ended_at: Nullable(Instant),
  awarded: Nullable(count('How many.', 1), { description: 'How many were awarded; null: nothing was decided so.' }),
  entry: EntryNumber,
};

const example = {
  id: '0199a2c6-3b10-7a52-9c41-7d2e8f0a1b34',
  org_unit: 'XC-01',
  state: 'noticed' as const,
  from: '2026-01-01',
  to: '2026-10-31',
  award: 'most_beautiful_owner',
  criteria: shippedCriteria[0] as never,
  at_entry: '412',
  ranked: 37,
  found: 1,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  opened_by: 'coordinator:wang',
  opened_at: '2026-11-02T01:00:00.000000Z',
  notice: { from: '2026-11-03', until: '2026-11-09' },
  noticed_by: 'coordinator:wang',
  ended_by: null,
  ended_at: null,
  awarded: null,
  entry: '414',
};

const Round = namedObject('AwardRound', round, { description: 'A round of an award.', examples: [example] });
export const RoundPage = pageOf(
  'AwardRoundPage',
  'award_rounds',
  Round,
  'Rounds in the order in which they were opened.',
);

const Candidate = namedObject(
  'AwardCandidate',
  {
    number: CandidateNumber,
    member: Type.String({ description: 'The id; masked for a member who asks.', examples: ['M***01'] }),
    name: Nullable(Type.String({ examples: ['何*仙'] }), {
      description: 'Masked; null for an auditor, and once it was erased.',
    }),
    place: Nullable(count('The place.', 1), { description: 'In a ranking; equal ones have the same.' }),
    level: Nullable(count('The level.', 1), { description: 'That was reached.' }),
    value: annotated(AmountString, { description: 'What was measured.', examples: ['86.50'] }),
    records: count('Service records.', 41),
    reached_on: annotated(DateString, { description: 'The day of the last act that counts.' }),
    removed: Type.Boolean({ description: 'An objection was upheld.', examples: [false] }),
    awarded: Type.Boolean({ examples: [false] }),
    revocation: Nullable(Type.Enum([...revocationStates]), {
      description: 'What became of the award since, if anything.',
    }),
  },
  {
    description: 'Whom a round found.',
    examples: [
      {
        ...{ number: 1, member: 'M***01', name: '何*仙', place: 1, level: null, value: '86.50', records: 41 },
        ...{ reached_on: '2026-10-29', removed: false, awarded: false, revocation: null },
      },
    ],
  },
);

export const WholeRound = namedObject(
  'WholeAwardRound',
  {
    ...round,
    candidates: Type.Array(Candidate, { description: 'By place, or from the highest level down.' }),
    objections: Type.Array(Objection, { description: 'To a member only their own are shown.' }),
    votes: Type.Array(Vote, { description: 'In the order in which they were cast.' }),
  },
  {
    description: 'A round with its candidates, objections and votes.',
    examples: [
      {
        ...example,
        candidates: [
          {
            ...{ number: 1, member: 'M***01', name: '何*仙', place: 1, level: null, value: '86.50', records: 41 },
            ...{ reached_on: '2026-10-29', removed: false, awarded: false, revocation: null },
          },
        ],
        objections: [],
        votes: [],
      },
    ],
  },
);

/** What a command of a round answers: codes alone, so that it can be remembered. */
export const RoundStep = namedObject(
  'AwardRoundStep',
  {
    id: Uuid,
    state: RoundState,
    at_entry: round.at_entry,
    found: round.found,
    sha256: round.sha256,
    entry: EntryNumber,
  },
  {
    description: 'How far a round has come.',
    examples: [{ id: example.id, state: 'noticed', at_entry: '412', found: 1, sha256: example.sha256, entry: '414' }],
  },
);

export const SnapshotShape = namedObject(
  'AwardSnapshot',
  {
    sha256: Sha256('As it was kept when the round was opened.'),
    recomputed_sha256: Sha256('Of `text`.'),
    same: Type.Boolean({ description: 'Whether the books say today what they said then.', examples: [true] }),
    text: Type.String({
      description:
        'Question and answer as canonical JSON (RFC 8785), found again just now in the books as they stood at `at_entry`.',
      examples: [
        '{"at_entry":"412","candidates":[],"criteria":{},"from":null,"method":1,"org_unit":"XC-01","ranked":0,"to":"2026-10-31"}',
      ],
    }),
  },
  {
    description: 'What a round found, found again.',
    examples: [{ sha256: example.sha256, recomputed_sha256: example.sha256, same: true, text: '{…}' }],
  },
);
