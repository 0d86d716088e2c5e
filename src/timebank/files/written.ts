/** How people write figures, dates and times, as the forms that are used here: only the form is changed, whatever it says. */

/** What a Chinese keyboard writes for digits and the signs between them, as ASCII. */
export function halfWidth(text: string): string {
  return text.replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

const writtenDate = /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)$/;

/** A date as people write it, such as 2026/10/1 or 2026年10月1日, in the form of dates here; other text as it is. */
export function dateForm(text: string): string {
  const [, year, , month, day, zhMonth, zhDay] = writtenDate.exec(halfWidth(text)) ?? [];
  if (year === undefined) return text;
  const two = (digits = '') => digits.padStart(2, '0');
  return `${year}-${two(month ?? zhMonth)}-${two(day ?? zhDay)}`;
}
