/** What requests and answers about erasures of people hold. */
import { Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { EntryNumber, ExternalId, Instant, Nullable, pageOf } from '../../http/schemas.js';
import { erasureReasons } from '../../ledger/erasure.js';
import { erasureStates } from '../../timebank/personal-words.js';

export const NewErasure = namedObject(
  'NewErasure',
  {
    reason_code: Type.Enum([...erasureReasons], {
      description: 'Why, as the journal keeps it.',
      examples: ['person_asked'],
    }),
  },
  { description: 'Why a person is to be erased.', examples: [{ reason_code: 'person_asked' }] },
);
export const ErasureState = named(
  'ErasureState',
  Type.Enum([...erasureStates], {
    description:
      '`requested`: a second person is to carry it out; `erased`: it is done; `withdrawn`: it was given up before.',
    examples: ['requested'],
  }),
);
export const Erasure = namedObject(
  'Erasure',
  {
    member: ExternalId,
    state: ErasureState,
    requested_by: Type.String({ description: 'As role and subject.', examples: ['operator:wang'] }),
    requested_at: Instant,
    erased_by: Nullable(Type.String({ description: 'As role and subject.', examples: ['operator:li'] })),
    erased_at: Nullable(Instant),
    withdrawn_by: Nullable(Type.String({ description: 'As role and subject.', examples: ['operator:wang'] })),
    withdrawn_at: Nullable(Instant),
    entry: EntryNumber,
  },
  {
    description: 'An erasure of a person; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        member: 'M00001',
        state: 'requested',
        requested_by: 'operator:wang',
        requested_at: '2026-11-02T01:00:00.000000Z',
        erased_by: null,
        erased_at: null,
        withdrawn_by: null,
        withdrawn_at: null,
        entry: '41',
      },
    ],
  },
);

export const ErasurePage = pageOf('ErasurePage', 'erasures', Erasure, 'Erasures in the order of their members.');
