/**
 * What a check is: one query over the books, which finds what reaches the thresholds of the rules. It does not know who reads what was found.
 */
import type { AnomalyCode, AnomalyFigure, AnomalyRole } from '../../anomaly-words.js';
import type { AnomalyRuleKey } from '../../credit/anomaly-rules.js';

/**
 * `sql` selects a row for each thing found:
 *
 * - `key`: text that no other has, in which equal ones are told apart; it says nothing else.
 * - `weight`: a whole number; what weighs more comes first.
 * - `subjects`: ids, as many as `roles`, which says who they are; members under the ids that they have now.
 * - `figures`: whole numbers, as many as `figures`, which names them; hours and coins in hundredths.
 * - `entries`, `records`: up to `listedAtMost` numbers of entries, and ids of service records or redemptions, both in the order of the entries.
 *
 * Its parameters are those of `sources.ts`, and the thresholds.
 */
export interface Check {
  readonly code: AnomalyCode;
  readonly roles: readonly AnomalyRole[];
  readonly figures: readonly AnomalyFigure[];
  readonly rules: readonly AnomalyRuleKey[];
  readonly sql: string;
}

/** A pair that exchanged services for years has hundreds of records: the first ones lead to the others. */
const listedAtMost = 100;

/** SQL: what is gathered of an expression, in the order of the entries. */
export function listed(expression: string, entry: string): string {
  return `(array_agg(${expression} order by ${entry}))[1:${listedAtMost}]`;
}

/** Parameters before the thresholds: see `sources.ts` and `reads.ts`. */
const parametersBeforeRules = 11;

/** A check with SQL that asks for its thresholds by name: as a number, or as a time of day. */
export function checkOf({
  sql,
  ...check
}: Omit<Check, 'sql'> & { readonly sql: (threshold: Thresholds) => string }): Check {
  const parameter = (rule: AnomalyRuleKey) => {
    const position = check.rules.indexOf(rule);
    if (position < 0) throw new Error(`${check.code} does not name ${rule} among its rules`);
    return `$${parametersBeforeRules + 1 + position}::text`;
  };
  return {
    ...check,
    sql: sql({ number: (rule) => `${parameter(rule)}::numeric`, clock: (rule) => `${parameter(rule)}::time` }),
  };
}

interface Thresholds {
  readonly number: (rule: AnomalyRuleKey) => string;
  readonly clock: (rule: AnomalyRuleKey) => string;
}
