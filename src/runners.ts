/**
 * The two runners of jobs: one for the process that answers requests, which commits in its lanes, one for a worker, which takes the
 * processor's time. Both take what is theirs from the same table.
 */
import { randomUUID } from 'node:crypto';
import { type ConnectionTarget, openPool } from './db/connect.js';
import { serviceRole } from './db/role.js';
import type { Service } from './http/service.js';
import type { Clock } from './lib/clock.js';
import { laneWorks, workerWorks } from './timebank/jobs.js';
import { PersonalKeys } from './timebank/people/personal-data/personal-keys.js';
import { Runner, type RunnerOptions } from './work/runner.js';

/** What a runner may be told beside its work. */
type Terms = Partial<Pick<RunnerOptions, 'claimant' | 'ended' | 'patienceSeconds' | 'only' | 'idleMilliseconds'>> &
  Pick<RunnerOptions, 'log'>;

/** Commands of jobs wait for the lane more than they work. */
const laneSlots = 4;
/** One file may be read while another waits for rows. */
const workerSlots = 2;

/** Carries out, in this process, the parts of jobs that need a lane. */
export function startLaneRunner(service: Pick<Service, 'lanes' | 'work' | 'personal' | 'clock'>, terms: Terms): Runner {
  const { lanes, work, personal, clock } = service;
  const works = laneWorks({ sql: work.sql, lanes, personal, clock });
  const runner = new Runner({
    claimant: randomUUID(),
    slots: laneSlots,
    ...terms,
    sql: work.sql,
    runsOn: 'lane',
    works,
  });
  work.bell.listen(() => runner.wake());
  runner.start();
  return runner;
}

export interface Worker {
  /** There may be a job. */
  wake(): void;
  /** Gives back what it is at, to be taken up by the next. */
  stop(): Promise<void>;
}

/** A worker on a database. It seals nothing that is kept: to compare personal data it needs the key of look-ups alone. */
export function startWorker(target: ConnectionTarget, lookupKey: Buffer, clock: Clock, terms: Terms): Worker {
  const sql = openPool(target, { max: 4, applicationName: 'timeledger worker', role: serviceRole, large: true });
  const personal = PersonalKeys.forTrials(lookupKey);
  const works = workerWorks({ sql, personal, clock });
  const runner = new Runner({ claimant: randomUUID(), slots: workerSlots, ...terms, sql, runsOn: 'worker', works });
  runner.start();
  return {
    wake: () => runner.wake(),
    stop: async () => {
      await runner.stop();
      await sql.end({ timeout: 5 });
    },
  };
}
