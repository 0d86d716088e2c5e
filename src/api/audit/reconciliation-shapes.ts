/** What a reconciliation looks like over HTTP: a run, its results reference by reference, the report. */
import { Type } from 'typebox';
import {
  closed,
  DateString,
  EntryNumber,
  ExternalId,
  Instant,
  NextCursor,
  Nullable,
  SignedAmountString,
  Uuid,
} from '../../http/schemas.js';
import {
  matchReasons,
  matchStatuses,
  perStatus,
  timingDirections,
} from '../../timebank/audit/reconciliations/classify.js';
import { PartnerId } from '../partners/partners.js';
import { rangeShown } from './range-shapes.js';

const Sha256 = Type.String({ title: 'Sha256', pattern: '^[0-9a-f]{64}$', description: 'A SHA-256, hexadecimal.' });

export const MatchStatus = Type.Enum([...matchStatuses], {
  title: 'MatchStatus',
  description: 'The verdict on a reference: `matched`, or the kind of break.',
  examples: ['amount_mismatch'],
});

export const CutoffDays = Type.Integer({
  title: 'CutoffDays',
  minimum: 0,
  maximum: 31,
  description: 'Days before and after the period in which the other side may have the redemption.',
  examples: [1],
});

const Watermark = Type.String({
  ...EntryNumber,
  description: 'The last entry of the journal that the books were read at.',
});
const RuleSetName = Type.String({
  title: 'RuleSetName',
  description: 'The rules in force.',
  examples: ['xinchang-pilot/1'],
});

const forEachStatus = <T>(schema: T) => perStatus(() => schema);

const Counts = Type.Object(forEachStatus(Type.Integer({ minimum: 0 })), {
  ...closed,
  title: 'ReconciliationCounts',
  description: 'How many references have each verdict.',
});

const Figures = Type.Object(
  { points: SignedAmountString, cny: SignedAmountString },
  { ...closed, title: 'Figures', description: 'Points and CNY.' },
);

const sides = { ledger: Figures, statement: Figures, difference: Figures };

const ResultLine = Type.Object(
  {
    partner_reference: ExternalId,
    status: MatchStatus,
    direction: Nullable(Type.Enum([...timingDirections]), {
      description: 'Of `timing_cutoff`: which side fell outside, on which end.',
    }),
    reason: Type.Enum([...matchReasons], {
      title: 'MatchReason',
      description: 'Which rule gave the verdict.',
      examples: ['amounts_differ'],
    }),
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
    ...closed,
    title: 'ReconciliationLine',
    description: 'One partner reference with both its sides; difference = ledger - statement.',
  },
);

export const ResultPage = Type.Object(
  { lines: Type.Array(ResultLine), next_cursor: NextCursor },
  { ...closed, title: 'ReconciliationLinePage', description: 'Results in the order of the references.' },
);

const runFields = {
  id: Uuid,
  status: Type.Enum(['running', 'done', 'failed'], {
    description: '`running`: its results are not there yet; `failed`: they will not be, unless it is asked for again.',
  }),
  problem: Nullable(
    Type.Object(
      {
        code: Type.String({ pattern: '^[a-z_]+$', examples: ['job_failed'] }),
        detail: Type.String({ description: 'The same in words.' }),
      },
      { ...closed, title: 'ReconciliationProblem' },
    ),
    { description: 'Why it failed; null unless it did.' },
  ),
  partner: PartnerId,
  ...rangeShown,
  partner_statement: Uuid,
  cutoff_days: CutoffDays,
  rules: RuleSetName,
  watermark: Watermark,
  statement_sha256: Type.String({ ...Sha256, description: 'SHA-256 of the statement file, hexadecimal.' }),
  report_sha256: Nullable(Sha256, {
    description:
      'SHA-256 of the results: of each line of `/lines`, in their order, the JSON without white space and without `detail`, and a line feed. Null while running.',
  }),
  matcher_version: Nullable(Type.Integer({ minimum: 1 }), {
    description: 'Which version of the rules the results were made by. Null while running.',
  }),
  created_at: Instant,
};

const booksFields = {
  ledger_postings: Type.Object(Figures.properties, {
    ...closed,
    title: 'Figures',
    description: "Captures less refunds on the partner's accounts in the books, in the period, up to the watermark.",
  }),
  books_agree: Type.Boolean({ description: 'Whether `ledger_postings` equals what the redemptions say.' }),
};

const someCounts = Nullable(Counts, { description: 'How many references have each verdict. Null while running.' });

export const Run = Type.Object(
  { ...runFields, counts: someCounts },
  { ...closed, title: 'Reconciliation', description: 'A run and what came of it.' },
);
export const CheckedRun = Type.Object(
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
  { ...closed, title: 'CheckedReconciliation', description: 'A run, what came of it, and its totals.' },
);

export const RunPage = Type.Object(
  { reconciliations: Type.Array(Run), next_cursor: NextCursor },
  { ...closed, title: 'ReconciliationPage', description: 'Runs in the order in which they were started.' },
);

export const Report = Type.Object(
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
          forEachStatus(
            Type.Object({ count: Type.Integer({ minimum: 0 }), ...sides }, { ...closed, title: 'Contribution' }),
          ),
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
  { ...closed, title: 'ReconciliationReport', description: 'The report of a run: the same bytes every time.' },
);
