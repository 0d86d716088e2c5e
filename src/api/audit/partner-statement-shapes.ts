/** What a partner's statement looks like over HTTP: what the file was, and its lines. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import {
  AmountString,
  DateString,
  ExternalId,
  Instant,
  Nullable,
  pageOf,
  SignedAmountString,
  Uuid,
} from '../../http/schemas.js';
import { fileNamePattern, statementLineTypes } from '../../timebank/words.js';
import { PartnerId } from '../partners/partners.js';
import { rangeExample, rangeShown } from './range-shapes.js';

export const FileName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: fileNamePattern,
  description: 'What the file was called.',
  examples: ['bank-statement-2026-10.csv'],
});

export const Statement = namedObject(
  'PartnerStatement',
  {
    id: Uuid,
    partner: PartnerId,
    ...rangeShown,
    file_name: Nullable(FileName),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the file, hexadecimal.' }),
    lines: Type.Integer({ description: 'How many lines it has.', examples: [1753] }),
    points: annotated(SignedAmountString, {
      description: 'Points redeemed less points refunded.',
      examples: ['81005'],
    }),
    amount_cny: annotated(SignedAmountString, { description: 'The same in CNY.', examples: ['8100.50'] }),
    created_at: Instant,
  },
  {
    description: "A partner's statement as it was taken in.",
    examples: [
      {
        id: '0199c3f0-2e00-7c18-9b06-1f4a8d7e5b32',
        partner: 'xc-bank',
        ...rangeExample,
        file_name: 'bank-statement-2026-10.csv',
        sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
        lines: 1753,
        points: '81005',
        amount_cny: '8100.50',
        created_at: '2026-11-02T01:00:00.000000Z',
      },
    ],
  },
);

export const StatementPage = pageOf(
  'PartnerStatementPage',
  'partner_statements',
  Statement,
  'Statements in the order in which they came.',
);

export const LinePage = pageOf(
  'PartnerStatementLinePage',
  'lines',
  namedObject(
    'PartnerStatementLine',
    {
      line: Type.Integer({ description: 'Where it stands in the file; the header is line 1.', examples: [2] }),
      partner_reference: ExternalId,
      booked_on: DateString,
      points: AmountString,
      amount_cny: AmountString,
      type: Type.Enum([...statementLineTypes], { description: 'A refund takes away.' }),
    },
    {
      examples: [
        {
          line: 2,
          partner_reference: 'BK20260000829',
          booked_on: '2026-10-01',
          points: '50',
          amount_cny: '5.00',
          type: 'redeem',
        },
      ],
    },
  ),
  'Lines in the order of the file.',
);
