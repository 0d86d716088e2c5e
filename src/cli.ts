#!/usr/bin/env -S node --max-semi-space-size=32
/**
 * The command line: reads arguments, starts things, prints one line and exits 1 when it cannot. All work is done elsewhere, in
 * modules that are loaded when their command is given: a token should not wait for a web server to load.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parts } from './bench/parts.js';
import { ConfigError, readConfig, settings } from './config.js';
import { StartError } from './db/connect.js';
import { roles } from './http/tokens.js';
import { KeyError } from './keys.js';
import { Refusal } from './lib/refusal.js';
import { importKinds } from './timebank/imports/import-kind.js';
import { packageVersion } from './version.js';

const program = new Command('timeledger')
  .description("Timeledger 互助时间账本: the ledger of a county's mutual-aid hours, coins and points")
  .version(packageVersion)
  .showHelpAfterError('(timeledger --help shows what there is)');

program
  .command('start')
  .description('run the service')
  .addHelpText('after', settingsHelp)
  .action(async () => {
    const config = readConfig(process.env);
    const { startServer } = await import('./server.js');
    const server = await startServer(config);
    console.log(`Timeledger ${packageVersion} listens on ${server.url}`);
    console.log(`  docs     ${server.url}/docs`);
    console.log(`  metrics  http://${config.host}:${server.metricsPort}/metrics`);
    console.log('  a token  npx timeledger token --ledger xinchang --role operator');
    stopOnSignal(() => server.close());
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
  .requiredOption('--ledger <code>', 'the ledger it speaks for')
  .addOption(new Option('--role <role>', 'what it may do').choices([...roles]).makeOptionMandatory())
  .option('--subject <id>', 'who it speaks for: a member id, a partner id, a name (default: the role)')
  .option('--scope <org-unit>', "a coordinator's organisation unit")
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
  .requiredOption('--ledger <code>', 'the ledger')
  .addOption(new Option('--kind <kind>', 'what the file holds').choices([...importKinds]).makeOptionMandatory())
  .option('--effective-on <date>', 'the day opening points take effect (default: today)')
  .option('--dry-run', 'say what would happen, write nothing', false)
  .option('--json', 'the result as JSON', false)
  .action(async (file: string, options) => {
    const { importFile } = await import('./commands/import.js');
    await importFile(readConfig(process.env), { ...options, name: basename(file), bytes: readInput(file) });
  });

program
  .command('verify')
  .description('replay every entry and compare every table of the books; exit 1 on any difference')
  .option('--ledger <code>', 'one ledger (default: all)')
  .option('--json', 'the result as JSON', false)
  .action(async (options) => (await import('./commands/verify.js')).verifyCommand(readConfig(process.env), options));

program
  .command('demo')
  .description("a county's month over HTTP on a database of its own: earn, redeem, reconcile")
  .option('--data <dir>', "another county's files of the same form")
  .option('--json', 'the result alone, as JSON', false)
  .action(async (options) => (await import('./demo/demo.js')).runDemo(options));

program
  .command('bench')
  .description('measure the service on a database of its own, against pgbench on the same PostgreSQL')
  .option('--json', 'the result alone, as JSON', false)
  .option(
    '--grow',
    'fill the books up to entry 2,000,000 and compare the speed there with that at the beginning',
    false,
  )
  .option('--seconds <n>', 'length of each measuring window (default: 10)', seconds)
  .option('--only <part...>', `parts of the usual runs: ${parts.join(', ')}`)
  .action(async (options) => (await import('./bench/bench.js')).runBench(options));

program
  .command('openapi')
  .description('print the OpenAPI document')
  .action(async () => (await import('./commands/openapi.js')).printOpenApi());

function settingsHelp(): string {
  const lines = Object.entries(settings).map(([name, what]) => `  ${name.padEnd(17)}${what}`);
  return ['', 'Environment variables, and what holds without them:', ...lines].join('\n');
}

function duration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] ?? ''];
  if (!match || unit === undefined || Number(match[1]) === 0)
    throw new InvalidArgumentError('write 30s, 15m, 1h or 7d');
  return Number(match[1]) * unit;
}

function seconds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write whole seconds: 10');
  return Number(text);
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
function fail(error: unknown): never {
  const known =
    [StartError, ConfigError, KeyError, Refusal].some((kind) => error instanceof kind) || isFileError(error);
  const message = error instanceof Error ? error.message : String(error);
  console.error(known ? `timeledger: ${message}` : error);
  for (const { pointer, detail } of (error instanceof Refusal && error.facts.errors) || [])
    console.error(`  ${pointer} ${detail}`);
  process.exit(1);
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

program.parseAsync().catch(fail);
