/**
 * The movements of a redemption: each capture and each refund, with the entry that posted it. They stand in the redemption's row as
 * text, a row and two indexes less to write for each: `17 2026-10-01 50 500,23 2026-10-03 -20 -200`, in the order of their entries.
 */
import { DamagedData } from '../../../lib/damage.js';
import type { TimebankKind } from '../../chart.js';

/** Kinds of the entries that post movements. */
export const movingKinds = ['redemption_captured', 'redemption_refunded'] as const satisfies readonly TimebankKind[];

/** The same in SQL: what `kind` is one of. */
export const movingKindsSql = `(${movingKinds.map((kind) => `'${kind}'`).join(', ')})`;

export interface Movement {
  readonly entry: number;
  /** Day of effect. */
  readonly effectiveOn: string;
  /** Captured positive, refunded negative. */
  readonly points: bigint;
  /** In fen, with the sign of the points. */
  readonly amountCny: bigint;
}

export function addMovement(movements: string, { entry, effectiveOn, points, amountCny }: Movement): string {
  const text = `${entry} ${effectiveOn} ${points} ${amountCny}`;
  return movements === '' ? text : `${movements},${text}`;
}

const shape = /^(\d+) (\d{4}-\d\d-\d\d) (-?\d+) (-?\d+)$/;

/** Throws DamagedData for what `addMovement` cannot have written. */
export function readMovements(movements: string): Movement[] {
  if (movements === '') return [];
  return movements.split(',').map((text) => {
    const [, entry, effectiveOn, points, amountCny] = shape.exec(text) ?? [];
    if (!entry || !effectiveOn || !points || !amountCny)
      throw new DamagedData({ en: `"${text}" is no movement`, zh: `“${text}”不是变动记录` });
    return { entry: Number(entry), effectiveOn, points: BigInt(points), amountCny: BigInt(amountCny) };
  });
}

/** In SQL: the movements of redemptions `r` as rows `m` of text, to be joined laterally. */
export const movementRows = `(select split_part(one, ' ', 1) as entry, split_part(one, ' ', 2) as effective_on,
    split_part(one, ' ', 3) as points, split_part(one, ' ', 4) as amount_cny
  from string_to_table(nullif(r.movements, ''), ',') one) m`;
