/** Noise that nobody planned: whatever both sides hold, the match accounts for all of it, in any order. */
import fc from 'fast-check';
import t from 'tap';
import { addDays } from '../../../../src/lib/clock.js';
import { matchStatement } from '../../../support/match.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const period = { first: '2026-02-01', last: '2026-02-28' };
const cutoffDays = 2;
const on = (day: number) => addDays(period.first, day);

// Few references and few amounts, so that sides meet in ways nobody planned; days up to a month out on either end.
const reference = fc.constantFrom('A', 'B', 'C', 'D', 'E');
const day = fc.oneof(fc.integer({ min: -4, max: 32 }), fc.integer({ min: -40, max: 70 }));
const noise = fc.record({
  items: fc.array(
    fc.record({
      reference,
      day,
      points: fc.integer({ min: -2, max: 3 }),
      cents: fc.integer({ min: -20, max: 30 }),
      entries: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 8 },
  ),
  lines: fc.array(
    fc.record({ reference, day, points: fc.nat(3), cents: fc.integer({ min: -1, max: 30 }), refund: fc.boolean() }),
    { maxLength: 10 },
  ),
});
type Noise = typeof noise extends fc.Arbitrary<infer N> ? N : never;

/** Noise as input; every other county has money at ten cents a point, so that sides do agree at times. */
function heard({ items, lines }: Noise, exact: boolean) {
  const figures = ({ points, cents }: { points: number; cents: number }) => ({
    points: BigInt(points),
    amountCny: BigInt(exact ? points * 10 : cents),
  });
  return {
    ledgerItems: items.map((one, at) => ({
      redemption_id: `id${at}`,
      partner_reference: one.reference,
      ...figures(one),
      effectiveOn: on(one.day),
      entries: Array.from({ length: one.entries }, (_, movement) => `${at * 10 + movement}`),
    })),
    lines: lines.map((one, at) => ({
      line: at + 2,
      partner_reference: one.reference,
      booked_on: on(one.day),
      ...figures(one),
      type: one.refund ? ('refund' as const) : ('redeem' as const),
    })),
  };
}

const total = (amounts: Iterable<bigint>) => [...amounts].reduce((sum, one) => sum + one, 0n);

t.test('whatever the input, both sides and their difference add up to the point and to the cent', async () => {
  fc.assert(
    fc.property(noise, fc.boolean(), (given, exact) => {
      const input = heard(given, exact);
      const { results, totals, counts } = matchStatement({ period, cutoffDays, ...input });
      return (['points', 'amountCny'] as const).every((unit) => {
        const allItems = total(input.ledgerItems.map((one) => one[unit]));
        const allLines = total(input.lines.map((one) => (one.type === 'refund' ? -one[unit] : one[unit])));
        const differences = total(results.map((one) => one.difference[unit]));
        return (
          totals.ledger[unit] - totals.statement[unit] === differences &&
          totals.difference[unit] === differences &&
          totals.ledger[unit] + totals.ledgerUnreported[unit] === allItems &&
          totals.statement[unit] + totals.statementOutside[unit] === allLines &&
          total(Object.values(totals.byStatus).map((one) => one.difference[unit])) === differences &&
          total(Object.values(counts).map(BigInt)) === BigInt(results.length)
        );
      });
    }),
    { seed, numRuns: 3000 },
  );
});

t.test('every line of the file is in exactly one result, as counted or as outside', async () => {
  fc.assert(
    fc.property(noise, fc.boolean(), (given, exact) => {
      const input = heard(given, exact);
      const { results } = matchStatement({ period, cutoffDays, ...input });
      const named = results.flatMap((one) => [...one.lines, ...one.outsideLines]).sort((a, b) => a - b);
      return named.join() === input.lines.map((one) => one.line).join();
    }),
    { seed, numRuns: 1000 },
  );
});

t.test('matched and timing results never differ, and every redemption of the period is in one result', async () => {
  fc.assert(
    fc.property(noise, fc.boolean(), (given, exact) => {
      const input = heard(given, exact);
      const { results } = matchStatement({ period, cutoffDays, ...input });
      const reported = new Set(results.map((one) => one.partner_reference));
      const ofPeriod = input.ledgerItems.filter(
        (one) => one.effectiveOn >= period.first && one.effectiveOn <= period.last,
      );
      return (
        reported.size === results.length &&
        ofPeriod.every((one) => reported.has(one.partner_reference)) &&
        results
          .filter((one) => one.status === 'matched' || one.status === 'timing_cutoff')
          .every((one) => one.difference.points === 0n && one.difference.amountCny === 0n)
      );
    }),
    { seed, numRuns: 1000 },
  );
});

t.test('the order of the input changes nothing', async () => {
  const shuffled = noise.chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc.shuffledSubarray([...given.items.keys()], { minLength: given.items.length }),
      fc.shuffledSubarray([...given.lines.keys()], { minLength: given.lines.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, fc.boolean(), ([given, itemOrder, lineOrder], exact) => {
      const { ledgerItems, lines } = heard(given, exact);
      const other = {
        ledgerItems: itemOrder.flatMap((at) => ledgerItems[at] ?? []),
        lines: lineOrder.flatMap((at) => lines[at] ?? []),
      };
      const bytes = (input: typeof other) =>
        JSON.stringify(matchStatement({ period, cutoffDays, ...input }), (_, value) =>
          typeof value === 'bigint' ? `${value}` : value,
        );
      return bytes({ ledgerItems, lines }) === bytes(other);
    }),
    { seed, numRuns: 1000 },
  );
});
