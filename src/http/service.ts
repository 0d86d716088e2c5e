/** What routes are given to work with: the lanes for writing, a pool for reading, the clock, the keys. */

import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Pool } from '../db/connect.js';
import type { Lane } from '../ledger/lane.js';
import type { Lanes } from '../ledger/ledgers.js';
import type { NoteSigner } from '../ledger/log/checkpoint.js';
import type { LedgerFacts } from '../ledger/state.js';
import type { Clock } from '../lib/clock.js';
import type { PaperThreads } from '../lib/pdf/threads.js';
import type { RefusalRecorder } from '../timebank/access/refusals.js';
import type { PersonalKeys } from '../timebank/people/personal-data/personal-keys.js';
import type { Bell } from '../work/bell.js';
import type { Metrics } from './metrics.js';
import type { SignInFailures } from './sign-in-failures.js';
import type { Principal, TokenKeyring } from './tokens.js';
import type { WrongCodes } from './wrong-codes.js';

/** What routes need to have work done elsewhere. */
export interface WorkRoom {
  /** May call the functions of schema `work`. */
  readonly sql: Pool;
  /** To be rung when a job was added. */
  readonly bell: Bell;
  /** The service is stopping: nobody is to be kept waiting. */
  readonly closing: AbortSignal;
}

export interface Service {
  readonly lanes: Lanes;
  /** For reads only: its role may select and nothing else. A statement has seconds. */
  readonly sql: Pool;
  /** For reports, which may take longer: few connections, so that they never take those of other reads. */
  readonly reports: Pool;
  /** For chores beside the lane: functions of the database that take the service's role. */
  readonly chores: Pool;
  /** How long a request waits for long work before it is told where to look for the outcome. */
  readonly patienceMilliseconds: number;
  readonly work: WorkRoom;
  readonly clock: Clock;
  readonly issuer: string;
  readonly tokenKeys: TokenKeyring;
  /** What secrets of clients are derived from. */
  readonly secret: KeyObject;
  /** What personal data is sealed under. */
  readonly personal: PersonalKeys;
  /** For what is kept outside the books: connections that may call the functions of schema `access`. */
  readonly access: Pool;
  readonly refusals: RefusalRecorder;
  readonly failures: SignInFailures;
  readonly wrongCodes: WrongCodes;
  /** Where clients and people reach the service, without a slash at the end. */
  readonly publicUrl: string;
  /** Draw what is printed. */
  readonly papers: PaperThreads;
  readonly metrics: Pick<Metrics, 'partnerDryRuns'>;
  /** Signs the checkpoints of a ledger's log. */
  readonly logSigner: (facts: LedgerFacts) => NoteSigner;
}

/** A Fastify whose handlers are typed by their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** The lane of the ledger a token speaks for. Refuses: `ledger_not_found`. */
export function laneOf(service: Service, principal: Principal): Promise<Lane> {
  return service.lanes.of(principal.ledger);
}

/** The id of the ledger a token speaks for. Refuses: `ledger_not_found`. */
export async function ledgerIdOf(service: Service, principal: Principal): Promise<number> {
  return (await laneOf(service, principal)).facts.id;
}
