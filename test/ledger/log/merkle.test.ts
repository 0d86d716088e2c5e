/**
 * The tree and its frontier against RFC 6962: the published vectors, and a reference that follows the RFC's recursive
 * definition word for word and shares no code with what it checks.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { Frontier, leafHash, nodeHash } from '../../../src/ledger/log/merkle.js';

function sha256(...parts: (Buffer | string)[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** MTH(D[n]) of RFC 6962, section 2.1, over leaf hashes. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (!first) return sha256('');
  if (leaves.length === 1) return first;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

function numberedLeaves(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => sha256(Buffer.of(0), `leaf ${i}`));
}

function grown(leaves: readonly Buffer[]): Frontier {
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.append(leaf);
  return frontier;
}

/** The eight leaves every RFC 6962 implementation is tested with, and the roots of the first 0 to 8 of them. */
const vectorLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const vectorRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

t.test('the roots of 0 to 8 leaves are those of the published vectors', async (t) => {
  const frontier = new Frontier();
  for (const [size, root] of vectorRoots.entries()) {
    t.equal(frontier.root().toString('hex'), root, `${size} leaves`);
    const leaf = vectorLeaves[size];
    if (leaf !== undefined) frontier.append(leafHash(Buffer.from(leaf, 'hex')));
  }
});

t.test('a leaf hash is SHA-256(0x00 || bytes), whatever the length', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000, size: 'max' }), (bytes) =>
      leafHash(Buffer.from(bytes)).equals(sha256(Buffer.of(0), Buffer.from(bytes))),
    ),
  );
});

t.test('bytes at and past the scratch buffer hash as any others, and leave nothing behind', async (t) => {
  for (const length of [0, 1, 4095, 4096, 4097, 100_000, 5, 0]) {
    const bytes = Buffer.alloc(length, length % 251);
    t.same(leafHash(bytes), sha256(Buffer.of(0), bytes), `${length} bytes`);
  }
});

t.test('a string hashes as its UTF-8 bytes', async (t) => {
  const unicode = fc.string({ unit: 'binary', maxLength: 3000, size: 'max' });
  fc.assert(fc.property(unicode, (text) => leafHash(text).equals(leafHash(Buffer.from(text)))));
  t.same(leafHash('互助时间账本'), sha256(Buffer.of(0), Buffer.from('互助时间账本')));
});

t.test('a node hash is SHA-256(0x01 || left || right), and the order counts', async (t) => {
  const [left, right] = [leafHash('left'), leafHash('right')];
  t.same(nodeHash(left, right), sha256(Buffer.of(1), left, right));
  t.notSame(nodeHash(left, right), nodeHash(right, left));
});

t.test('hashes of a wrong length are refused', async (t) => {
  const hash = leafHash('a');
  for (const wrong of [Buffer.alloc(0), Buffer.alloc(31), Buffer.alloc(33)]) {
    t.throws(() => nodeHash(wrong, hash), RangeError);
    t.throws(() => nodeHash(hash, wrong), RangeError);
  }
});

t.test('the root is that of RFC 6962 at every size up to 600', async (t) => {
  const leaves = numberedLeaves(600);
  const wrong: number[] = [];
  const frontier = new Frontier();
  for (const [i, leaf] of leaves.entries()) {
    frontier.append(leaf);
    const expected = rootOf(leaves.slice(0, i + 1));
    if (!frontier.root().equals(expected)) wrong.push(i + 1);
  }
  t.same(wrong, []);
  t.equal(frontier.size, 600n);
});

t.test('every completed stored subtree is reported once, in order, and no other', async (t) => {
  const leaves = numberedLeaves(65_536 + 300);
  const reported: string[] = [];
  const frontier = new Frontier();
  for (const leaf of leaves) {
    frontier.append(leaf, (level, index, hash) => reported.push(`${level}/${index} ${hash.toString('hex')}`));
  }
  const expected: string[] = [];
  for (let index = 0; index < 257; index += 1) {
    const root = rootOf(leaves.slice(index * 256, (index + 1) * 256));
    expected.push(`1/${index} ${root.toString('hex')}`);
    if (index === 255) expected.push(`2/0 ${rootOf(leaves.slice(0, 65_536)).toString('hex')}`);
  }
  t.same(reported, expected);
});

t.test('an append that completes subtrees of four stored levels reports all four, lowest first', async (t) => {
  const size = (1n << 33n) - 1n;
  const frontier = Frontier.decode(Buffer.alloc(33 * 32, 7), size);
  const reported: string[] = [];
  frontier.append(leafHash('last'), (level, index) => reported.push(`${level}/${index}`));
  t.same(reported, ['1/33554431', '2/131071', '3/511', '4/1']);
  t.equal(frontier.size, 1n << 33n);
  t.equal(frontier.encode().length, 32, 'a perfect tree has one hash');
});

t.test('a frontier written and read anywhere grows into the same tree', async () => {
  const leaves = numberedLeaves(1500);
  const cut = fc.integer({ min: 0, max: leaves.length });
  fc.assert(
    fc.property(cut, cut, (a, b) => {
      const before = grown(leaves.slice(0, a));
      const after = Frontier.decode(before.encode(), before.size);
      for (const leaf of leaves.slice(a, b)) after.append(leaf);
      return after.root().equals(rootOf(leaves.slice(0, Math.max(a, b))));
    }),
    { numRuns: 60 },
  );
});

t.test('the encoding is one hash for each perfect subtree, largest first', async (t) => {
  const leaves = numberedLeaves(7);
  const expected = Buffer.concat([rootOf(leaves.slice(0, 4)), rootOf(leaves.slice(4, 6)), rootOf(leaves.slice(6))]);
  t.same(grown(leaves).encode(), expected);
  t.equal(new Frontier().encode().length, 0);
});

t.test('a frontier that does not fit its size is not read', async (t) => {
  t.throws(() => Frontier.decode(Buffer.alloc(0), -1n), RangeError);
  t.throws(() => Frontier.decode(Buffer.alloc(32), 0n), RangeError);
  t.throws(() => Frontier.decode(Buffer.alloc(32), 3n), RangeError);
  t.throws(() => Frontier.decode(Buffer.alloc(63), 3n), RangeError);
  t.throws(() => Frontier.decode(Buffer.alloc(96), 3n), RangeError);
});

t.test('what is written over the bytes later does not reach the frontier read from them', async (t) => {
  const source = grown(numberedLeaves(5));
  const bytes = source.encode();
  const frontier = Frontier.decode(bytes, 5n);
  bytes.fill(0);
  t.same(frontier.root(), source.root());
});

t.test('a clone and its origin grow apart', async (t) => {
  const leaves = numberedLeaves(8);
  const origin = grown(leaves.slice(0, 7));
  const clone = origin.clone();
  clone.append(leafHash('another'));
  t.same(origin.root(), rootOf(leaves.slice(0, 7)));
  t.same(clone.root(), rootOf([...leaves.slice(0, 7), leafHash('another')]));
  origin.append(leafHash('the eighth'));
  t.same(clone.root(), rootOf([...leaves.slice(0, 7), leafHash('another')]));
});

t.test('a leaf of a wrong length is refused and changes nothing', async (t) => {
  const frontier = grown(numberedLeaves(3));
  const root = frontier.root();
  t.throws(() => frontier.append(Buffer.alloc(31)), RangeError);
  t.same([frontier.size, frontier.root()], [3n, root]);
});
