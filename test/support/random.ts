/** Seeded chance: a test prints its seed, and TEST_SEED runs it again. */
import { randomInt } from 'node:crypto';
import type { Test } from 'tap';

export interface Random {
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  pick<Value>(values: readonly Value[]): Value;
}

/** The seed of this run, printed. */
export function seedOf(t: Test): number {
  const seed = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));
  t.comment(`seed ${seed}; TEST_SEED=${seed} runs it again`);
  return seed;
}

/** mulberry32: small, fast, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
  };
}

/** Another order (Fisher and Yates). */
export function shuffled<Value>(values: readonly Value[], random: Random): Value[] {
  const order = [...values];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other] as Value, order[at] as Value];
  }
  return order;
}

/** How many runs a property has: TEST_RUNS times as many as usual, once in a while. */
export function runsOf(usual: number): number {
  return usual * Number(process.env['TEST_RUNS'] ?? 1);
}
