/**
 * What is wrong with a file, by its lines, and the refusal of the whole file for it. No reason quotes a cell: reasons are kept for years, and
 * a cell may be anyone's telephone number.
 */
import type { Words } from '../language.js';
import { type FieldError, Refusal } from '../refusal.js';

const maxErrors = 100;

/** A place in a file: `{ pointer: '/lines/12', detail }`. */
export function lineError(line: number, detail: Words): FieldError {
  return { pointer: `/lines/${line}`, detail };
}

/** The refusal of a whole file for its errors: the first 100 of them, and how many more there are. */
export function fileInvalid(errors: readonly FieldError[]): Refusal {
  const count = errors.length;
  const more = count - maxErrors;
  const en = `the file has ${count} ${count === 1 ? 'error' : 'errors'}`;
  const zh = `文件有 ${count} 处错误`;
  const detail =
    more > 0
      ? {
          en: `${en}; the first ${maxErrors} are listed, ${more} more are not`,
          zh: `${zh}；此处列出前 ${maxErrors} 处，其余 ${more} 处未列`,
        }
      : { en, zh };
  return new Refusal('file_invalid', detail, { errors: errors.slice(0, maxErrors) });
}
