/**
 * The command line: reads arguments, starts things, prints one line and exits 1 when it cannot. All work is done elsewhere, in
 * modules that are loaded when their command is given: a token should not wait for a web server to load.
 */
import { Command, Option } from 'commander';
import { addAccessCommands } from './cli/access.js';
import { addCommandsBeside } from './cli/beside.js';
import { addBookCommands } from './cli/books.js';
import { fail } from './cli/fail.js';
import { commandLanguage } from './cli/language.js';
import { addServiceCommands } from './cli/service.js';
import type { Session } from './cli/session.js';
import { readConfig } from './config.js';
import { languages } from './lib/language.js';
import { packageVersion } from './version.js';

const language = commandLanguage(process.argv.slice(2), process.env);
const session: Session = { language, config: () => readConfig(process.env) };

const program = new Command('timeledger')
  .description("Timeledger 互助时间账本: the ledger of a county's mutual-aid hours, coins and points")
  .version(packageVersion)
  .addOption(
    new Option(
      '--lang <language>',
      'the language of what is told: zh 中文, en English (default: as the locale)',
    ).choices([...languages]),
  )
  .showHelpAfterError('(timeledger --help shows what there is)');

addServiceCommands(program, session);
addAccessCommands(program, session);
addBookCommands(program, session);
addCommandsBeside(program, session);

program.parseAsync().catch((error: unknown) => fail(error, language));
