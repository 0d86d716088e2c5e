/** What estate files look like over HTTP. */
import { Type } from 'typebox';
import { JobProblemShape, JobProgressShape, JobStateShape } from '../../http/jobs.js';
import { annotated, namedObject } from '../../http/named.js';
import { EntryNumber, ExternalId, Nullable, Uuid } from '../../http/schemas.js';
import { spanPattern } from '../../lib/clock.js';

const Period = Type.String({
  pattern: spanPattern,
  description: 'A month, a quarter or a year.',
  examples: ['2026-10', '2026-Q3', '2026'],
});

const Watermark = annotated(EntryNumber, {
  description: 'The last entry that counts.',
  examples: ['1204'],
});

export const NewEstateFile = namedObject(
  'NewEstateFile',
  {
    unit: annotated(ExternalId, {
      description: 'A community, a village, an estate or a stairwell; what is below it is in the file, too.',
      examples: ['XC-01-E1'],
    }),
    period: Period,
    watermark: Type.Optional(
      annotated(EntryNumber, {
        description:
          'The last entry that counts: that of an earlier file makes the same file again. Default: the last one there is.',
        examples: ['1204'],
      }),
    ),
  },
  {
    description: 'Of which unit and days a file is to be made.',
    examples: [{ unit: 'XC-01-E1', period: '2026-10' }],
  },
);

const Packed = namedObject('EstateFilePart', {
  name: Type.String({ examples: ['members.csv'] }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  bytes: Type.Integer({ minimum: 0 }),
  rows: Nullable(Type.Integer({ minimum: 0 }), { description: 'Without the header; null: it has none.' }),
});

const file = { name: 'members.csv', sha256: 'a'.repeat(64), bytes: 2310, rows: 28 };

export const EstateFile = namedObject(
  'EstateFile',
  {
    id: Uuid,
    unit: ExternalId,
    period: Period,
    watermark: Watermark,
    state: JobStateShape,
    progress: JobProgressShape,
    sha256: Nullable(Type.String({ pattern: '^[0-9a-f]{64}$' }), { description: 'Of the ZIP; null until it is made.' }),
    bytes: Nullable(Type.Integer({ minimum: 0 }), { description: 'Of the ZIP; null until it is made.' }),
    files: Type.Array(Packed, { description: 'What is in it, but for `SHA256SUMS`; empty until it is made.' }),
    zip: Nullable(Type.String(), { description: 'Where it is; null until it is made.' }),
    problem: JobProblemShape,
  },
  {
    description: 'The file of a unit, made in the background and kept for 35 days.',
    examples: [
      {
        id: '0199a2c8-4f00-7a55-9d3e-5b1f7c2a9e40',
        unit: 'XC-01-E1',
        period: '2026-10',
        watermark: '1204',
        state: 'done',
        progress: { done: 11, total: 11 },
        sha256: 'b'.repeat(64),
        bytes: 48_213,
        files: [file],
        zip: '/v1/estate-files/0199a2c8-4f00-7a55-9d3e-5b1f7c2a9e40/zip',
        problem: null,
      },
    ],
  },
);
