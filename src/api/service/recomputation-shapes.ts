/** What recomputations look like over HTTP. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import {
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  Nullable,
  pageOf,
  SignedAmountString,
  Uuid,
} from '../../http/schemas.js';
import { recomputationStates } from '../../timebank/service-words.js';
import { DocumentNumber, ruleSetIdShape } from '../credit/rule-set-shapes.js';

const days = {
  from: annotated(DateString, { description: 'First day of service.', examples: ['2026-10-01'] }),
  to: annotated(DateString, { description: 'Last day of service.', examples: ['2026-10-31'] }),
};

export const NewRecomputation = namedObject(
  'NewRecomputation',
  {
    rule_set: ruleSetIdShape,
    ...days,
    unit: Type.Optional(
      annotated(ExternalId, { description: 'Only members of this unit, or of one below it.', examples: ['XC-01'] }),
    ),
    document: DocumentNumber,
  },
  {
    description: 'Records to be judged anew.',
    examples: [{ rule_set: 'xinchang-pilot-1', from: '2026-10-01', to: '2026-10-31', document: '新民发〔2026〕15号' }],
  },
);

const count = (description: string) => Type.Integer({ minimum: 0, description, examples: [212] });
const Actor = (description: string) => Nullable(Type.String(), { description, examples: ['operator:li'] });

export const Recomputation = namedObject(
  'Recomputation',
  {
    id: Uuid,
    state: Type.Enum([...recomputationStates], {
      description:
        'proposed: for another person to approve; posting, undoing: under way; posted, undone, withdrawn: at an end.',
      examples: ['proposed'],
    }),
    rule_set: Type.String({ description: 'By which the records are judged anew.', examples: ['xinchang-pilot/1'] }),
    ...days,
    unit: Nullable(ExternalId, { description: 'Whose members; null: all.' }),
    document: DocumentNumber,
    lines: count('Records that change; once it is being undone, those that did.'),
    lines_sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Of the bytes of the file of lines.',
      examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
    coins: annotated(SignedAmountString, { description: 'COIN that members get more, or fewer.' }),
    to_pool: annotated(SignedAmountString, { description: 'COIN that went over the holding cap, more or fewer.' }),
    done: count('Lines that are dealt with.'),
    left_out: count(
      'Of them, those of which nothing came: the record was changed since, or the pool has given away what it is to give back.',
    ),
    proposed_by: Type.String({ description: 'As `role:subject`.', examples: ['operator:wang'] }),
    proposed_at: Instant,
    decided_by: Actor('Who approved or withdrew it; null: nobody yet.'),
    decided_at: Nullable(Instant),
    undo_proposed_by: Actor('Who wants it undone; null: nobody.'),
    undone_by: Actor('Who has agreed to that; null: nobody yet.'),
    entry: EntryNumber,
  },
  {
    description: 'Records that a wrong rule has judged, judged anew by another.',
    examples: [
      {
        ...{ id: '0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23', state: 'proposed', rule_set: 'xinchang-pilot/1' },
        ...{ from: '2026-10-01', to: '2026-10-31', unit: null, document: '新民发〔2026〕15号', lines: 212 },
        lines_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        ...{ coins: '-120.50', to_pool: '0.00', done: 0, left_out: 0, proposed_by: 'operator:wang' },
        ...{ proposed_at: '2026-11-02T09:30:00.000000Z', decided_by: null, decided_at: null },
        ...{ undo_proposed_by: null, undone_by: null, entry: '412' },
      },
    ],
  },
);

export const RecomputationPage = pageOf(
  'RecomputationPage',
  'recomputations',
  Recomputation,
  'Recomputations, in the order in which they were proposed.',
);
