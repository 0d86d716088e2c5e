/** What kind of value a cell holds, for people who look for a mistake: said of the cell in place of what it says. */
import type { Words } from '../../lib/language.js';
import { dateForm, halfWidth } from './written.js';

const kinds: readonly (readonly [RegExp, Words])[] = [
  [/^$/, { en: 'empty', zh: '空' }],
  [/^\d+$/, { en: 'a whole number', zh: '整数' }],
  [/^-\d+(?:\.\d+)?$/, { en: 'a negative number', zh: '负数' }],
  [/^\+?\d+\.\d+$|^\+\d+$/, { en: 'a number', zh: '数值' }],
  [/^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/, { en: 'a number with separators', zh: '带千位分隔符的数值' }],
  [/^[-+]?\d+(?:\.\d+)?E[-+]?\d+$/i, { en: 'a number in scientific notation', zh: '科学计数法的数值' }],
  [/^\d{4}-\d\d-\d\d$/, { en: 'a date', zh: '日期' }],
  [/^(?:\d{4}[-/.年]\S*[T\s]\s*)?\d{1,2}:\d\d\S*$/, { en: 'a time', zh: '时间' }],
];

const text: Words = { en: 'text', zh: '文本' };

export function kindOfValue(cell: string): Words {
  const form = dateForm(halfWidth(cell));
  return kinds.find(([shape]) => shape.test(form))?.[1] ?? text;
}
