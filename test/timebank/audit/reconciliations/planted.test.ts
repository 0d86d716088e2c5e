/** Generated counties with planted faults: the answer is known by construction. */
import fc from 'fast-check';
import t from 'tap';
import { addDays } from '../../../../src/lib/clock.js';
import type {
  LedgerItem,
  MatchStatus,
  StatementLine,
} from '../../../../src/timebank/audit/reconciliations/verdicts.js';
import { matchStatement } from '../../../support/match.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}`);

const period = { first: '2026-02-01', last: '2026-02-28' };
const cutoffDays = 2;

interface Planted {
  readonly redeemed: readonly { points: number; day: number }[];
  readonly booked: readonly { points: number; day: number; cents?: number }[];
  readonly status: MatchStatus | null;
  /** Ledger less statement, in points and in cents. */
  readonly difference: readonly [points: number, cents: number];
}

/** Days count from 0, the first of the period, to 27; `points` and `extra` are positive. */
type Plant = (points: number, day: number, extra: number) => Planted;

const plants: Record<string, Plant> = {
  'same day': (points, day) => {
    const side = [{ points, day }];
    return { redeemed: side, booked: side, status: 'matched', difference: [0, 0] };
  },
  'booked some days later, within the period': (points, day, extra) => ({
    redeemed: [{ points, day }],
    booked: [{ points, day: Math.min(27, day + extra) }],
    status: 'matched',
    difference: [0, 0],
  }),
  'captured in two parts': (points, day, extra) => {
    const side = [
      { points, day },
      { points: extra, day },
    ];
    return { redeemed: side, booked: side, status: 'matched', difference: [0, 0] };
  },
  'refunded in part': (points, day, extra) => {
    const side = [
      { points: points + extra, day },
      { points: -extra, day },
    ];
    return { redeemed: side, booked: side, status: 'matched', difference: [0, 0] };
  },
  'never booked': (points, day) => ({
    redeemed: [{ points, day }],
    booked: [],
    status: 'missing_at_partner',
    difference: [points, points * 10],
  }),
  'never redeemed': (points, day) => ({
    redeemed: [],
    booked: [{ points, day }],
    status: 'missing_in_ledger',
    difference: [-points, -points * 10],
  }),
  'booked with other points': (points, day, extra) => ({
    redeemed: [{ points, day }],
    booked: [{ points: points + extra, day }],
    status: 'amount_mismatch',
    difference: [-extra, -extra * 10],
  }),
  'booked with other money': (points, day, extra) => ({
    redeemed: [{ points, day }],
    booked: [{ points, day, cents: points * 10 + extra }],
    status: 'amount_mismatch',
    difference: [0, -extra],
  }),
  'booked twice': (points, day, extra) => ({
    redeemed: [{ points, day }],
    booked: [
      { points, day },
      { points, day: day + extra },
    ],
    status: 'duplicate_at_partner',
    difference: [-points, -points * 10],
  }),
  'booked after the period': (points, day, extra) => ({
    redeemed: [{ points, day }],
    booked: [{ points, day: 28 + (extra % cutoffDays) }],
    status: 'timing_cutoff',
    difference: [0, 0],
  }),
  'redeemed before the period': (points, day, extra) => ({
    redeemed: [{ points, day: -1 - (extra % cutoffDays) }],
    booked: [{ points, day }],
    status: 'timing_cutoff',
    difference: [0, 0],
  }),
  'redeemed after the period': (points, day, extra) => ({
    redeemed: [{ points, day: 28 + (extra % cutoffDays) }],
    booked: [{ points, day }],
    status: 'timing_cutoff',
    difference: [0, 0],
  }),
  'booked long after the period': (points, day, extra) => ({
    redeemed: [{ points, day }],
    booked: [{ points, day: 28 + cutoffDays + extra }],
    status: 'missing_at_partner',
    difference: [points, points * 10],
  }),
  'of the next period': (points, _day, extra) => ({
    redeemed: [{ points, day: 28 + (extra % cutoffDays) }],
    booked: [],
    status: null,
    difference: [0, 0],
  }),
};

const amount = fc.integer({ min: 1, max: 500 });
const county = fc.array(
  fc.tuple(fc.constantFrom(...Object.keys(plants)), amount, fc.nat(27), amount).map(([name, points, day, extra]) => ({
    name,
    planted: plants[name]?.(points, day, extra),
  })),
  { maxLength: 60 },
);

const on = (day: number) => addDays(period.first, day);

/** The planted county as both sides' records; one redemption a reference, one entry a movement. */
function sow(planted: readonly (Planted | undefined)[]) {
  const ledgerItems: LedgerItem[] = [];
  const lines: StatementLine[] = [];
  planted.forEach((one, at) => {
    const partner_reference = `R${String(at).padStart(3, '0')}`;
    const net = one?.redeemed.reduce((sum, { points }) => sum + points, 0) ?? 0;
    const first = one?.redeemed[0];
    if (one && first) {
      const entries = one.redeemed.map((_, movement) => `${at * 10 + movement}`);
      const figures = { points: BigInt(net), amountCny: BigInt(net * 10) };
      ledgerItems.push({
        redemption_id: `id${at}`,
        partner_reference,
        ...figures,
        effectiveOn: on(first.day),
        entries,
      });
    }
    for (const { points, day, cents = points * 10 } of one?.booked ?? []) {
      const type = points < 0 ? 'refund' : 'redeem';
      const figures = { points: BigInt(Math.abs(points)), amountCny: BigInt(Math.abs(cents)) };
      lines.push({ line: lines.length + 2, partner_reference, booked_on: on(day), ...figures, type });
    }
  });
  return { ledgerItems, lines };
}

t.test('every planted fault is found as what it is, and nothing else is', async () => {
  fc.assert(
    fc.property(county, (planted) => {
      const { results } = matchStatement({ period, cutoffDays, ...sow(planted.map((one) => one.planted)) });
      const found = results.map(({ partner_reference, status, difference }) =>
        [partner_reference, status, difference.points, difference.amountCny].join(' '),
      );
      const known = planted.flatMap(({ planted: one }, at) =>
        one?.status ? [[`R${String(at).padStart(3, '0')}`, one.status, ...one.difference].join(' ')] : [],
      );
      return found.join('\n') === known.join('\n');
    }),
    { seed, numRuns: 500 },
  );
});
