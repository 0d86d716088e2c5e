/**
 * Opening a ledger: its row, its assets and its first accounts, and the lane through which everything else goes. A ledger
 * whose opening was cut short is completed the next time it is opened.
 */
import { Refusal } from '../lib/refusal.js';
import type { AccountSpec } from './accounts.js';
import { Lane, type LaneOptions } from './lane.js';
import { loadLedger } from './load.js';
import type { LogIdentity } from './log/identity.js';
import type { LaneStore } from './store.js';

/** What a new ledger starts with. */
export interface LedgerPlan {
  readonly zone: string;
  readonly assets: readonly { asset: string; scale: number }[];
  readonly accounts: readonly AccountSpec[];
}

const codePattern = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Makes a ledger if there is none of this code; returns whether there was none. The store connects as the tables' owner.
 * Refuses: `request_invalid` (a code that is not a short lower-case name).
 */
export async function createLedger(
  store: LaneStore,
  code: string,
  plan: LedgerPlan & LogIdentity,
  options: LaneOptions,
): Promise<boolean> {
  if (!codePattern.test(code)) {
    throw new Refusal('request_invalid', {
      en: `"${code}" cannot name a ledger: lower-case letters, digits and hyphens, at most 32`,
      zh: `“${code}”不能作为账本名称：只能用小写字母、数字和连字符，最多 32 个字符`,
    });
  }
  const { zone, origin, logKey } = plan;
  await store
    .sql()
    .unsafe('select timeledger.create_ledger($1::text, $2::text, $3::text, $4::text)', [code, zone, origin, logKey]);
  const facts = await loadLedger(store.sql(), code);
  if (!facts) throw new Error(`ledger ${code} was made and is not there`);
  const lane = new Lane(facts, store, options);
  let made = false;
  await lane.submit({
    actor: 'service:timeledger',
    decide: (stage) => {
      made = stage.watermark === 0;
      if (!made) return;
      // As the row has them: of two that make a ledger at once, one names its log.
      const log = { origin: facts.origin, logKey: facts.logKey };
      stage.post({ kind: 'ledger_opened', assets: plan.assets, opens: plan.accounts, zone: facts.zone, log });
    },
    answer: (outcome) => {
      if (outcome instanceof Refusal) throw outcome;
      return { code: 0, body: '' };
    },
  });
  await lane.close();
  // The planner is told at once what the accounts look like: plans made before it knows scan the whole ledger for one.
  if (made) await store.sql().unsafe('analyze timeledger.accounts');
  return made;
}

/** The lanes of a service, one a ledger, opened when first asked for. */
export class Lanes {
  private readonly lanes = new Map<string, Promise<Lane>>();
  private readonly stores: LaneStore[] = [];

  constructor(
    private readonly openStore: () => LaneStore,
    private readonly options: LaneOptions,
  ) {}

  /** Refuses: `ledger_not_found`. */
  of(code: string): Promise<Lane> {
    let lane = this.lanes.get(code);
    if (!lane) {
      lane = this.open(code);
      this.lanes.set(code, lane);
      lane.catch(() => this.lanes.delete(code));
    }
    return lane;
  }

  /** The lanes opened so far. */
  async all(): Promise<Lane[]> {
    return Promise.all(this.lanes.values());
  }

  /** Finishes the batches in flight and lets the connections go. */
  async close(): Promise<void> {
    for (const lane of await Promise.allSettled(this.lanes.values())) {
      if (lane.status === 'fulfilled') await lane.value.close();
    }
    await Promise.all(this.stores.map((store) => store.close()));
  }

  private async open(code: string): Promise<Lane> {
    const store = this.openStore();
    const facts = await loadLedger(store.sql(), code).catch(async (error) => {
      await store.close();
      throw error;
    });
    if (!facts) {
      await store.close();
      throw new Refusal('ledger_not_found', { en: `there is no ledger "${code}"`, zh: `没有账本“${code}”` });
    }
    this.stores.push(store);
    return new Lane(facts, store, this.options);
  }
}
