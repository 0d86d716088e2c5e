/** `timeledger demo`: reads its arguments and runs the month. Part of a checkout, not of what is shipped. */
import { Command } from 'commander';
import type { Language } from '#src/lib/language.js';
import { runDemo } from './demo.js';

export async function main(args: readonly string[], language: Language): Promise<void> {
  const program = new Command('timeledger demo')
    .description("a county's month over HTTP on a database of its own: earn, redeem, reconcile")
    .option('--data <dir>', "another county's files of the same form")
    .option('--keep <dir>', 'leave the database and the keys in a new directory, to look around')
    .option('--json', 'the result alone, as JSON', false)
    .action((options) => runDemo({ ...options, language }));
  await program.parseAsync(args, { from: 'user' });
}
