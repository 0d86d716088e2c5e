/**
 * The command line: reads arguments, starts things, prints one line and exits 1 when it cannot. All work is done elsewhere, in
 * modules that are loaded when their command is given: a token should not wait for a web server to load.
 */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { commandLanguage } from './commands/language.js';
import { ConfigError, readConfig, settings } from './config.js';
import { isConnectionLost, isStorageFull, reasonOf, StartError } from './db/connect.js';
import { roles } from './http/tokens.js';
import { KeyError } from './keys.js';
import { type Charset, charsetOf, charsets } from './lib/encoding.js';
import { type Language, languages } from './lib/language.js';
import { Refusal } from './lib/refusal.js';
import { importKinds } from './timebank/words.js';
import { packageVersion } from './version.js';

const language = commandLanguage(process.argv.slice(2), process.env);

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

program
  .command('start')
  .description('run the service')
  .addHelpText('after', settingsHelp)
  .action(async () => {
    const config = readConfig(process.env);
    const { startServer } = await import('./server.js');
    const server = await startServer(config);
    stopOnSignal(() => server.close());
    console.log(`Timeledger ${packageVersion} listens on ${server.url}`);
    console.log(`  docs     ${server.url}/docs`);
    console.log(`  metrics  http://${config.metricsHost}:${server.metricsPort}/metrics`);
    console.log(`  a token  ${ownCommand()} token --ledger xinchang --role operator`);
  });

program
  .command('worker')
  .description('run one more worker beside the one that the service starts')
  .action(async () => {
    const stop = await (await import('./commands/worker.js')).runWorker(readConfig(process.env));
    stopOnSignal(stop);
    console.log('a worker takes jobs; Ctrl-C ends it');
  });

program
  .command('migrate')
  .description('bring the database to the schema of this version')
  .action(async () => {
    const { migrateDatabase, openCommandDatabase } = await import('./database.js');
    const database = await openCommandDatabase(readConfig(process.env));
    try {
      const { applied } = await migrateDatabase(database.target);
      console.log(applied.length === 0 ? 'the schema is up to date' : `applied ${applied.join(', ')}`);
    } finally {
      await database.stop();
    }
  });

program
  .command('token')
  .description('print a token for development')
  .requiredOption('--ledger <code>', 'the ledger it speaks for', trimmed)
  .addOption(new Option('--role <role>', 'what it may do').choices([...roles]).makeOptionMandatory())
  .option('--subject <id>', 'who it speaks for: a member id, a partner id, a name (default: the role)', trimmed)
  .option('--scope <org-unit>', "a coordinator's organisation unit", trimmed)
  .addOption(
    new Option('--ttl <duration>', 'how long it is valid: 30s, 15m, 1h, 7d').argParser(duration).default(3600, '1h'),
  )
  .action(async (options) => (await import('./commands/token.js')).printToken(readConfig(process.env), options));

program
  .command('ledger')
  .description('ledgers: timeledger ledger create <code>')
  .command('create <code>')
  .description('make a ledger with its assets and chart of accounts; nothing changes when it exists')
  .action(async (code: string) => (await import('./commands/ledger.js')).makeLedger(readConfig(process.env), code));

const keys = program.command('keys').description('the keys of tokens and of the log: list, rotate, export-public');
keys
  .command('list')
  .description('what keys there are, and what each does')
  .action(async () => (await import('./commands/keys.js')).listKeys(readConfig(process.env)));
keys
  .command('rotate')
  .description(
    'sign tokens with a new key; the old one verifies until its tokens have expired; the key of the log stays',
  )
  .action(async () => (await import('./commands/keys.js')).rotateKeys(readConfig(process.env)));
keys
  .command('export-public')
  .description('print the public keys as JSON')
  .action(async () => (await import('./commands/keys.js')).exportPublicKeys(readConfig(process.env)));

program
  .command('subjects')
  .description('people behind the pseudonyms of the journal')
  .command('erase <pseudonym>')
  .description('forget who is behind a pseudonym, for good')
  .requiredOption('--ledger <code>', 'the ledger')
  .action(async (pseudonym: string, options) =>
    (await import('./commands/subjects.js')).forgetSubject(readConfig(process.env), pseudonym, options),
  );

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
  .option('--charset <name>', `of the file: ${Object.keys(charsets).join(', ')} (default: as the file shows)`, charset)
  .option('--dry-run', 'say what would happen, write nothing', false)
  .option('--json', 'the result as JSON', false)
  .action(async (file: string, options) => {
    const { importFile } = await import('./commands/import/import.js');
    await importFile(readConfig(process.env), { ...options, language, name: basename(file), bytes: readInput(file) });
  });

