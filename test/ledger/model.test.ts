/**
 * The model test: random commands against the lane and against a plain in-memory model; after every batch the books must be
 * what the model says. And the lane against itself: one command a batch and a hundred a batch decide the same.
 */
import t from 'tap';
import { openAccount } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import { reverseEntry } from '../../src/ledger/reversal.js';
import type { Stage } from '../../src/ledger/stage.js';
import { type Books, books, booksBalance, run } from '../support/books.js';
import { type Random, seeded, seedOf } from '../support/random.js';

type Command =
  | { type: 'open'; code: string; floor: bigint | null; ceiling: bigint | null; debitNormal: boolean }
  | { type: 'post'; legs: { debit: string; credit: string; amount: bigint }[]; day: string }
  | { type: 'reverse'; nth: number };

const days = ['2026-10-01', '2026-10-15', '2026-10-31', '2026-11-02'];
const codes = Array.from({ length: 12 }, (_, i) => `test:${String.fromCharCode(97 + i)}`);

function randomCommand(random: Random): Command {
  const roll = random.below(20);
  if (roll < 3) {
    const floor = random.below(3) === 0 ? null : 0n - BigInt(random.below(2) * 500);
    const ceiling = random.below(4) === 0 ? BigInt(1000 + random.below(2000)) : null;
    return { type: 'open', code: random.pick(codes), floor, ceiling, debitNormal: random.below(3) === 0 };
  }
  if (roll < 6) return { type: 'reverse', nth: random.below(40) };
  const legs = Array.from({ length: 1 + random.below(3) }, () => ({
    debit: random.pick(codes),
    credit: random.pick(codes),
    amount: BigInt(1 + random.below(400)),
  }));
  return { type: 'post', legs, day: random.pick(days) };
}

interface ModelAccount {
  debits: bigint;
  credits: bigint;
  version: number;
  readonly floor: bigint | null;
  readonly ceiling: bigint | null;
  readonly debitNormal: boolean;
}

interface ModelEntry {
  readonly legs: { debit: string; credit: string; amount: bigint }[];
  reversed: boolean;
  readonly reversal: boolean;
}

/** The books as one would write them without a database: numbers in maps, everything checked before it is done. */
class Model {
  readonly accounts = new Map<string, ModelAccount>();
  readonly entries: ModelEntry[] = [];

  apply(command: Command): string {
    if (command.type === 'open') return this.open(command);
    if (command.type === 'post') return this.post(command.legs, false);
    const posted = this.entries.filter((entry) => !entry.reversal);
    const entry = posted[command.nth];
    if (!entry) return 'nothing';
    if (entry.reversed) return 'entry_already_reversed';
    const code = this.post(
      netted(entry.legs.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount }))),
      true,
    );
    if (code === 'ok') entry.reversed = true;
    return code;
  }

  private open({ code, floor, ceiling, debitNormal }: Command & { type: 'open' }): string {
    if (this.accounts.has(code)) return 'account_exists';
    this.accounts.set(code, { debits: 0n, credits: 0n, version: 0, floor, ceiling, debitNormal });
    return 'ok';
  }

  private post(legs: ModelEntry['legs'], reversal: boolean): string {
    const draft = new Map([...this.accounts].map(([code, account]) => [code, { ...account }]));
    for (const { debit, credit, amount } of legs) {
      if (debit === credit) return 'leg_invalid';
      const from = draft.get(debit);
      const to = draft.get(credit);
      if (!from || !to) return 'account_not_found';
      const refusal = this.move(from, amount) ?? this.move(to, -amount);
      if (refusal) return refusal;
    }
    for (const [code, account] of draft) this.accounts.set(code, account);
    this.entries.push({ legs, reversed: false, reversal });
    return 'ok';
  }

  private move(account: ModelAccount, amount: bigint): string | null {
    if (amount > 0n) account.debits += amount;
    else account.credits -= amount;
    account.version += 1;
    const balance = balance_(account);
    const grows = amount > 0n === account.debitNormal;
    if (!grows && account.floor !== null && balance < account.floor) return 'balance_insufficient';
    if (grows && account.ceiling !== null && balance > account.ceiling) return 'ceiling_exceeded';
    return null;
  }
}

/** Legs without the accounts that they only pass through: what is credited is taken, in order, from what is debited. */
function netted(legs: ModelEntry['legs']): ModelEntry['legs'] {
  if (!legs.some(({ debit }) => legs.some(({ credit }) => credit === debit))) return legs;
  const nets = new Map<string, bigint>();
  for (const { debit, credit, amount } of legs) {
    nets.set(debit, (nets.get(debit) ?? 0n) + amount);
    nets.set(credit, (nets.get(credit) ?? 0n) - amount);
  }
  const result: ModelEntry['legs'] = [];
  for (const credit of nets.keys()) {
    for (const debit of nets.keys()) {
      const [given, taken] = [-(nets.get(credit) ?? 0n), nets.get(debit) ?? 0n];
      const amount = given < taken ? given : taken;
      if (amount <= 0n) continue;
      result.push({ debit, credit, amount });
      nets.set(credit, amount - given).set(debit, taken - amount);
    }
  }
  return result;
}

