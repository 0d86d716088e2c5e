/** Commands for who gets in and what they sign with: token, ledger, keys, subjects. */
import { type Command, Option } from 'commander';
import { roles } from '../http/tokens.js';
import { durationIn, trimmed } from './arguments.js';
import type { Session } from './session.js';

export function addAccessCommands(program: Command, session: Session): void {
  addToken(program, session);
  addLedger(program, session);
  addKeys(program, session);
  addSubjects(program, session);
}

function addToken(program: Command, { text, language, config }: Session): void {
  program
    .command('token')
    .description(text({ en: 'print a token for development', zh: '签发开发用令牌' }))
    .requiredOption('--ledger <code>', text({ en: 'the ledger it speaks for', zh: '令牌所属的账本' }), trimmed)
    .addOption(
      new Option('--role <role>', text({ en: 'what it may do', zh: '令牌的角色' }))
        .choices([...roles])
        .makeOptionMandatory(),
    )
    .option(
      '--subject <id>',
      text({
        en: 'who it speaks for: a member id, a partner id, a name (default: the role)',
        zh: '令牌代表谁：成员编号、合作方编号或名称（默认：角色名）',
      }),
      trimmed,
    )
    .option(
      '--scope <org-unit>',
      text({ en: "a coordinator's organisation unit", zh: 'coordinator 所属的组织单元' }),
      trimmed,
    )
    .option(
      '--care',
      text({ en: "a coordinator's token is good for the care registry", zh: 'coordinator 的令牌可查看和维护关爱名册' }),
    )
    .addOption(
      new Option(
        '--ttl <duration>',
        text({ en: 'how long it is valid: 30s, 15m, 1h, 7d', zh: '有效期，例如 30s、15m、1h、7d' }),
      )
        .argParser(durationIn(language))
        .default(3600, '1h'),
    )
    .action(async (options) => (await import('../commands/token.js')).printToken(config(), options));
}

function addLedger(program: Command, { text, print, config }: Session): void {
  program
    .command('ledger')
    .description(text({ en: 'ledgers: timeledger ledger create <code>', zh: '账本：timeledger ledger create <code>' }))
    .command('create <code>')
    .description(
      text({
        en: 'make a ledger with its assets and chart of accounts; nothing changes when it exists',
        zh: '新建账本及其资产和科目表；账本已存在时不作更改',
      }),
    )
    .action(async (code: string) => print(await (await import('../commands/ledger.js')).makeLedger(config(), code)));
}

function addKeys(program: Command, { text, language, print, config }: Session): void {
  const keys = program.command('keys').description(
    text({
      en: 'the keys of tokens, of the log and of personal data: list, rotate, export-public',
      zh: '令牌、日志和个人信息的密钥：list 列出，rotate 更换，export-public 导出公钥',
    }),
  );
  keys
    .command('list')
    .description(text({ en: 'what keys there are, and what each does', zh: '列出现有密钥及其用途' }))
    .action(async () => print(...(await import('../commands/keys.js')).listKeys(config())));
  keys
    .command('rotate')
    .description(
      text({
        en: 'new keys for tokens and personal data; old ones serve until nothing needs them; the key of the log stays',
        zh: '更换令牌和个人信息的密钥；旧密钥在仍有需要时继续有效；日志的密钥不变',
      }),
    )
    .action(async () => print(...(await (await import('../commands/keys.js')).rotateKeys(config(), language))));
  keys
    .command('export-public')
    .description(text({ en: 'print the public keys as JSON', zh: '以 JSON 输出公钥' }))
    .action(async () => (await import('../commands/keys.js')).exportPublicKeys(config()));
}

function addSubjects(program: Command, { text, print, config }: Session): void {
  program
    .command('subjects')
    .description(text({ en: 'people behind the pseudonyms of the journal', zh: '凭证中代号对应的人员' }))
    .command('erase <pseudonym>')
    .description(text({ en: 'forget who is behind a pseudonym, for good', zh: '永久删除某一代号与人员的对应关系' }))
    .requiredOption('--ledger <code>', text({ en: 'the ledger', zh: '账本' }))
    .action(async (pseudonym: string, options) =>
      print(await (await import('../commands/subjects.js')).forgetSubject(config(), pseudonym, options)),
    );
}