program
  .command('verify')
  .description('replay every entry and compare every table of the books; exit 1 on any difference, 2 if it cannot look')
  .option('--ledger <code>', 'one ledger (default: all)')
  .option('--checkpoint <file>', 'a checkpoint of the log that was saved elsewhere (may be given again)', collect)
  .option('--vkey <key>', "the log's verifier key, or a file that holds it (may be given again)", collect, [])
  .option('--json', 'the result as JSON', false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async (options) => {
    try {
      await (await import('./commands/verify.js')).verifyCommand(readConfig(process.env), { ...options, language });
    } catch (error) {
      fail(error, 2);
    }
  });

program
  .command('doctor')
  .description('look at everything the service needs; exit 1 when something is wrong')
  .option('--json', 'the result as JSON', false)
  .action(async (options) =>
    (await import('./commands/doctor/doctor.js')).doctor(readConfig(process.env), { ...options, language }),
  );

program
  .command('backup <dir>')
  .description('write the books and the keys to a new directory, while the service runs or not')
  .option('--no-keys', 'leave the keys out')
  .action(async (dir: string, options) =>
    (await import('./commands/backup.js')).backup(readConfig(process.env), dir, options),
  );

program
  .command('restore <dir>')
  .description('make a database of a backup, once all of it has been verified')
  .action(async (dir: string) => (await import('./commands/restore.js')).restore(readConfig(process.env), dir));

for (const [name, what] of Object.entries({
  demo: "a county's month over HTTP on a database of its own",
  bench: 'measure the service on a database of its own',
})) {
  program
    .command(name)
    .description(`${what} (in a checkout; ${name} --help tells more)`)
    .argument('[args...]')
    .helpOption(false)
    .allowUnknownOption()
    .action((args: string[]) => runBeside(name, args));
}

program
  .command('openapi')
  .description('print the OpenAPI document')
  .action(async () => (await import('./commands/openapi.js')).printOpenApi());

const root = fileURLToPath(new URL('..', import.meta.url));

/** Outside of the checkout npx would ask a registry for a package of our name, and in one that is another user's it fails without a word. */
function ownCommand(): string {
  return resolve(root) === process.cwd() && isWritable(root) ? 'npx timeledger' : join(root, 'dist', 'main.js');
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function settingsHelp(): string {
  const lines = Object.entries(settings).map(([name, what]) => `  ${name.padEnd(17)}${what}`);
  return ['', 'Environment variables, and what holds without them:', ...lines].join('\n');
}

function charset(text: string): Charset {
  const known = charsetOf(text.trim());
  if (known === undefined) throw new InvalidArgumentError(`write ${Object.keys(charsets).join(', ')}`);
  return known;
}

/** What is copied from a table or a mail brings white space along. */
function trimmed(text: string): string {
  return text.trim();
}

function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] ?? ''];
  if (!match || unit === undefined || Number(match[1]) === 0)
    throw new InvalidArgumentError('write 30s, 15m, 1h or 7d');
  return Number(match[1]) * unit;
}

/** For an option that may be given again. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** The demo and the bench stand beside the service: built with it in a checkout, and not shipped. */
async function runBeside(name: string, args: readonly string[]): Promise<void> {
  const module = new URL(`../build/${name}/main.js`, import.meta.url);
  if (!existsSync(module))
    throw new StartError(`${name} is not shipped with the service: run it in a checkout, after "npm run build"`);
  const { main } = (await import(module.href)) as {
    main(args: readonly string[], language: Language): Promise<void>;
  };
  await main(args, language);
}

/** The first signal lets the service finish; a second one ends it at once. */
function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: finishing what is in flight`);
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function readInput(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new StartError(`there is no file ${file}`);
    if (code === 'EISDIR') throw new StartError(`${file} is a directory, not a file`);
    throw error;
  }
}

/** One line for what a person can mend and, for a file, one for each of its errors; the stack for what is our fault. */
function fail(error: unknown, status = 1): never {
  const unnamed = !(error instanceof StartError);
  if (unnamed && isConnectionLost(error)) fail(new StartError(`a connection was lost: ${reasonOf(error)}`), status);
  if (unnamed && isStorageFull(error))
    fail(new StartError(`the database has no room left: ${reasonOf(error)}`), status);
  // Modules are loaded with their command: what main.ts finds missing of all, this finds of one.
  const missing = /^Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : '')?.[1];
  if (unnamed && missing !== undefined)
    fail(new StartError(`the package ${missing} is not installed: run "npm ci" in ${resolve(root)}`), status);
  const known =
    [StartError, ConfigError, KeyError, Refusal].some((kind) => error instanceof kind) || isFileError(error);
  const message =
    error instanceof Refusal ? error.detail[language] : error instanceof Error ? error.message : String(error);
  console.error(known ? `timeledger: ${message}` : error);
  for (const { pointer, detail } of (error instanceof Refusal && error.facts.errors) || [])
    console.error(`  ${pointer} ${detail[language]}`);
  process.exit(status);
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

program.parseAsync().catch((error: unknown) => fail(error));
