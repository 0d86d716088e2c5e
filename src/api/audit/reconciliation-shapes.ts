/** What a reconciliation looks like over HTTP: a run, and its results reference by reference. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { closed, DateString, EntryNumber, ExternalId, Instant, Nullable, pageOf, Uuid } from '../../http/schemas.js';
import { matchReasons, matchStatuses, timingDirections } from '../../timebank/audit/reconciliations/verdicts.js';
import { PartnerId } from '../partners/partners.js';
import { booksFields, Counts, countsExample, Figures, figures, sides, sidesExample } from './figure-shapes.js';
import { rangeExample, rangeShown } from './range-shapes.js';

export const Sha256 = named(
  'Sha256',
  Type.String({ pattern: '^[0-9a-f]{64}$', description: 'A SHA-256, hexadecimal.' }),
);

export const MatchStatus = named(
  'MatchStatus',
  Type.Enum([...matchStatuses], {
    description: 'The verdict on a reference: `matched`, or the kind of break.',
    examples: ['amount_mismatch'],
  }),
);

export const CutoffDays = named(
  'CutoffDays',
  Type.Integer({
    minimum: 0,
    maximum: 31,
    description: 'Days before and after the period in which the other side may have the redemption.',
    examples: [1],
  }),
);

export const Watermark = annotated(EntryNumber, {
  description: 'The last entry of the journal that the books were read at.',
});
export const RuleSetName = named(
  'RuleSetName',
  Type.String({
    description: 'The rules in force.',
    examples: ['xinchang-pilot/1'],
  }),
);

export const ResultLine = namedObject(
  'ReconciliationLine',
  {
    partner_reference: ExternalId,
    status: MatchStatus,
    direction: Nullable(Type.Enum([...timingDirections]), {
      description: 'Of `timing_cutoff`: which side fell outside, on which end.',
    }),
    reason: named(
      'MatchReason',
      Type.Enum([...matchReasons], {
        description: 'Which rule gave the verdict.',
        examples: ['amounts_differ'],
      }),
    ),
    reason_lines: Type.Array(Type.Integer(), { description: 'Lines of the statement that the reason is about.' }),
    redeemed_on: Type.Array(DateString, { description: "The ledger's days, where the reason is about days." }),
    booked_on: Type.Array(DateString, { description: "The statement's days, where the reason is about days." }),
    ...sides,
    redemptions: Type.Array(Uuid),
    entries: Type.Array(EntryNumber),
    lines: Type.Array(Type.Integer(), { description: 'Lines of the statement that `statement` adds up.' }),
    outside_lines: Type.Array(Type.Integer(), { description: 'Lines of the reference that belong to another period.' }),
    detail: Type.String({ description: 'The reason in words, which may change.' }),
  },
  {
    description: 'One partner reference with both its sides; difference = ledger - statement.',
    examples: [
      {
        partner_reference: 'BK20260000829',
        status: 'amount_mismatch',
        direction: null,
        reason: 'amounts_differ',
        reason_lines: [2],
        redeemed_on: [],
        booked_on: [],
        ledger: figures(50, '5.00'),
        statement: figures(80, '8.00'),
        difference: figures(-30, '-3.00'),
        redemptions: ['0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23'],
        entries: ['17'],
        lines: [2],
        outside_lines: [],
        detail: 'the ledger has 50 points and 5.00 CNY, the statement 80 points and 8.00 CNY on line 2',
      },
    ],
  },
);

export const ResultPage = pageOf(
  'ReconciliationLinePage',
  'lines',
  ResultLine,
  'Results in the order of the references.',
);

const runFields = {
  id: Uuid,
  status: Type.Enum(['running', 'done', 'failed'], {
    description: '`running`: its results are not there yet; `failed`: they will not be, unless it is asked for again.',
  }),
  problem: Nullable(
    namedObject('ReconciliationProblem', {
      code: Type.String({ pattern: '^[a-z_]+$', examples: ['job_failed'] }),
      detail: Type.String({ description: 'The same in words.' }),
    }),
    { description: 'Why it failed; null unless it did.' },
  ),
  partner: PartnerId,
  ...rangeShown,
  partner_statement: Uuid,
  cutoff_days: CutoffDays,
  rules: RuleSetName,
  watermark: Watermark,
  statement_sha256: annotated(Sha256, { description: 'SHA-256 of the statement file, hexadecimal.' }),
  report_sha256: Nullable(Sha256, {
    description:
      'SHA-256 of the results: of each line of `/lines`, in their order, the JSON without white space and without `detail`, and a line feed. Null while running.',
  }),
  matcher_version: Nullable(Type.Integer({ minimum: 1 }), {
    description: 'Which version of the rules the results were made by. Null while running.',
  }),
  created_at: Instant,
};

const someCounts = Nullable(Counts, { description: 'How many references have each verdict. Null while running.' });

const runExample = {
  id: '0199c3f2-5b00-7e64-8c91-3a7d0e9f2b58',
  status: 'done' as const,
  problem: null,
  partner: 'xc-bank',
  ...rangeExample,
  partner_statement: '0199c3f0-2e00-7c18-9b06-1f4a8d7e5b32',
  cutoff_days: 1,
  rules: 'xinchang-pilot/1',
  watermark: '9120',
  statement_sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  report_sha256: 'fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9',
  matcher_version: 1,
  created_at: '2026-11-02T01:05:00.000000Z',
  counts: countsExample,
};

export const Run = namedObject(
  'Reconciliation',
  { ...runFields, counts: someCounts },
  { description: 'A run and what came of it.', examples: [runExample] },
);
export const CheckedRun = namedObject(
  'CheckedReconciliation',
  {
    ...runFields,
    counts: someCounts,
    control: Nullable(
      Type.Object(
        { ...sides, ledger_in_period: Figures, ...booksFields },
        { ...closed, description: 'The totals of all three sides.' },
      ),
      { description: 'The totals of all three sides. Null while running.' },
    ),
  },
  {
    description: 'A run, what came of it, and its totals.',
    examples: [
      {
        ...runExample,
        control: {
          ...sidesExample,
          ledger_in_period: figures(80_975, '8097.50'),
          ledger_postings: figures(80_975, '8097.50'),
          books_agree: true,
        },
      },
    ],
  },
);

export const RunPage = pageOf(
  'ReconciliationPage',
  'reconciliations',
  Run,
  'Runs in the order in which they were started.',
);
