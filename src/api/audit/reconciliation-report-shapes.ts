/** What the report of a reconciliation looks like, as JSON. */
import { Type } from 'typebox';
import { exampleOf, namedObject } from '../../http/named.js';
import { closed, DateString, ExternalId } from '../../http/schemas.js';
import { PartnerId } from '../partners/partners.js';
import {
  booksFields,
  Counts,
  countsExample,
  Figures,
  figures,
  forEachStatus,
  sides,
  sidesExample,
  zero,
} from './figure-shapes.js';
import { rangeExample, rangeShown } from './range-shapes.js';
import { CutoffDays, ResultLine, RuleSetName, Sha256, Watermark } from './reconciliation-shapes.js';

export const Report = namedObject(
  'ReconciliationReport',
  {
    partner: PartnerId,
    ...rangeShown,
    watermark: Watermark,
    input_sha256: Sha256,
    parameters: Type.Object(
      {
        first: DateString,
        last: DateString,
        zone: Type.String({ examples: ['Asia/Shanghai'] }),
        cutoff_days: CutoffDays,
        rules: RuleSetName,
      },
      closed,
    ),
    counts: Counts,
    control: Type.Object(
      {
        ...sides,
        explained: Type.Object(
          forEachStatus(namedObject('Contribution', { count: Type.Integer({ minimum: 0 }), ...sides })),
          {
            ...closed,
            description: 'What each verdict contributes; the differences add up to `difference`.',
          },
        ),
        ledger_in_period: Figures,
        statement_in_period: Figures,
        ledger_unreported: Figures,
        statement_outside: Figures,
        ...booksFields,
      },
      { ...closed, description: 'Totals in which every redemption and every line is accounted for.' },
    ),
    references: Type.Object(forEachStatus(Type.Array(ExternalId)), {
      ...closed,
      description: 'Every reference by its verdict.',
    }),
    breaks: Type.Array(ResultLine, { description: 'Every reference that does not match.' }),
  },
  {
    description: 'The report of a run: the same bytes every time.',
    examples: [
      {
        partner: 'xc-bank',
        ...rangeExample,
        watermark: '9120',
        input_sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
        parameters: {
          first: '2026-10-01',
          last: '2026-10-31',
          zone: 'Asia/Shanghai',
          cutoff_days: 1,
          rules: 'xinchang-pilot/1',
        },
        counts: countsExample,
        control: {
          ...sidesExample,
          explained: {
            ...forEachStatus({ count: 0, ledger: zero, statement: zero, difference: zero }),
            matched: {
              count: 1752,
              ledger: figures(80_925, '8092.50'),
              statement: figures(80_925, '8092.50'),
              difference: zero,
            },
            amount_mismatch: {
              count: 1,
              ledger: figures(50, '5.00'),
              statement: figures(80, '8.00'),
              difference: figures(-30, '-3.00'),
            },
          },
          ledger_in_period: figures(80_975, '8097.50'),
          statement_in_period: figures(81_005, '8100.50'),
          ledger_unreported: zero,
          statement_outside: zero,
          ledger_postings: figures(80_975, '8097.50'),
          books_agree: true,
        },
        references: { ...forEachStatus<string[]>([]), matched: ['BK20260001017'], amount_mismatch: ['BK20260000829'] },
        breaks: [exampleOf(ResultLine)],
      },
    ],
  },
);
