/** Counts what flows through it: bytes, rows (COPY's text ends each with a line feed and has no other), and their SHA-256. */
import { createHash } from 'node:crypto';

const lineFeed = 0x0a;

export class Meter {
  bytes = 0;
  rows = 0;
  private readonly hash = createHash('sha256');

  async *pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.bytes += chunk.length;
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) this.rows += 1;
      this.hash.update(chunk);
      yield chunk;
    }
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}
