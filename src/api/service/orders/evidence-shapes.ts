/** What answers about files that prove an order hold. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../../http/named.js';
import { DateString, EntryNumber, Nullable, pageOf } from '../../../http/schemas.js';
import { evidenceTypes } from '../../../timebank/service-words.js';
import { OrderId } from './shapes.js';

const digestPattern = '^[0-9a-f]{64}$';
export const digestShape = new RegExp(digestPattern);

const exampleDigest = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';

export const EvidenceDigest = Type.String({
  pattern: digestPattern,
  description: 'SHA-256 of the file, hexadecimal.',
  examples: [exampleDigest],
});

export const Evidence = namedObject(
  'OrderEvidence',
  {
    order: OrderId,
    digest: EvidenceDigest,
    media_type: Type.Enum([...evidenceTypes], { description: 'As its bytes say.', examples: ['image/png'] }),
    bytes: Type.Integer({ minimum: 1, description: 'How many.', examples: [182_044] }),
    stored_by: Type.String({ description: 'Who sent it: role and subject.', examples: ['coordinator:wang'] }),
    erased_on: Nullable(DateString, { description: 'Null: it is there.' }),
    entry: annotated(EntryNumber, { description: 'The entry that last changed it.' }),
  },
  {
    description: 'A file that proves a service on paper.',
    examples: [
      {
        order: 'N000001',
        digest: exampleDigest,
        media_type: 'image/png',
        bytes: 182_044,
        stored_by: 'coordinator:wang',
        erased_on: null,
        entry: '31',
      },
    ],
  },
);

export const EvidencePage = pageOf('OrderEvidencePage', 'files', Evidence, 'Files in the order of their digests.');
