/** The text of a PDF of ours, page by page: its one font says which characters its glyphs stand for. It reads no other PDF. */
import { inflateSync } from 'node:zlib';

/** The lines of each page, in the order in which they were drawn. */
export function textOfPdf(bytes: Uint8Array): string[][] {
  const streams = streamsOf(Buffer.from(bytes)).map((stream) => stream.toString('latin1'));
  const characters = charactersOf(streams.find((stream) => stream.includes('beginbfrange')) ?? '');
  return streams
    .filter((stream) => stream.includes('] TJ'))
    .map((page) =>
      [...page.matchAll(/\[([^\]]*)\] TJ/g)].map(([, shown = '']) =>
        [...shown.matchAll(/<([0-9a-f]+)>/g)]
          .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
          .map((glyph) => characters[Number.parseInt(glyph, 16)])
          .join(''),
      ),
    );
}

function streamsOf(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; ; ) {
    const begin = file.indexOf('stream\n', at);
    if (begin < 0) return found;
    const end = file.indexOf('\nendstream', begin);
    try {
      found.push(inflateSync(file.subarray(begin + 7, end)));
    } catch {
      // It is the end of a stream that was found, or none that is compressed.
    }
    at = begin + 7;
  }
}

/** By number of the glyph. */
function charactersOf(map: string): string[] {
  const ranges = [...map.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/g)];
  const characters: string[] = [];
  for (const [, first = '0', list = ''] of ranges)
    for (const [at, [, hex = '']] of [...list.matchAll(/<([^>]*)>/g)].entries())
      characters[Number.parseInt(first, 16) + at] = String.fromCharCode(
        ...(hex.replaceAll(' ', '').match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16)),
      );
  return characters;
}
