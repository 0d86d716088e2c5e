/** ZIPs that are written as they come: what goes in comes out, and the same files are the same bytes in every zone, however they come in. */
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { unzipSync } from 'fflate';
import t from 'tap';
import { writeZip } from '../../src/lib/zip.js';

const files: Readonly<Record<string, string>> = {
  '说明.txt': '小区档案\n',
  'empty.csv': '',
  'long.csv': '0123456789,何**\r\n'.repeat(20_000),
};

async function zipped(inPieces: number): Promise<Buffer> {
  async function* all() {
    for (const [name, text] of Object.entries(files)) yield { name, content: pieces(text, inPieces) };
  }
  const bytes: Buffer[] = [];
  for await (const piece of writeZip(all())) bytes.push(piece);
  return Buffer.concat(bytes);
}

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

t.test('files come out as they went in, in their order', async (t) => {
  const found = unzipSync(await zipped(1_000));
  t.strictSame(Object.keys(found), Object.keys(files));
  for (const [name, bytes] of Object.entries(found)) t.equal(Buffer.from(bytes).toString(), files[name]);
});

t.test('the bytes are these, and stay so: files of earlier years must be made again', async (t) => {
  const golden = '81ba7e71803009813eab6daca9ec7caf56ea4ea2c83f752f8739b4de1b9ab752';
  for (const size of [7_777, 100_000, 1_000_000]) t.equal(hash('sha256', await zipped(size)), golden, `${size}`);
});

t.test('the zone of the machine is not in it', async (t) => {
  const program = `
    const { writeZip } = await import(process.argv[1]);
    async function* files() { yield { name: 'a', content: text() }; }
    async function* text() { yield 'a'; }
    for await (const piece of writeZip(files())) process.stdout.write(piece.toString('hex'));`;
  const write = import.meta.resolve('#src/lib/zip.js');
  const [first, ...rest] = ['UTC', 'Asia/Shanghai', 'America/St_Johns'].map((TZ) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program, write], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    }),
  );
  for (const other of rest) t.equal(other, first);
});
