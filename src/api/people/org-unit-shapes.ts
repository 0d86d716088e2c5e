/** What requests and answers about organisation units hold. */
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
import { orgUnitChangeKinds, orgUnitLevels } from '../../timebank/people-words.js';

export const UnitId = annotated(ExternalId, { description: 'The id of an organisation unit.', examples: ['XC-01-02'] });
export const Level = named(
  'OrgUnitLevel',
  Type.Enum([...orgUnitLevels], {
    description:
      'From the top: county, subdistrict or township, community or village, estate, stairwell. A unit stands one level below its parent.',
    examples: ['community'],
  }),
);
const UnitName = annotated(PersonalName, { description: "The unit's name.", examples: ['东溪社区'] });

export const NewOrgUnit = namedObject(
  'NewOrgUnit',
  {
    external_id: UnitId,
    parent_external_id: Nullable(UnitId, { description: 'The unit above it; null for the county.' }),
    level: Level,
    name: UnitName,
  },
  {
    description: 'An organisation unit to register.',
    examples: [{ external_id: 'XC-01-01', parent_external_id: 'XC-01', level: 'community', name: '东溪社区' }],
  },
);

export const OrgUnit = namedObject(
  'OrgUnit',
  {
    id: UnitId,
    parent: Nullable(UnitId, { description: 'The unit above it; null for the county.' }),
    level: Level,
    name: UnitName,
    path: Type.String({
      description: 'Every unit above it from the county down, its own id last.',
      examples: ['XC/XC-01/XC-01-01'],
    }),
    closed_on: Nullable(DateString, { description: 'Since when it is not used any more; null while it is.' }),
    entry: EntryNumber,
  },
  {
    description: 'An organisation unit; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        id: 'XC-01-01',
        parent: 'XC-01',
        level: 'community',
        name: '东溪社区',
        path: 'XC/XC-01/XC-01-01',
        closed_on: null,
        entry: '4',
      },
    ],
  },
);

const EffectiveOn = Type.Optional(
  annotated(DateString, {
    description: "From when on: today unless it is given, not before the unit's last change and not in a closed month.",
    examples: ['2026-11-01'],
  }),
);
export const NewName = namedObject(
  'NewOrgUnitName',
  { name: UnitName, effective_on: EffectiveOn },
  { description: 'What a unit is to be called.', examples: [{ name: '东溪新村社区' }] },
);
export const NewPlace = namedObject(
  'NewOrgUnitPlace',
  {
    parent_external_id: annotated(UnitId, { description: 'The unit it is to stand below.' }),
    effective_on: EffectiveOn,
  },
  { description: 'Where a unit is to stand.', examples: [{ parent_external_id: 'XC-02', effective_on: '2026-11-01' }] },
);
export const Closing = OptionalBody(
  namedObject(
    'OrgUnitClosing',
    { effective_on: EffectiveOn },
    { description: 'From when on a unit is not used any more.', examples: [{}] },
  ),
);

const OrgUnitChange = namedObject(
  'OrgUnitChange',
  {
    kind: Type.Enum([...orgUnitChangeKinds], { description: 'What became of it.', examples: ['moved'] }),
    effective_on: annotated(DateString, { description: 'From when on.', examples: ['2026-11-01'] }),
    name: annotated(UnitName, { description: 'What it is called from then on.' }),
    parent: Nullable(UnitId, { description: 'The unit it stands below from then on; null for the county.' }),
    changed_by: Type.String({ description: 'Who changed it, as role and subject.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'What became of a unit, and as what it stands in the tree from then on.',
    examples: [
      {
        kind: 'moved',
        effective_on: '2026-11-01',
        name: '东溪社区',
        parent: 'XC-02',
        changed_by: 'operator:wang',
        entry: '31',
      },
    ],
  },
);
export const OrgUnitChangePage = pageOf(
  'OrgUnitChangePage',
  'changes',
  OrgUnitChange,
  'What became of a unit, oldest first.',
);

export const OrgUnitPage = pageOf('OrgUnitPage', 'org_units', OrgUnit, 'Organisation units in the order of their ids.');
