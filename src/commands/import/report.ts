/** What `timeledger import` tells: how the file reads before anything is written, and what became of its rows. */
import type { CsvPreview } from '../../lib/csv/preview.js';
import { inLanguage, type Language, type Words } from '../../lib/language.js';
import { invisible } from '../../lib/text.js';
import { type Import, type ImportLineState, viewImport } from '../../timebank/imports/import.js';
import type { ImportCommandOptions } from './options.js';

const shownErrors = 20;
const unseen = new RegExp(invisible, 'gu');

/** How the file reads, on a line for each row: wrong characters show here, before anything is written. */
export function previewText(name: string, { encoding, header, rows }: CsvPreview, language: Language): string {
  const first: Words = { en: `${name} read as ${encoding}:`, zh: `${name}，按 ${encoding} 读取：` };
  return [
    first[language],
    ...[header, ...rows].map((cells) => `  ${cells.join(' | ').replace(unseen, '\uFFFD')}`),
  ].join('\n');
}

export function report(
  row: Import,
  errors: readonly ImportLineState[],
  preview: CsvPreview,
  { json, name, language }: ImportCommandOptions,
): void {
  const { ready, imported, skipped, errors: faulty } = viewImport(row).counts;
  const counts = { ready, imported, skipped, errors: faulty };
  if (json) console.log(JSON.stringify({ counts, errors: inLanguage(errors, language), preview }, null, 2));
  else {
    const told: Words = {
      en: `${name}: ${ready} ready, ${imported} imported, ${skipped} skipped, ${faulty} errors`,
      zh: `${name}：可导入 ${ready} 行，已导入 ${imported} 行，已跳过 ${skipped} 行，有误 ${faulty} 行`,
    };
    console.log(told[language]);
    for (const { line, code, reason } of errors.slice(0, shownErrors)) {
      const { en = '', zh = '' } = reason ?? {};
      const said: Words = { en: `  line ${line}: ${code}: ${en}`, zh: `  第 ${line} 行：${code}：${zh}` };
      console.log(said[language]);
    }
    const more = faulty - Math.min(errors.length, shownErrors);
    const all = errors.length === faulty;
    const rest: Words = {
      en: `  … and ${more} more; --json shows ${all ? 'all' : errors.length}`,
      zh: `  … 另有 ${more} 行；--json 列出${all ? '全部' : ` ${errors.length} 行`}`,
    };
    if (more > 0) console.log(rest[language]);
  }
  if (faulty > 0) process.exitCode = 2;
}
