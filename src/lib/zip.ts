/**
 * A ZIP that is written as its files come in, flat in memory. The same files give the same bytes, whatever the machine, its zone and the
 * version of the compressor: the content is stored, as DEFLATE blocks without compression, which readers of streams take where they
 * refuse a stored file whose length follows it; the only time in it is the earliest a ZIP can have.
 */
import { Zip, ZipDeflate } from 'fflate';

export interface ZipFile {
  readonly name: string;
  readonly content: AsyncIterable<string>;
}

/** Beyond this a ZIP needs fields of 64 bits, which are not written here. */
const mostBytes = 0xffff_ffff;

const blockBytes = 32 * 1024;

/** Throws RangeError when the files do not fit a ZIP. */
export async function* writeZip(files: AsyncIterable<ZipFile>): AsyncGenerator<Buffer> {
  const written: Buffer[] = [];
  let bytes = 0;
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    bytes += chunk.length;
    written.push(Buffer.from(chunk));
  });
  for await (const { name, content } of files) {
    const file = new ZipDeflate(name, { level: 0 });
    // By the clock of this machine, whatever its zone: that is what a ZIP holds.
    file.mtime = new Date(1980, 0, 1);
    zip.add(file);
    for await (const block of blocksOf(content)) {
      file.push(block);
      yield* written.splice(0);
      if (bytes > mostBytes) throw new RangeError('the files do not fit a ZIP');
    }
    file.push(new Uint8Array(0), true);
    yield* written.splice(0);
  }
  zip.end();
  yield* written.splice(0);
}

/** Text as blocks of one size but for the last: where the compressor begins a block must not depend on how the text comes in. */
async function* blocksOf(content: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const text of content) {
    const piece = Buffer.from(text);
    gathered.push(piece);
    length += piece.length;
    if (length < blockBytes) continue;
    const whole = Buffer.concat(gathered);
    let start = 0;
    for (; length - start >= blockBytes; start += blockBytes) yield whole.subarray(start, start + blockBytes);
    gathered = [whole.subarray(start)];
    length -= start;
  }
  if (length > 0) yield Buffer.concat(gathered);
}
