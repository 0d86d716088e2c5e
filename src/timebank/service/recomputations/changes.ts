/** A line of a recomputation, read back: which record changes, from what to what. Pure; how such a line is written, dry-run/lines.ts says. */
import { parseAmount } from '../../../lib/decimal.js';
import type { Figures } from '../../credit/recompute.js';
import { cellsOf } from '../dry-run/lines.js';

export interface RecordChange {
  readonly record: string;
  /** Under the id that they had when it was proposed. */
  readonly volunteer: string;
  /** As the record stood then. */
  readonly standing: Figures;
  /** What is added to it. */
  readonly changed: Figures;
  /** Changes of its other differences by code, none of them zero. */
  readonly others: readonly (readonly [code: string, amount: bigint])[];
}

const own = ['cap_day', 'cap_week', 'rounding_carry', 'holding_cap'];

export function changeOf(line: string): RecordChange {
  const cells = cellsOf(line);
  const standing = sideOf(cells.coins, cells.to_pool, cells.reasons);
  const draft = sideOf(cells.draft_coins, cells.draft_to_pool, cells.draft_reasons);
  const codes = [...new Set([...standing.reasons.keys(), ...draft.reasons.keys()])].filter(
    (code) => !own.includes(code),
  );
  const others = codes
    .map((code) => [code, (draft.reasons.get(code) ?? 0n) - (standing.reasons.get(code) ?? 0n)] as const)
    .filter(([, amount]) => amount !== 0n);
  const changed = {
    coins: draft.figures.coins - standing.figures.coins,
    toPool: draft.figures.toPool - standing.figures.toPool,
    capDay: draft.figures.capDay - standing.figures.capDay,
    capWeek: draft.figures.capWeek - standing.figures.capWeek,
    roundingCarry: draft.figures.roundingCarry - standing.figures.roundingCarry,
  };
  return { record: cells.service_record, volunteer: cells.volunteer, standing: standing.figures, changed, others };
}

/** Lines of one volunteer stand together: those by which more is carried come first, so that on the way nobody carries less than nothing. */
export function byVolunteer(changes: readonly RecordChange[]): RecordChange[][] {
  const groups = new Map<string, RecordChange[]>();
  for (const change of changes) groups.set(change.volunteer, [...(groups.get(change.volunteer) ?? []), change]);
  const carried = ({ changed }: RecordChange) => Number(changed.roundingCarry);
  return [...groups.values()].map((group) => group.sort((one, other) => carried(other) - carried(one)));
}

function sideOf(coins: string, toPool: string, reasons: string) {
  const amounts = new Map(
    reasons
      .split('; ')
      .filter(Boolean)
      .map((one) => {
        const [code = '', amount = ''] = one.split(' ');
        return [code, parseAmount(amount, 2)] as const;
      }),
  );
  const of = (code: string) => amounts.get(code) ?? 0n;
  const figures: Figures = {
    coins: parseAmount(coins, 2),
    toPool: parseAmount(toPool, 2),
    capDay: of('cap_day'),
    capWeek: of('cap_week'),
    roundingCarry: of('rounding_carry'),
  };
  return { figures, reasons: amounts };
}
