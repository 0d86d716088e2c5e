/**
 * Text that people wrote, as it is kept: which characters nobody can see or read, and one form for those that have several. It knows
 * no field.
 */

/** The inside of a character class: what is not drawn, turns the text around it, or stands for a character that was lost. */
const unreadableClass = '\\p{C}\\p{Default_Ignorable_Code_Point}\\p{Zl}\\p{Zp}\\u2800\\uFFFC\\uFFFD';

/** One character that can be read, a space included. For patterns of schemas, which are compiled with the flag u. */
export const readable = `[^${unreadableClass}]`;
/** One that is no space either. */
export const drawn = `[^${unreadableClass}\\s]`;

export const invisible = new RegExp(`[${unreadableClass}]`, 'u');

/** Without white space around it, in NFC: the same text is then the same bytes, whichever keyboard wrote it. */
export function tidied(text: string): string {
  return text.trim().normalize('NFC');
}
