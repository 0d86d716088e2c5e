/**
 * What a value must be where a schema says it by a pattern, in words: a pattern helps nobody who typed full-width digits. The value is
 * looked at and never repeated.
 */
import { birthDatePattern, datePattern, instantPattern, periodPattern } from '../lib/clock.js';
import { externalIdPattern, idFault } from '../lib/ids.js';
import { fileNamePattern, namePattern, phonePattern, serviceTypePattern } from '../timebank/words.js';

const explanations = new Map<unknown, (value: string) => string>([
  [datePattern, () => 'must be a date from 2000-01-01 to 2099-12-31, as YYYY-MM-DD'],
  [birthDatePattern, () => 'must be a date from 1900-01-01 on, as YYYY-MM-DD'],
  [periodPattern, () => 'must be a month from 2000-01 to 2099-12, as YYYY-MM'],
  [instantPattern, () => 'must be an instant of the years 2000 to 2099, RFC 3339 with seconds and an offset'],
  [externalIdPattern, (value) => `must be an id: it ${idFault(value)}`],
  [namePattern, () => 'must be a name: it holds a character that cannot be seen or was lost'],
  [fileNamePattern, () => 'must be a name of a file: it holds a character that cannot be seen or was lost'],
  [phonePattern, () => 'must be a telephone number: digits, spaces and hyphens, a plus in front or none'],
  [serviceTypePattern, () => 'must be a service type: a to z, 0 to 9 and "_"'],
]);

/** Why `value` does not fit a pattern; undefined where nothing better can be said than the pattern itself. */
export function explainPattern(pattern: unknown, value: unknown): string | undefined {
  return typeof value === 'string' ? explanations.get(pattern)?.(value) : undefined;
}

/** What stands at a JSON Pointer. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}
