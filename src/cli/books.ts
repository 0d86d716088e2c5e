/** Commands that work on the books as a whole: import, verify, doctor, backup, restore. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { StartError } from '../db/connect.js';
import { charsets } from '../lib/encoding.js';
import type { Words } from '../lib/language.js';
import { importKinds } from '../timebank/words.js';
import { charsetIn, collect, trimmed } from './arguments.js';
import { fail } from './fail.js';
import type { Session } from './session.js';

export function addBookCommands(program: Command, session: Session): void {
  addImport(program, session);
  addVerify(program, session);
  addDoctor(program, session);
  addBackup(program, session);
}

const asJson: Words = { en: 'the result as JSON', zh: '以 JSON 输出结果' };

function addImport(program: Command, { text, language, config }: Session): void {
  const charsetNames = Object.keys(charsets);
  program
    .command('import <file>')
    .description(
      text({
        en: 'import a CSV file: every row is ready, skipped or in error before anything is written',
        zh: '导入 CSV 文件：写入前先逐行检查，分为可导入、已跳过、有误',
      }),
    )
    .requiredOption('--ledger <code>', text({ en: 'the ledger', zh: '账本' }), trimmed)
    .addOption(
      new Option('--kind <kind>', text({ en: 'what the file holds', zh: '文件内容的种类' }))
        .choices([...importKinds])
        .makeOptionMandatory(),
    )
    .option(
      '--effective-on <date>',
      text({ en: 'the day opening points take effect (default: today)', zh: '期初积分的生效日期（默认：当天）' }),
      trimmed,
    )
    .option(
      '--approved-by <subject>',
      text({
        en: 'who approves the visits of the file, such as coordinator:wang; only for visits',
        zh: '志愿服务记录的审批人，例如 coordinator:wang；仅用于 visits',
      }),
      trimmed,
    )
    .option(
      '--partner <id>',
      text({
        en: 'the partner at which the redemptions of the file were; only for redemptions',
        zh: '办理兑换的合作方；仅用于 redemptions',
      }),
      trimmed,
    )
    .option(
      '--platform <id>',
      text({
        en: 'the platform that the items of the file are from; only for service_counts and resolved_issues',
        zh: '报送数据的平台；仅用于 service_counts 和 resolved_issues',
      }),
      trimmed,
    )
    .option(
      '--mapping <id>',
      text({
        en: 'what the headers of the file mean: a mapping of the ledger',
        zh: '表头对照的编号：说明文件各表头的含义',
      }),
      trimmed,
    )
    .option(
      '--charset <name>',
      text({
        en: `of the file: ${charsetNames.join(', ')} (default: as the file shows)`,
        zh: `文件编码：${charsetNames.join('、')}（默认：自动识别）`,
      }),
      charsetIn(language),
    )
    .option('--dry-run', text({ en: 'say what would happen, write nothing', zh: '只检查，不写入' }), false)
    .option('--json', text(asJson), false)
    .action(async (file: string, options) => {
      const { importFile } = await import('../commands/import/import.js');
      await importFile(config(), { ...options, language, name: basename(file), bytes: readInput(file) });
    });
}

function addVerify(program: Command, { text, language, config }: Session): void {
  program
    .command('verify')
    .description(
      text({
        en: 'replay every entry and compare every table of the books; exit 1 on any difference, 2 if it cannot look',
        zh: '重放全部凭证，逐表核验账簿；有不符时退出码为 1，无法核验时为 2',
      }),
    )
    .option('--ledger <code>', text({ en: 'one ledger (default: all)', zh: '只核验一个账本（默认：全部）' }))
    .option(
      '--checkpoint <file>',
      text({
        en: 'a checkpoint of the log that was saved elsewhere (may be given again)',
        zh: '另存的日志检查点文件（可多次指定）',
      }),
      collect,
    )
    .option(
      '--vkey <key>',
      text({
        en: "the log's verifier key, or a file that holds it (may be given again)",
        zh: '日志的验证公钥，或存有该公钥的文件（可多次指定）',
      }),
      collect,
      [],
    )
    .option('--json', text(asJson), false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(async (options) => {
      try {
        await (await import('../commands/verify/verify.js')).verifyCommand(config(), { ...options, language });
      } catch (error) {
        fail(error, language, 2);
      }
    });
}

function addDoctor(program: Command, { text, language, config }: Session): void {
  program
    .command('doctor')
    .description(
      text({
        en: 'look at everything the service needs; exit 1 when something is wrong',
        zh: '检查服务运行所需的各项条件；有问题时退出码为 1',
      }),
    )
    .option('--json', text(asJson), false)
    .action(async (options) =>
      (await import('../commands/doctor/doctor.js')).doctor(config(), { ...options, language }),
    );
}

function addBackup(program: Command, { text, print, language, config }: Session): void {
  program
    .command('backup <dir>')
    .description(
      text({
        en: 'write the books and the keys to a new directory, while the service runs or not',
        zh: '将账簿和密钥备份到新目录，服务运行与否均可',
      }),
    )
    .option('--no-keys', text({ en: 'leave the keys out', zh: '不备份密钥' }))
    .action(async (dir: string, options) =>
      print(...(await (await import('../commands/backup.js')).backup(config(), dir, { ...options, language }))),
    );

  program
    .command('restore <dir>')
    .description(
      text({ en: 'make a database of a backup, once all of it has been verified', zh: '核验备份，通过后恢复为数据库' }),
    )
    .action(async (dir: string) =>
      print(await (await import('../commands/restore.js')).restore(config(), dir, language)),
    );
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
