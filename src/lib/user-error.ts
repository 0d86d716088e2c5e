/**
 * An error that whoever runs the program can mend: one line that says what is wrong, where, and what to do, in both languages. The
 * command line shows that line and no stack.
 */
import type { Words } from './language.js';

export abstract class UserError extends Error {
  readonly detail: Words;

  constructor({ en, zh }: Words, options?: ErrorOptions) {
    const detail = { en: oneLine(en), zh: oneLine(zh) };
    // For logs and tests.
    super(detail.en, options);
    this.detail = detail;
  }
}

/** What other programs said, which is part of it, may have several lines. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
