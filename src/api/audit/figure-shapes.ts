/** What a reconciliation counts and adds up, over HTTP: references by verdict, points and CNY by side. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../http/named.js';
import { SignedAmountString } from '../../http/schemas.js';
import { perStatus } from '../../timebank/audit/reconciliations/verdicts.js';

export const forEachStatus = <T>(schema: T) => perStatus(() => schema);

export const Counts = namedObject('ReconciliationCounts', forEachStatus(Type.Integer({ minimum: 0 })), {
  description: 'How many references have each verdict.',
});

export const Figures = namedObject(
  'Figures',
  { points: SignedAmountString, cny: SignedAmountString },
  { description: 'Points and CNY.' },
);

export const sides = { ledger: Figures, statement: Figures, difference: Figures };

export const figures = (points: number, cny: string) => ({ points: String(points), cny });
export const zero = figures(0, '0.00');

/** Of all references together. */
export const sidesExample = {
  ledger: figures(80_975, '8097.50'),
  statement: figures(81_005, '8100.50'),
  difference: figures(-30, '-3.00'),
};
export const countsExample = { ...forEachStatus(0), matched: 1752, amount_mismatch: 1 };

export const booksFields = {
  ledger_postings: annotated(Figures, {
    description: "Captures less refunds on the partner's accounts in the books, in the period, up to the watermark.",
  }),
  books_agree: Type.Boolean({ description: 'Whether `ledger_postings` equals what the redemptions say.' }),
};
