/** Commands that run the service: start, worker, migrate. */
import type { Command } from 'commander';
import { settings } from '../config.js';
import { packageVersion } from '../version.js';
import { fail } from './fail.js';
import { ownCommand } from './own-command.js';
import type { Session } from './session.js';

export function addServiceCommands(program: Command, session: Session): void {
  program
    .command('start')
    .description('run the service')
    .addHelpText('after', settingsHelp)
    .action(async () => {
      const config = session.config();
      const { startServer } = await import('../server.js');
      const server = await startServer(config);
      stopOnSignal(() => server.close(), session);
      console.log(`Timeledger ${packageVersion} listens on ${server.url}`);
      console.log(`  docs     ${server.url}/docs`);
      console.log(`  metrics  http://${config.metricsHost}:${server.metricsPort}/metrics`);
      console.log(`  a token  ${ownCommand()} token --ledger xinchang --role operator`);
    });

  program
    .command('worker')
    .description('run one more worker beside the one that the service starts')
    .action(async () => {
      const stop = await (await import('../commands/worker.js')).runWorker(session.config());
      stopOnSignal(stop, session);
      console.log('a worker takes jobs; Ctrl-C ends it');
    });

  program
    .command('migrate')
    .description('bring the database to the schema of this version')
    .action(async () => {
      const { migrateDatabase, openCommandDatabase } = await import('../database.js');
      const database = await openCommandDatabase(session.config());
      try {
        const { applied } = await migrateDatabase(database.target);
        console.log(applied.length === 0 ? 'the schema is up to date' : `applied ${applied.join(', ')}`);
      } finally {
        await database.stop();
      }
    });
}

function settingsHelp(): string {
  const lines = Object.entries(settings).map(([name, what]) => `  ${name.padEnd(17)}${what}`);
  return ['', 'Environment variables, and what holds without them:', ...lines].join('\n');
}

/** The first signal lets the service finish; a second one ends it at once. */
function stopOnSignal(close: () => Promise<void>, { language }: Session): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: finishing what is in flight`);
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, language),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
