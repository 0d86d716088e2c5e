/** Commands that work on the books as a whole: import, verify, doctor, backup, restore. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { StartError } from '../db/connect.js';
import { charsets } from '../lib/encoding.js';
import { importKinds } from '../timebank/words.js';
import { charset, collect, trimmed } from './arguments.js';
import { fail } from './fail.js';
import type { Session } from './session.js';

export function addBookCommands(program: Command, session: Session): void {
  const { language } = session;
  program
    .command('import <file>')
    .description('import a CSV file: every row is ready, skipped or in error before anything is written')
    .requiredOption('--ledger <code>', 'the ledger', trimmed)
    .addOption(new Option('--kind <kind>', 'what the file holds').choices([...importKinds]).makeOptionMandatory())
    .option('--effective-on <date>', 'the day opening points take effect (default: today)', trimmed)
    .option(
      '--approved-by <subject>',
      'who approves the visits of the file, such as coordinator:wang; only for visits',
      trimmed,
    )
    .option('--partner <id>', 'the partner at which the redemptions of the file were; only for redemptions', trimmed)
    .option(
      '--charset <name>',
      `of the file: ${Object.keys(charsets).join(', ')} (default: as the file shows)`,
      charset,
    )
    .option('--dry-run', 'say what would happen, write nothing', false)
    .option('--json', 'the result as JSON', false)
    .action(async (file: string, options) => {
      const { importFile } = await import('../commands/import/import.js');
      await importFile(session.config(), { ...options, language, name: basename(file), bytes: readInput(file) });
    });

  program
    .command('verify')
    .description(
      'replay every entry and compare every table of the books; exit 1 on any difference, 2 if it cannot look',
    )
    .option('--ledger <code>', 'one ledger (default: all)')
    .option('--checkpoint <file>', 'a checkpoint of the log that was saved elsewhere (may be given again)', collect)
    .option('--vkey <key>', "the log's verifier key, or a file that holds it (may be given again)", collect, [])
    .option('--json', 'the result as JSON', false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(async (options) => {
      try {
        await (await import('../commands/verify/verify.js')).verifyCommand(session.config(), { ...options, language });
      } catch (error) {
        fail(error, language, 2);
      }
    });

  program
    .command('doctor')
    .description('look at everything the service needs; exit 1 when something is wrong')
    .option('--json', 'the result as JSON', false)
    .action(async (options) =>
      (await import('../commands/doctor/doctor.js')).doctor(session.config(), { ...options, language }),
    );

  program
    .command('backup <dir>')
    .description('write the books and the keys to a new directory, while the service runs or not')
    .option('--no-keys', 'leave the keys out')
    .action(async (dir: string, options) =>
      (await import('../commands/backup.js')).backup(session.config(), dir, options),
    );

  program
    .command('restore <dir>')
    .description('make a database of a backup, once all of it has been verified')
    .action(async (dir: string) => (await import('../commands/restore.js')).restore(session.config(), dir));
}

function readInput(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new StartError({ en: `there is no file ${file}`, zh: `文件 ${file} 不存在` });
    if (code === 'EISDIR')
      throw new StartError({ en: `${file} is a directory, not a file`, zh: `${file} 是目录，不是文件` });
    throw error;
  }
}
