/** What requests and answers about stations hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { closed, DateString, EntryNumber, ExternalId, Nullable, PersonalName, pageOf } from '../../http/schemas.js';
import {
  latitudePattern,
  longitudePattern,
  stationChangeKinds,
  stationFunctions,
  stationKinds,
} from '../../timebank/community-words.js';
import { UnitId } from './org-unit-shapes.js';
import { hoursExample, WeeklyHours } from './weekly-hours-shapes.js';

export const StationId = annotated(ExternalId, { description: 'The id of a station.', examples: ['XC-POST-1'] });
export const StationKind = named(
  'StationKind',
  Type.Enum([...stationKinds], { description: 'What kind of place it is.', examples: ['silver_home'] }),
);
export const StationFunction = named(
  'StationFunction',
  Type.Enum([...stationFunctions], { description: 'What it is for.', examples: ['exchange'] }),
);
const Coordinates = namedObject(
  'Coordinates',
  {
    latitude: Type.String({ pattern: latitudePattern, description: 'Degrees, negative in the south.' }),
    longitude: Type.String({ pattern: longitudePattern, description: 'Degrees, negative in the west.' }),
  },
  {
    description: 'A place in WGS-84, as decimal strings of degrees.',
    examples: [{ latitude: '29.4998', longitude: '120.9039' }],
  },
);

const particulars = {
  org_unit: UnitId,
  name: annotated(PersonalName, { description: "The station's name.", examples: ['东溪银色家园'] }),
  functions: Type.Array(StationFunction, { minItems: 1, maxItems: 4, uniqueItems: true, examples: [['exchange']] }),
  opening_hours: WeeklyHours,
};
const place = Nullable(Coordinates, { description: 'Where it is; null: not said.' });
const told = { ...particulars, coordinates: Type.Optional(place) };
const known = { ...particulars, coordinates: place };
const particularsExample = {
  org_unit: 'XC-01-01',
  name: '东溪银色家园',
  functions: ['learning' as const, 'exchange' as const],
  opening_hours: hoursExample,
  coordinates: { latitude: '29.4998', longitude: '120.9039' },
};

export const NewStation = namedObject(
  'NewStation',
  { id: StationId, kind: StationKind, ...told },
  {
    description: 'A station to register.',
    examples: [{ id: 'XC-POST-1', kind: 'silver_home', ...particularsExample }],
  },
);
export const StationParticulars = namedObject('StationParticulars', told, {
  description: 'What a station is to be from now on; all of it is replaced.',
  examples: [particularsExample],
});

const Kid = Type.String({
  description: 'The id of the key that signs what the station shows: its RFC 7638 thumbprint.',
  examples: ['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'],
});
const keyExample = {
  kty: 'OKP' as const,
  crv: 'Ed25519' as const,
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
};

export const Station = namedObject(
  'Station',
  {
    id: StationId,
    kind: StationKind,
    ...known,
    closed_on: Nullable(DateString, { description: 'Since when it is not used any more; null while it is.' }),
    key: Type.Object(
      { kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: Type.String(), kid: Kid },
      {
        ...closed,
        description: 'The public key that verifies what the station shows, as a JWK (RFC 8037).',
        examples: [keyExample],
      },
    ),
    entry: EntryNumber,
  },
  {
    description: 'A station; `entry` is the number of the entry that last changed it.',
    examples: [
      { id: 'XC-POST-1', kind: 'silver_home', ...particularsExample, closed_on: null, key: keyExample, entry: '17' },
    ],
  },
);
export const StationPage = pageOf('StationPage', 'stations', Station, 'Stations in the order of their ids.');

const StationChange = namedObject(
  'StationChange',
  {
    change: Type.Enum([...stationChangeKinds], { description: 'What became of it.', examples: ['changed'] }),
    effective_on: annotated(DateString, { description: 'From when on.' }),
    ...known,
    kid: Kid,
    changed_by: Type.String({ description: 'Who changed it, as role and subject.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'What became of a station, and as what it stands from then on.',
    examples: [
      {
        change: 'changed',
        effective_on: '2026-11-01',
        ...particularsExample,
        kid: keyExample.kid,
        changed_by: 'operator:wang',
        entry: '31',
      },
    ],
  },
);
export const StationChangePage = pageOf(
  'StationChangePage',
  'changes',
  StationChange,
  'What became of a station, oldest first.',
);
