/** What requests and answers about teams hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import {
  DateString,
  EntryNumber,
  ExternalId,
  Nullable,
  OptionalBody,
  PersonalName,
  pageOf,
} from '../../http/schemas.js';
import { teamChangeKinds } from '../../timebank/community-words.js';
import { namePattern } from '../../timebank/words.js';
import { UnitId } from './org-unit-shapes.js';

export const TeamId = annotated(ExternalId, { description: 'The id of a team.', examples: ['T-YINYAO-1'] });
const TeamName = annotated(PersonalName, { description: "The team's name.", examples: ['天姥银辉志愿队'] });
const Leader = annotated(ExternalId, { description: 'The member who leads it.', examples: ['M00001'] });
export const Label = named(
  'TeamLabel',
  Type.String({
    minLength: 1,
    maxLength: 30,
    pattern: namePattern,
    description: 'A programme that a team belongs to, as a short text.',
    examples: ['银耀天姥'],
  }),
);
const Labels = Type.Array(Label, { maxItems: 10, uniqueItems: true, description: 'The programmes it belongs to.' });

export const NewTeam = namedObject(
  'NewTeam',
  { id: TeamId, org_unit: UnitId, name: TeamName, leader: Leader, labels: Type.Optional(Labels) },
  {
    description: 'A team to register; its leader is its first member.',
    examples: [
      { id: 'T-YINYAO-1', org_unit: 'XC-01-01', name: '天姥银辉志愿队', leader: 'M00001', labels: ['银耀天姥'] },
    ],
  },
);

export const NewTeamMember = namedObject(
  'NewTeamMember',
  {
    member: ExternalId,
    from: Type.Optional(annotated(DateString, { description: 'The first day: today unless it is given.' })),
  },
  { description: 'Who joins a team.', examples: [{ member: 'M00002' }] },
);
export const Leaving = OptionalBody(
  namedObject(
    'TeamLeaving',
    { to: Type.Optional(annotated(DateString, { description: 'The last day: today unless it is given.' })) },
    { description: 'Up to when somebody is in a team.', examples: [{}] },
  ),
);
export const NewLeader = namedObject(
  'NewTeamLeader',
  { member: Leader },
  { description: 'Who is to lead a team.', examples: [{ member: 'M00002' }] },
);

export const Team = namedObject(
  'Team',
  {
    id: TeamId,
    org_unit: UnitId,
    name: TeamName,
    leader: Leader,
    labels: Labels,
    members: Type.Integer({ minimum: 0, description: 'How many are in it now.', examples: [12] }),
    registered_on: DateString,
    dissolved_on: Nullable(DateString, { description: 'When it was dissolved; null: not.' }),
    entry: EntryNumber,
  },
  {
    description: 'A team; `entry` is the number of the entry that last changed it, its members apart.',
    examples: [
      {
        id: 'T-YINYAO-1',
        org_unit: 'XC-01-01',
        name: '天姥银辉志愿队',
        leader: 'M00001',
        labels: ['银耀天姥'],
        members: 12,
        registered_on: '2026-10-01',
        dissolved_on: null,
        entry: '17',
      },
    ],
  },
);
export const TeamPage = pageOf('TeamPage', 'teams', Team, 'Teams in the order of their ids.');

const TeamMember = namedObject(
  'TeamMember',
  {
    member: ExternalId,
    from: annotated(DateString, { description: 'The first day.' }),
    to: Nullable(DateString, { description: 'The last day; null: still in it.' }),
    entry: EntryNumber,
  },
  {
    description: 'A member of a team.',
    examples: [{ member: 'M00002', from: '2026-10-01', to: null, entry: '18' }],
  },
);
export const TeamMemberPage = pageOf('TeamMemberPage', 'members', TeamMember, 'Who is in a team, by member and day.');

const TeamChange = namedObject(
  'TeamChange',
  {
    change: Type.Enum([...teamChangeKinds], { description: 'What became of it.', examples: ['member_joined'] }),
    member: Nullable(ExternalId, { description: 'Whom it is about: a leader or a member.' }),
    effective_on: annotated(DateString, { description: 'From when on; of who left, the last day.' }),
    changed_by: Type.String({ description: 'Who changed it, as role and subject.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'What became of a team.',
    examples: [
      {
        change: 'member_joined',
        member: 'M00002',
        effective_on: '2026-10-01',
        changed_by: 'operator:wang',
        entry: '18',
      },
    ],
  },
);
export const TeamChangePage = pageOf('TeamChangePage', 'changes', TeamChange, 'What became of a team, oldest first.');