function balance_(account: ModelAccount): bigint {
  return account.debitNormal ? account.debits - account.credits : account.credits - account.debits;
}

/** The command as the lane takes it. `posted` are the numbers of the entries that can be reversed, as the model counts them. */
function decider(command: Command, posted: () => number[]): (stage: Stage) => unknown {
  if (command.type === 'open') {
    const type = command.debitNormal ? 'asset' : 'liability';
    const bound = (minor: bigint | null) =>
      minor === null ? null : `${minor < 0n ? '-' : ''}${(minor < 0n ? -minor : minor) / 100n}.00`;
    const floor = bound(command.floor);
    const ceiling = command.ceiling === null ? null : decimal(command.ceiling);
    return (stage) => openAccount(stage, { code: command.code, asset: 'COIN', type, floor, ceiling });
  }
  if (command.type === 'post') {
    return (stage) => stage.post({ kind: 'adjustment', effectiveOn: command.day, legs: command.legs });
  }
  const number = posted()[command.nth] ?? 0;
  return (stage) => reverseEntry(stage, number, {});
}

function decimal(minor: bigint): string {
  return `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`;
}

async function accountsOf({ owner }: Books) {
  const rows = await owner`select code, debits::text, credits::text, version::text from timeledger.accounts
    where code like 'test:%' order by code`;
  return rows.map(({ code, debits, credits, version }) => ({ code, debits, credits, version }));
}

function accountsOfModel(model: Model) {
  return [...model.accounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { debits, credits, version }]) => ({
      code,
      debits: debits.toString(),
      credits: credits.toString(),
      version: String(version),
    }));
}

t.test('after every batch of random commands the books are what a plain model says', async (t) => {
  const seed = seedOf(t);
  const random = seeded(seed);
  const b = await books(t);
  const model = new Model();
  const posted: number[] = [];
  for (let batch = 0; batch < 40; batch++) {
    const commands = Array.from({ length: 1 + random.below(25) }, () => randomCommand(random));
    const known = [...posted];
    const submitted = commands.map((command) =>
      run(
        b.lane,
        decider(command, () => known),
      ),
    );
    const outcomes = await Promise.all(submitted);
    for (const [i, command] of commands.entries()) {
      // A reversal names an entry that was posted before this batch: the model is asked about the same one.
      const beyond = command.type === 'reverse' && command.nth >= known.length;
      const expected = beyond ? 'entry_not_found' : model.apply(command);
      const outcome = outcomes[i];
      t.equal(outcome?.code ?? 'ok', expected, `batch ${batch}, command ${i}: ${command.type}`);
      const entry = outcome?.result as { number?: number } | undefined;
      if (command.type === 'post' && entry?.number !== undefined) posted.push(entry.number);
    }
    t.same(await accountsOf(b), accountsOfModel(model), `accounts after batch ${batch}`);
  }
  t.ok(model.entries.length > 50, 'the run posted enough to mean something');
  await booksBalance(t, b.owner);
});

t.test('one command a batch and a hundred a batch come to the same books', async (t) => {
  const seed = seedOf(t);
  const random = seeded(seed);
  const commands = Array.from({ length: 300 }, () => randomCommand(random)).filter(({ type }) => type !== 'reverse');
  const outcomes = await Promise.all(
    [1, 100].map(async (batchLimit) => {
      const b = await books(t, { batchLimit });
      const codes = await runAll(b.lane, commands);
      await booksBalance(t, b.owner);
      const leaves = await b.owner`select leaf from timeledger.entries order by number`;
      const [head] = await b.owner`select batch_seq::text from timeledger.heads`;
      return {
        codes,
        accounts: await accountsOf(b),
        leaves: leaves.map(({ leaf }) => ({ ...JSON.parse(leaf), log_key: '', nonce: '' })),
        batches: Number(head?.['batch_seq']),
      };
    }),
  );
  const [single, grouped] = outcomes;
  t.same(single?.codes, grouped?.codes, 'every command is answered the same');
  t.same(single?.accounts, grouped?.accounts, 'every account ends the same');
  t.same(single?.leaves, grouped?.leaves, 'every leaf says the same, but for its nonce');
  t.ok((single?.batches ?? 0) > 5 * (grouped?.batches ?? 0), `${single?.batches} batches against ${grouped?.batches}`);
});

async function runAll(lane: Lane, commands: readonly Command[]): Promise<string[]> {
  const outcomes = await Promise.all(
    commands.map((command) =>
      run(
        lane,
        decider(command, () => []),
      ),
    ),
  );
  return outcomes.map((outcome) => outcome.code ?? 'ok');
}
