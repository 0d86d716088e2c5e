/** Commands that run the service: start, worker, migrate. */
import type { Command } from 'commander';
import { packageVersion } from '../version.js';
import { fail } from './fail.js';
import { ownCommand } from './own-command.js';
import type { Session } from './session.js';
import { settingsHelp } from './settings.js';

export function addServiceCommands(program: Command, session: Session): void {
  addStart(program, session);
  addWorker(program, session);
  addMigrate(program, session);
}

function addStart(program: Command, session: Session): void {
  const { text, print, language, config } = session;
  program
    .command('start')
    .description(text({ en: 'run the service', zh: '启动服务' }))
    .addHelpText('after', settingsHelp(language))
    .action(async () => {
      const settings = config();
      const { startServer } = await import('../server.js');
      const server = await startServer(settings);
      stopOnSignal(() => server.close(), session);
      const metrics = `http://${settings.metricsHost}:${server.metricsPort}/metrics`;
      const token = `${ownCommand()} token --ledger xinchang --role operator`;
      print(
        {
          en: `Timeledger ${packageVersion} listens on ${server.url}`,
          zh: `Timeledger ${packageVersion} 已启动，地址 ${server.url}`,
        },
        { en: `  docs     ${server.url}/docs`, zh: `  接口文档  ${server.url}/docs` },
        { en: `  metrics  ${metrics}`, zh: `  监控指标  ${metrics}` },
        { en: `  a token  ${token}`, zh: `  签发令牌  ${token}` },
      );
    });
}

function addWorker(program: Command, session: Session): void {
  const { text, print, config } = session;
  program
    .command('worker')
    .description(
      text({
        en: 'run one more worker beside the one that the service starts',
        zh: '在服务自带的工作进程之外，再启动一个工作进程',
      }),
    )
    .action(async () => {
      const stop = await (await import('../commands/worker.js')).runWorker(config());
      stopOnSignal(stop, session);
      print({ en: 'a worker takes jobs; Ctrl-C ends it', zh: '工作进程已启动；按 Ctrl-C 结束' });
    });
}

function addMigrate(program: Command, { text, print, config }: Session): void {
  program
    .command('migrate')
    .description(text({ en: 'bring the database to the schema of this version', zh: '将数据库升级到本版本的结构' }))
    .action(async () => {
      const { migrateDatabase, openCommandDatabase } = await import('../database.js');
      const database = await openCommandDatabase(config());
      try {
        const { applied } = await migrateDatabase(database.target);
        print(
          applied.length === 0
            ? { en: 'the schema is up to date', zh: '数据库结构已是最新' }
            : { en: `applied ${applied.join(', ')}`, zh: `已执行数据库迁移 ${applied.join('、')}` },
        );
      } finally {
        await database.stop();
      }
    });
}

/** The first signal lets the service finish; a second one ends it at once. */
function stopOnSignal(close: () => Promise<void>, { print, language }: Session): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    print({ en: `${signal}: finishing what is in flight`, zh: `收到 ${signal}：正在完成进行中的工作` });
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, language),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
