/**
 * Runs a check: one statement, which counts all that it finds and gives out a page of it, what weighs most first. The same books and the same
 * thresholds give the same rows in the same order.
 */
import type { Pool } from '../../../db/connect.js';
import { portionsOf } from '../../../db/portions.js';
import { formatAmount } from '../../../lib/decimal.js';
import { type AnomalyFigure, type AnomalyRole, type AnomalyUnit, anomalyFigureWords } from '../../anomaly-words.js';
import { type AnomalyRules, anomalyRuleWords } from '../../credit/anomaly-rules.js';
import { memberWithinSql, type Reach } from '../../people/reach.js';
import type { DateRange } from '../range.js';
import type { Check } from './check.js';
import { boundsOf, type EntryBounds } from './entry-bounds.js';
import { dayNumber } from './sources.js';

/** What is looked at, by which thresholds, in which zone days are days; and who reads it, who sees only what is about members within reach. */
interface AnomalyRequest {
  readonly range: DateRange;
  readonly rules: AnomalyRules;
  readonly zone: string;
  readonly reach: Reach;
}

/** The same, once it is known which entries were recorded on these days. */
export interface AnomalyQuestion extends AnomalyRequest {
  readonly bounds: EntryBounds;
}

export async function questionOf(sql: Pool, ledgerId: number, request: AnomalyRequest): Promise<AnomalyQuestion> {
  const { range, zone, rules } = request;
  const bounds = await boundsOf(sql, ledgerId, { ...range, zone, minutesBefore: rules.quick_redemption_minutes });
  return { ...request, bounds };
}

/** Where a page begins: behind what weighs so much and has this key. */
export interface AnomalyPosition {
  readonly weight: string;
  readonly key: string;
}

/** What was found, with its figures in the order of the check. `position` is where the next page would begin. */
export interface Anomaly {
  readonly code: Check['code'];
  readonly subjects: readonly { readonly role: AnomalyRole; readonly id: string }[];
  readonly figures: readonly { readonly name: AnomalyFigure; readonly value: string; readonly unit: AnomalyUnit }[];
  readonly thresholds: readonly Threshold[];
  readonly entries: readonly string[];
  readonly records: readonly string[];
  readonly position: AnomalyPosition;
}

export interface Threshold {
  readonly rule: keyof AnomalyRules;
  readonly value: string;
  readonly unit: AnomalyUnit;
}

/** The values of a check's thresholds, as the rules have them. */
export function thresholdsOf({ rules: keys }: Check, rules: AnomalyRules): Threshold[] {
  return keys.map((rule) => ({ rule, value: String(rules[rule]), unit: anomalyRuleWords[rule].unit }));
}

const isWithin = `not exists (select from unnest(f.subjects) s(id)
    left join timebank.members m on m.ledger_id = $1 and m.member_id = s.id
    where not coalesce(${memberWithinSql('m', '$5')}, false))`;

/** $1 to $4 and $6 to $8 are those of `sources.ts`, $5 is the reach, $9 how many rows at most, or null, $10 and $11 where they begin; then come the thresholds. */
const statementOf = (check: Check) => `
  with asked as (select $2::text as first_day, $3::text as last_day, $4::text as zone,
    $6::text as first_entry, $7::text as entry_after, $8::text as first_receipt),
  found as materialized (${check.sql}),
  seen as materialized (select f.* from found f where $5::text is null or ${isWithin}),
  page as (select s.* from seen s
    where $10::text is null or s.weight < $10::text::bigint or (s.weight = $10::text::bigint and s.key collate "C" > $11::text)
    order by s.weight desc, s.key collate "C" limit $9::text::bigint)
  select c.count::text, p.key, p.weight::text, to_json(p.subjects) as subjects, to_json(p.figures::text[]) as figures,
    to_json(p.entries::text[]) as entries, to_json(p.records) as records
  from (select count(*) as count from seen) c left join page p on true
  order by p.weight desc, p.key collate "C"`;

function parametersOf(
  { rules: keys }: Check,
  ledgerId: number,
  { range, bounds, rules, zone, reach }: AnomalyQuestion,
  { after, limit }: { readonly after: AnomalyPosition | null; readonly limit: number | null },
): (string | number | null)[] {
  const page = [limit === null ? null : String(limit), after?.weight ?? null, after?.key ?? null];
  return [
    ledgerId,
    dayNumber(range.from),
    dayNumber(range.to),
    zone,
    reach,
    bounds.first,
    bounds.after,
    bounds.before,
    ...page,
    ...keys.map((key) => String(rules[key])),
  ];
}

/** How many there are in all, and `limit` of them at most. */
export async function findAnomalies(
  sql: Pool,
  ledgerId: number,
  check: Check,
  question: AnomalyQuestion,
  page: { readonly after: AnomalyPosition | null; readonly limit: number },
): Promise<{ count: number; found: Anomaly[] }> {
  const rows = await sql.unsafe(statementOf(check), parametersOf(check, ledgerId, question, page));
  const found = rows.filter(({ key }) => key !== null).map((row) => anomalyOf(check, question.rules, row));
  return { count: Number(rows[0]?.['count'] ?? 0), found };
}

/** All that a check finds, some at a time. */
export async function* eachAnomaly(
  sql: Pool,
  ledgerId: number,
  check: Check,
  question: AnomalyQuestion,
): AsyncGenerator<Anomaly[]> {
  const parameters = parametersOf(check, ledgerId, question, { after: null, limit: null });
  for await (const rows of portionsOf(sql.unsafe(statementOf(check), parameters), 200))
    yield rows.filter(({ key }) => key !== null).map((row) => anomalyOf(check, question.rules, row));
}

function anomalyOf(check: Check, rules: AnomalyRules, row: Record<string, unknown>): Anomaly {
  const { key, weight, subjects, figures, entries, records } = row as Record<'key' | 'weight', string> &
    Record<'subjects' | 'figures' | 'entries' | 'records', readonly string[]>;
  return {
    code: check.code,
    subjects: check.roles.map((role, i) => ({ role, id: subjects[i] ?? '' })),
    figures: check.figures.map((name, i) => figureOf(name, figures[i] ?? '')),
    thresholds: thresholdsOf(check, rules),
    entries,
    records,
    position: { weight, key },
  };
}

/** Of hours and coins the database gives hundredths. */
function figureOf(name: AnomalyFigure, value: string) {
  const { unit } = anomalyFigureWords[name];
  return { name, value: unit === 'hours' || unit === 'coins' ? formatAmount(BigInt(value), 2) : value, unit };
}
