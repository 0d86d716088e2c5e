/** Charts as they are drawn: where bars begin and how long they are, in points. Pure; draw.ts puts them on the page. */
import type { Bar } from './paper.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Lines of a chart of bars, from above: what of a width is left to a bar beside its label and its figure. */
export const barShares = { label: 0.3, bar: 0.52, text: 0.18 } as const;

/** Bars that lie one below another, each `height` with a third of it as distance. */
export function lyingBars(bars: readonly Bar[], width: number, lineHeight: number): Box[] {
  return bars.map(({ permille }, at) => ({
    x: width * barShares.label,
    y: at * lineHeight + lineHeight / 6,
    width: (width * barShares.bar * permille) / 1000,
    height: (lineHeight * 2) / 3,
  }));
}

/** Bars that stand side by side on one line, `height` being that of the longest. */
export function standingBars(bars: readonly Bar[], width: number, height: number): Box[] {
  const step = width / Math.max(1, bars.length);
  return bars.map(({ permille }, at) => ({
    x: at * step + step / 6,
    y: height - (height * permille) / 1000,
    width: (step * 2) / 3,
    height: (height * permille) / 1000,
  }));
}
