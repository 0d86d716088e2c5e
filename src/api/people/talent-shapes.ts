/** What requests and answers about talents and their qualifications hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Nullable, pageOf } from '../../http/schemas.js';
import {
  qualificationKinds,
  talentCategories,
  talentChangeKinds,
  talentRegistries,
} from '../../timebank/community-words.js';
import { UnitId } from './org-unit-shapes.js';
import { Code } from './specialty-shapes.js';
import { hoursExample, WeeklyHours } from './weekly-hours-shapes.js';

export const Registry = named(
  'TalentRegistry',
  Type.Enum([...talentRegistries], {
    description: 'silver: those who have retired; resident_expert: residents of a profession.',
    examples: ['silver'],
  }),
);
export const QualificationNumber = Type.String({
  pattern: '^[1-9][0-9]{0,3}$',
  description: "The number of a qualification among the talent's, from 1.",
  examples: ['1'],
});

export const Category = named(
  'TalentCategoryCode',
  Type.Enum([...talentCategories], { description: 'One of the seven categories.', examples: ['culture_education'] }),
);
const codes = (description: string) =>
  Type.Array(Code, { maxItems: 20, uniqueItems: true, description, examples: [['paper_cutting']] });
const particulars = {
  categories: Type.Array(Category, {
    minItems: 1,
    maxItems: 7,
    uniqueItems: true,
    description: 'In which of the seven categories somebody is of use.',
    examples: [['culture_education']],
  }),
  specialties: codes('What somebody is good at, by codes of the list.'),
  interests: codes('What somebody likes, by codes of the list.'),
  availability: WeeklyHours,
};
const particularsExample = {
  categories: ['culture_education' as const],
  specialties: ['paper_cutting'],
  interests: [],
  availability: hoursExample,
};
export const NewTalent = namedObject(
  'NewTalent',
  { member: ExternalId, registry: Registry, ...particulars },
  {
    description: 'A member to enter a talent registry.',
    examples: [{ member: 'M00001', registry: 'silver', ...particularsExample }],
  },
);
export const TalentParticulars = namedObject('TalentParticulars', particulars, {
  description: 'What a talent is to be from now on; all of it is replaced.',
  examples: [particularsExample],
});

export const QualificationKind = named(
  'QualificationKind',
  Type.Enum([...qualificationKinds], { description: 'The profession.', examples: ['medicine'] }),
);
const Evidence = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'What shows it, in words; kept beside the journal, and erasable.',
  examples: ['执业医师证 110330000012345'],
});
const ValidUntil = Nullable(DateString, {
  description: 'The last day on which it counts; null: it does not expire.',
  examples: ['2028-12-31'],
});
export const NewQualification = namedObject(
  'NewQualification',
  { kind: QualificationKind, evidence: Evidence, valid_until: ValidUntil },
  {
    description: 'A qualification to record.',
    examples: [{ kind: 'medicine', evidence: '执业医师证 110330000012345', valid_until: '2028-12-31' }],
  },
);
const Qualification = namedObject(
  'Qualification',
  {
    number: Type.Integer({ minimum: 1, description: "Its number among the talent's.", examples: [1] }),
    kind: QualificationKind,
    evidence: Nullable(Evidence, { description: 'Null for an auditor and for members, and once it was erased.' }),
    valid_until: ValidUntil,
    ended_on: Nullable(DateString, {
      description: 'Since when it counts for nothing that lies ahead, whatever its date; null: it was not ended.',
    }),
    counts: Type.Boolean({ description: 'Whether it counts today.', examples: [true] }),
  },
  { description: 'A qualification of a talent.' },
);

const Level = Type.Integer({ minimum: 1, description: 'A level of the rule set.', examples: [2] });
const figures = {
  hours: Type.String({ description: 'Hours given, as the books have them.', examples: ['62.50'] }),
  rating: Nullable(
    Type.String({
      pattern: '^[1-5]\\.[0-9]{2}$',
      description:
        'The mean rating of the approved orders in which the volunteer served, rounded down to the hundredth; null: none was rated.',
      examples: ['4.66'],
    }),
  ),
  ratings: Type.Integer({ minimum: 0, description: 'How many orders were rated.', examples: [3] }),
};
const figuresExample = { hours: '62.50', rating: '4.66', ratings: 3 };
const LevelNow = Nullable(Level, {
  description: 'What the rules make of hours and ratings now; null: below the first level.',
});
const talent = {
  member: ExternalId,
  registry: Registry,
  org_unit: annotated(UnitId, { description: 'The unit the member belongs to.' }),
  ...particulars,
  qualifications: Type.Array(Qualification, { description: 'In the order in which they were recorded.' }),
  ...figures,
  level: LevelNow,
  level_recorded: Nullable(Level, { description: 'The level that was recorded last; null: none.' }),
  level_recorded_on: Nullable(DateString, { description: 'On which day.' }),
  registered_on: DateString,
  ended_on: Nullable(DateString, { description: 'When the talent left the registry; null: not.' }),
  entry: EntryNumber,
};
const talentExample = {
  member: 'M00001',
  registry: 'silver' as const,
  org_unit: 'XC-01-01',
  ...particularsExample,
  qualifications: [
    {
      number: 1,
      kind: 'medicine' as const,
      evidence: null,
      valid_until: '2028-12-31',
      ended_on: null,
      counts: true,
    },
  ],
  ...figuresExample,
  level: 2,
  level_recorded: 1,
  level_recorded_on: '2026-11-01',
  registered_on: '2026-10-01',
  ended_on: null,
  entry: '31',
};
const ListedTalent = namedObject('ListedTalent', talent, {
  description: 'A member in a talent registry; `entry` is the number of the entry that last changed it.',
  examples: [talentExample],
});
export const Talent = namedObject(
  'Talent',
  {
    ...talent,
    level_since: Nullable(DateString, {
      description: 'Since which day hours and ratings make this level; null: below the first level.',
    }),
  },
  {
    description: 'A member in a talent registry; `entry` is the number of the entry that last changed it.',
    examples: [{ ...talentExample, level_since: '2026-11-03' }],
  },
);
export const TalentPage = pageOf('TalentPage', 'talents', ListedTalent, 'Talents by member and registry.');

export const TalentLevel = namedObject(
  'TalentLevelNow',
  {
    member: ExternalId,
    registry: Registry,
    level: LevelNow,
    ...figures,
    entry: Nullable(EntryNumber, { description: 'The entry that recorded it; null: it was so already.' }),
  },
  {
    description: 'The level of a talent as it is recorded now.',
    examples: [{ member: 'M00001', registry: 'silver', level: 2, ...figuresExample, entry: '31' }],
  },
);
const TalentLevelChange = namedObject(
  'TalentLevelChange',
  {
    effective_on: annotated(DateString, { description: 'From which day on.' }),
    level: Nullable(Level, { description: 'The level from then on; null: below the first.' }),
    ...figures,
  },
  {
    description: 'A change of level, with the figures at the end of its day.',
    examples: [{ effective_on: '2026-11-03', level: 2, ...figuresExample }],
  },
);
export const TalentLevelPage = pageOf(
  'TalentLevelPage',
  'levels',
  TalentLevelChange,
  'Changes of the level of a talent, oldest first.',
);

const TalentChange = namedObject(
  'TalentChange',
  {
    change: Type.Enum([...talentChangeKinds], { description: 'What became of it.', examples: ['qualified'] }),
    qualification: Nullable(Type.Integer({ minimum: 1 }), { description: 'Of which qualification, by its number.' }),
    effective_on: annotated(DateString, { description: 'From when on.' }),
    ...particulars,
    level: Nullable(Level, { description: 'The level that was recorded by then.' }),
    changed_by: Type.String({ description: 'Who changed it, as role and subject.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'What became of a talent, and as what it stands from then on.',
    examples: [
      {
        change: 'qualified',
        qualification: 1,
        effective_on: '2026-11-01',
        ...particularsExample,
        level: null,
        changed_by: 'operator:wang',
        entry: '31',
      },
    ],
  },
);
export const TalentChangePage = pageOf(
  'TalentChangePage',
  'changes',
  TalentChange,
  'What became of a talent, oldest first.',
);
