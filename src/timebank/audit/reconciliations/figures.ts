/**
 * The two figures every side of a reconciliation has, points and money, and the sums over them. It does not know what is
 * being compared.
 */
import { formatAmount } from '../../../lib/decimal.js';
import type { Words } from '../../../lib/language.js';

/** Points (scale 0) and CNY (minor units, scale 2); signed. */
export interface Figures {
  readonly points: bigint;
  readonly amountCny: bigint;
}

export const zeroFigures: Figures = { points: 0n, amountCny: 0n };

export function addFigures(a: Figures, b: Figures): Figures {
  return { points: a.points + b.points, amountCny: a.amountCny + b.amountCny };
}

export function subtractFigures(a: Figures, b: Figures): Figures {
  return { points: a.points - b.points, amountCny: a.amountCny - b.amountCny };
}

export function sumFigures(all: Iterable<Figures>): Figures {
  let sum = zeroFigures;
  for (const figures of all) sum = addFigures(sum, figures);
  return sum;
}

export function equalFigures(a: Figures, b: Figures): boolean {
  return a.points === b.points && a.amountCny === b.amountCny;
}

/** For a sentence: `50 points (5.00 CNY)`. */
export function describeFigures({ points, amountCny }: Figures): Words {
  const [whole, money] = [formatAmount(points, 0), formatAmount(amountCny, 2)];
  return { en: `${whole} points (${money} CNY)`, zh: `${whole} 积分（${money} 元）` };
}
