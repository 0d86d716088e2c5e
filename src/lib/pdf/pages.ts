/** Which rows of a table stand on which page. Pure; heights in points. */

/**
 * How many rows stand on each page, the first of which may have none: it has `firstRoom`, the others `room`. A row that is higher than a page
 * has one to itself. The last row does not stand alone if the page before can spare one.
 */
export function rowsByPage(heights: readonly number[], firstRoom: number, room: number): number[] {
  const pages = [0];
  let left = firstRoom;
  for (const height of heights) {
    const current = pages.length - 1;
    const isEmpty = pages[current] === 0 && current > 0;
    if (height > left && !isEmpty) {
      pages.push(0);
      left = room;
    }
    pages[pages.length - 1] = (pages.at(-1) ?? 0) + 1;
    left -= height;
  }
  return withoutOrphan(pages, heights, room);
}

function withoutOrphan(pages: readonly number[], heights: readonly number[], room: number): number[] {
  const [before = 0, last = 0] = pages.slice(-2);
  const lastTwo = heights.slice(-2).reduce((sum, height) => sum + height, 0);
  if (pages.length < 2 || last !== 1 || before < 3 || lastTwo > room) return [...pages];
  return [...pages.slice(0, -2), before - 1, 2];
}
