/**
 * Credentials that have ended: every process asks the database for them twice a second and ends the sessions of their tokens, so that
 * one revoked anywhere is of no use anywhere within a second. Asking, and not being told: a notification that is lost would never come.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../db/connect.js';
import type { Clock } from '../lib/clock.js';
import { readEndedCredentials } from '../timebank/partners/credential-reads.js';
import type { Sessions } from './sessions.js';

/** A token of client credentials lives for an hour; clocks may differ. */
export const clientTokenSeconds = 3_600;
const lookBackMilliseconds = (clientTokenSeconds + 900) * 1_000;
const pollMilliseconds = 400;

const patienceMilliseconds = 2_000;

async function tooLate(): Promise<never> {
  await sleep(patienceMilliseconds, undefined, { ref: false });
  throw new Error(`no answer within ${patienceMilliseconds} ms`);
}

export class EndedClients {
  private ended: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;
  private asking: Promise<void> | null = null;
  /** The question asked last, and the last that was answered: an answer that comes late is an old one. */
  private asked = 0;
  private answered = 0;

  constructor(
    private readonly sql: Pool,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly log: (message: string, error: unknown) => void,
  ) {}

  /** Whether the tokens of a client are good no more. */
  has(ledger: string, clientId: string): boolean {
    return this.ended.has(`${ledger} ${clientId}`);
  }

  /** Asks for the first time, then goes on asking until it is stopped. It keeps no process alive. */
  async start(): Promise<void> {
    await this.ask();
    this.timer = setInterval(() => {
      // One question at a time, but no waiting for one whose connection has died without a word.
      this.asking ??= Promise.race([this.ask(), tooLate()])
        .catch((error: unknown) => this.log('ended credentials cannot be read; asking again', error))
        .finally(() => {
          this.asking = null;
        });
    }, pollMilliseconds).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.asking;
  }

  private async ask(): Promise<void> {
    this.asked += 1;
    const question = this.asked;
    const now = this.clock();
    const since = new Date(now - lookBackMilliseconds).toISOString();
    const rows = await readEndedCredentials(this.sql, since, new Date(now).toISOString());
    if (question < this.answered) return;
    this.answered = question;
    const before = this.ended;
    this.ended = new Set(rows.map(({ ledger, client_id }) => `${ledger} ${client_id}`));
    for (const { ledger, client_id } of rows) {
      if (!before.has(`${ledger} ${client_id}`)) this.sessions.endClient(client_id);
    }
  }
}
