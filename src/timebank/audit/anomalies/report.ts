/** What was found, for people: in a sentence, and as CSV. Knows no database. */
import { writeCsv } from '../../../lib/csv/write.js';
import { inLanguage, type Language, type Words } from '../../../lib/language.js';
import {
  type AnomalyUnit,
  anomalyFigureWords,
  anomalyRolesZh,
  anomalyUnitWords,
  anomalyWords,
} from '../../anomaly-words.js';
import { anomalyRuleWords } from '../../credit/anomaly-rules.js';
import type { Anomaly } from './reads.js';

const measured = ({ en, zh }: Words, value: string, unit: AnomalyUnit): Words => ({
  en: `${en} ${value}${anomalyUnitWords[unit].en}`,
  zh: `${zh} ${value}${anomalyUnitWords[unit].zh}`,
});

const together = (parts: readonly Words[]): Words => ({
  en: parts.map(({ en }) => en).join(', '),
  zh: parts.map(({ zh }) => zh).join('，'),
});

/** `volunteer V1, recipient R1: service records 20 records, hours given 30.00 hours (records at least 20 records, within 30 days)` */
export function describeAnomaly({ subjects, figures, thresholds }: Anomaly): Words {
  const who = together(subjects.map(({ role, id }) => ({ en: `${role} ${id}`, zh: `${anomalyRolesZh[role]} ${id}` })));
  const what = together(figures.map(({ name, value, unit }) => measured(anomalyFigureWords[name].words, value, unit)));
  const asked = together(
    thresholds.map(({ rule, value, unit }) => measured(anomalyRuleWords[rule].words, value, unit)),
  );
  return { en: `${who.en}: ${what.en} (${asked.en})`, zh: `${who.zh}：${what.zh}（${asked.zh}）` };
}

/**
 * Columns of the CSV, a row for each thing found. `subjects` are `role=id`, `figures` and `thresholds` `name=value unit`, several with "; " between; `entries`
 * and `records` have a space between. Explanation and detail are in the language of who reads, everything else is codes.
 */
const anomalyColumns = [
  'code',
  'explanation',
  'subjects',
  'figures',
  'thresholds',
  'entries',
  'records',
  'detail',
] as const;

export async function* anomaliesCsv(
  language: Language,
  portions: AsyncIterable<readonly Anomaly[]>,
): AsyncGenerator<string> {
  yield writeCsv([anomalyColumns]);
  for await (const portion of portions)
    if (portion.length > 0) yield writeCsv(portion.map((one) => csvRow(one, language)));
}

function csvRow(one: Anomaly, language: Language): string[] {
  const cells: Record<(typeof anomalyColumns)[number], string> = {
    code: one.code,
    explanation: inLanguage(anomalyWords[one.code], language),
    subjects: one.subjects.map(({ role, id }) => `${role}=${id}`).join('; '),
    figures: one.figures.map(({ name, value, unit }) => `${name}=${value} ${unit}`).join('; '),
    thresholds: one.thresholds.map(({ rule, value, unit }) => `${rule}=${value} ${unit}`).join('; '),
    entries: one.entries.join(' '),
    records: one.records.join(' '),
    detail: inLanguage(describeAnomaly(one), language),
  };
  return anomalyColumns.map((column) => cells[column]);
}
