/** Commands for who gets in and what they sign with: token, ledger, keys, subjects. */
import { type Command, Option } from 'commander';
import { roles } from '../http/tokens.js';
import { duration, trimmed } from './arguments.js';
import type { Session } from './session.js';

export function addAccessCommands(program: Command, session: Session): void {
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
    .action(async (options) => (await import('../commands/token.js')).printToken(session.config(), options));

  program
    .command('ledger')
    .description('ledgers: timeledger ledger create <code>')
    .command('create <code>')
    .description('make a ledger with its assets and chart of accounts; nothing changes when it exists')
    .action(async (code: string) => (await import('../commands/ledger.js')).makeLedger(session.config(), code));

  const keys = program.command('keys').description('the keys of tokens and of the log: list, rotate, export-public');
  keys
    .command('list')
    .description('what keys there are, and what each does')
    .action(async () => (await import('../commands/keys.js')).listKeys(session.config()));
  keys
    .command('rotate')
    .description(
      'sign tokens with a new key; the old one verifies until its tokens have expired; the key of the log stays',
    )
    .action(async () => (await import('../commands/keys.js')).rotateKeys(session.config()));
  keys
    .command('export-public')
    .description('print the public keys as JSON')
    .action(async () => (await import('../commands/keys.js')).exportPublicKeys(session.config()));

  program
    .command('subjects')
    .description('people behind the pseudonyms of the journal')
    .command('erase <pseudonym>')
    .description('forget who is behind a pseudonym, for good')
    .requiredOption('--ledger <code>', 'the ledger')
    .action(async (pseudonym: string, options) =>
      (await import('../commands/subjects.js')).forgetSubject(session.config(), pseudonym, options),
    );
}
