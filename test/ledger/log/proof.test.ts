/**
 * Proofs against RFC 6962: the published vectors, and a reference that follows the RFC's recursive definitions of MTH,
 * PATH and SUBPROOF word for word and shares no code with what it checks.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { Frontier, leafHash } from '../../../src/ledger/log/merkle.js';
import {
  consistencyProof,
  type HashRange,
  inclusionProof,
  type ReadHashes,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/ledger/log/proof.js';

const leafCount = 70_400;
const leaves = Array.from({ length: leafCount }, (_, i) => leafHash(`leaf ${i}`));

const known = new Map<string, Buffer>();

/** MTH(D[start:end]); remembered, as large trees share most of their nodes. */
function rootOf(start: number, end: number): Buffer {
  const key = `${start}:${end}`;
  const before = known.get(key);
  if (before) return before;
  const digest = createHash('sha256');
  if (end - start === 1) return at(leaves, start);
  if (end > start) {
    const k = start + largestPowerBelow(end - start);
    digest.update(Buffer.of(1)).update(rootOf(start, k)).update(rootOf(k, end));
  }
  const root = digest.digest();
  known.set(key, root);
  return root;
}

/** PATH(m, D[start:end]), m counted from the start of the whole tree. */
function pathOf(m: number, start: number, end: number): Buffer[] {
  if (end - start === 1) return [];
  const k = start + largestPowerBelow(end - start);
  return m < k ? [...pathOf(m, start, k), rootOf(k, end)] : [...pathOf(m, k, end), rootOf(start, k)];
}

/** SUBPROOF(m, D[start:end], whole), m counted from the start of the whole tree. */
function subproofOf(m: number, start: number, end: number, whole: boolean): Buffer[] {
  if (m === end) return whole ? [] : [rootOf(start, end)];
  const k = start + largestPowerBelow(end - start);
  if (m <= k) return [...subproofOf(m, start, k, whole), rootOf(k, end)];
  return [...subproofOf(m, k, end, false), rootOf(start, k)];
}

function largestPowerBelow(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}

/** The stored hashes, as the log keeps them: the leaves, and what the frontier reports. */
const stored: Buffer[][] = [leaves];
const frontier = new Frontier();
for (const leaf of leaves) {
  frontier.append(leaf, (level, index, hash) => {
    const row = stored[level] ?? [];
    stored[level] = row;
    row[Number(index)] = hash;
  });
}

/** Reads from `stored`, and holds every request to what ReadHashes promises for a tree of `size`. */
function reader(size: number): ReadHashes {
  let asked = false;
  return async (ranges) => {
    if (asked || ranges.length === 0) throw new Error('a proof reads once, and only what it needs');
    asked = true;
    holdToPromise(ranges, size);
    return ranges.map(({ level, from, count }) => at(stored, level).slice(Number(from), Number(from) + count));
  };
}

function holdToPromise(ranges: readonly HashRange[], size: number): void {
  for (const { level, from, count } of ranges) {
    const first = Number(from);
    const inside = first >= 0 && count > 0 && first + count <= Math.floor(size / 256 ** level);
    const oneTile = Math.floor(first / 256) === Math.floor((first + count - 1) / 256);
    if (!inside || !oneTile)
      throw new Error(`asked for ${count} hashes of level ${level} from ${from} of ${size} leaves`);
    if (ranges.filter((range) => range.level === level).length > 2)
      throw new Error(`over two ranges of level ${level}`);
  }
}

const readNothing: ReadHashes = async () => {
  throw new Error('nothing needs to be read');
};

async function inclusionHolds(index: number, size: number): Promise<boolean> {
  const proof = await inclusionProof(BigInt(index), BigInt(size), reader(size));
  const same = Buffer.concat(proof).equals(Buffer.concat(pathOf(index, 0, size)));
  return same && verifyInclusion(at(leaves, index), BigInt(index), BigInt(size), proof, rootOf(0, size));
}

async function consistencyHolds(oldSize: number, size: number): Promise<boolean> {
  const proof = await consistencyProof(BigInt(oldSize), BigInt(size), reader(size));
  const same = Buffer.concat(proof).equals(Buffer.concat(subproofOf(oldSize, 0, size, true)));
  return same && verifyConsistency(BigInt(oldSize), BigInt(size), proof, rootOf(0, oldSize), rootOf(0, size));
}

/** Sizes and positions where tiles begin and end, and a few steps around them. */
const edges = [
  1, 2, 255, 256, 257, 511, 512, 513, 1024, 65_279, 65_280, 65_535, 65_536, 65_537, 65_792, 65_793, 70_000,
];
const anySize = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 1, max: leafCount }));

t.test('the paths and consistency proofs of the eight published leaves are the published ones', async (t) => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const eight = inputs.map((input) => leafHash(Buffer.from(input, 'hex')));
  const read: ReadHashes = async (ranges) =>
    ranges.map(({ from, count }) => eight.slice(Number(from), Number(from) + count));
  const hex = (proof: readonly Buffer[]) => proof.map((hash) => hash.toString('hex'));
  t.same(hex(await inclusionProof(0n, 8n, read)), [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  t.same(hex(await inclusionProof(5n, 8n, read)), [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  t.same(hex(await inclusionProof(2n, 3n, read)), ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']);
  t.same(hex(await consistencyProof(6n, 8n, read)), [
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  t.same(hex(await consistencyProof(2n, 5n, read)), [
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ]);
});

t.test('every leaf of every tree up to 72 leaves has the RFC path, and it verifies', async (t) => {
  const wrong: string[] = [];
  for (let size = 1; size <= 72; size += 1) {
    for (let index = 0; index < size; index += 1) {
      if (!(await inclusionHolds(index, size))) wrong.push(`leaf ${index} of ${size}`);
    }
  }
  t.same(wrong, []);
});

t.test('every two trees up to 72 leaves have the RFC consistency proof, and it verifies', async (t) => {
  const wrong: string[] = [];
  for (let size = 1; size <= 72; size += 1) {
    for (let oldSize = 1; oldSize <= size; oldSize += 1) {
      if (!(await consistencyHolds(oldSize, size))) wrong.push(`${oldSize} in ${size}`);
    }
  }
  t.same(wrong, []);
});

t.test('paths across tiles, past 256 and 65,536 leaves, are the RFC paths and verify', async (t) => {
  const wrong: string[] = [];
  for (const size of edges) {
    for (const index of [0, ...edges].filter((edge) => edge < size)) {
      if (!(await inclusionHolds(index, size))) wrong.push(`leaf ${index} of ${size}`);
    }
  }
  t.same(wrong, []);
  await fc.assert(
    fc.asyncProperty(anySize, fc.nat(), async (size, place) => inclusionHolds(place % size, size)),
    { numRuns: 300 },
  );
});

t.test('consistency proofs across tiles, past 256 and 65,536 leaves, are the RFC proofs and verify', async (t) => {
  const wrong: string[] = [];
  for (const size of edges) {
    for (const oldSize of edges.filter((edge) => edge <= size)) {
      if (!(await consistencyHolds(oldSize, size))) wrong.push(`${oldSize} in ${size}`);
    }
  }
  t.same(wrong, []);
  await fc.assert(
    fc.asyncProperty(anySize, fc.nat(), async (size, place) => consistencyHolds((place % size) + 1, size)),
    { numRuns: 300 },
  );
});

t.test('a log of billions of entries is proved from four stored levels', async () => {
  // With every leaf equal, a full node's hash depends on its height alone, so that a huge tree needs no memory.
  const heights = [leafHash('same')];
  for (let height = 1; height <= 40; height += 1) {
    const below = at(heights, height - 1);
    heights.push(createHash('sha256').update(Buffer.of(1)).update(below).update(below).digest());
  }
  const read: ReadHashes = async (ranges) =>
    ranges.map(({ level, count }) => Array.from({ length: count }, () => at(heights, level * 8)));
  const rootAt = (size: bigint) => {
    const peaks = [...size.toString(2)].flatMap((bit, i, bits) =>
      bit === '1' ? [at(heights, bits.length - 1 - i)] : [],
    );
    return Frontier.decode(Buffer.concat(peaks), size).root();
  };
  const huge = fc.bigInt({ min: 1n, max: 1n << 40n });
  await fc.assert(
    fc.asyncProperty(huge, fc.bigInt({ min: 0n, max: 1n << 40n }), async (size, place) => {
      const index = place % size;
      const path = await inclusionProof(index, size, read);
      const proof = await consistencyProof(index + 1n, size, read);
      return (
        verifyInclusion(at(heights, 0), index, size, path, rootAt(size)) &&
        verifyConsistency(index + 1n, size, proof, rootAt(index + 1n), rootAt(size))
      );
    }),
    { numRuns: 100 },
  );
});

t.test('a path proves no other leaf, place or root, and not with a hash changed, missing, added or moved', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 700 }), fc.nat(), fc.nat(), async (size, place, pick) => {
      const index = place % size;
      const [i, n, root, leaf] = [BigInt(index), BigInt(size), rootOf(0, size), at(leaves, index)];
      const proof = await inclusionProof(i, n, reader(size));
      const flipped = Buffer.from(at(proof, pick % proof.length));
      flipped[pick % 32] = (flipped[pick % 32] ?? 0) ^ 1;
      const forgeries = [
        verifyInclusion(leafHash('another'), i, n, proof, root),
        verifyInclusion(leaf, BigInt((index + 1) % size), n, proof, root),
        verifyInclusion(leaf, i, n, proof, rootOf(0, size - 1)),
        verifyInclusion(leaf, i, n, proof.with(pick % proof.length, flipped), root),
        verifyInclusion(leaf, i, n, proof.slice(1), root),
        verifyInclusion(leaf, i, n, proof.slice(0, -1), root),
        verifyInclusion(leaf, i, n, [...proof, root], root),
        proof.length > 1 && verifyInclusion(leaf, i, n, proof.toReversed(), root),
      ];
      return verifyInclusion(leaf, i, n, proof, root) && !forgeries.includes(true);
    }),
  );
});

t.test(
  'a consistency proof proves no other old or new root, and not with a hash changed, missing or added',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 700 }), fc.nat(), fc.nat(), async (size, place, pick) => {
        const oldSize = (place % (size - 1)) + 1;
        const [m, n, oldRoot, root] = [BigInt(oldSize), BigInt(size), rootOf(0, oldSize), rootOf(0, size)];
        const proof = await consistencyProof(m, n, reader(size));
        const flipped = Buffer.from(at(proof, pick % proof.length));
        flipped[pick % 32] = (flipped[pick % 32] ?? 0) ^ 1;
        const forgeries = [
          verifyConsistency(m, n, proof, leafHash('another'), root),
          verifyConsistency(m, n, proof, oldRoot, leafHash('another')),
          verifyConsistency(m, n, proof, root, oldRoot),
          verifyConsistency(m, n, proof.with(pick % proof.length, flipped), oldRoot, root),
          verifyConsistency(m, n, proof.slice(1), oldRoot, root),
          verifyConsistency(m, n, proof.slice(0, -1), oldRoot, root),
          verifyConsistency(m, n, [...proof, root], oldRoot, root),
        ];
        return verifyConsistency(m, n, proof, oldRoot, root) && !forgeries.includes(true);
      }),
    );
  },
);

t.test('a log that rewrote an entry has no consistency proof', async (t) => {
  const rewritten = leaves.slice(0, 300).with(17, leafHash('rewritten'));
  const after = new Frontier();
  for (const leaf of rewritten) after.append(leaf);
  const read: ReadHashes = async (ranges) =>
    ranges.map(({ level, count, from }) =>
      level === 0 ? rewritten.slice(Number(from), Number(from) + count) : [rootOf(0, 256)],
    );
  const proof = await consistencyProof(200n, 300n, read);
  t.notOk(verifyConsistency(200n, 300n, proof, rootOf(0, 200), after.root()));
});

t.test('equal trees, and any tree after the empty one, are consistent by an empty proof and no other', async (t) => {
  const empty = new Frontier().root();
  t.same(await consistencyProof(9n, 9n, readNothing), []);
  t.same(await consistencyProof(0n, 9n, readNothing), []);
  t.ok(verifyConsistency(9n, 9n, [], rootOf(0, 9), rootOf(0, 9)));
  t.ok(verifyConsistency(0n, 9n, [], empty, rootOf(0, 9)));
  t.ok(verifyConsistency(0n, 0n, [], empty, empty));
  t.notOk(verifyConsistency(9n, 9n, [], rootOf(0, 8), rootOf(0, 9)));
  t.notOk(verifyConsistency(9n, 9n, [rootOf(0, 9)], rootOf(0, 9), rootOf(0, 9)));
  t.notOk(verifyConsistency(0n, 9n, [], rootOf(0, 9), rootOf(0, 9)), 'the old root is not that of the empty tree');
  t.notOk(verifyConsistency(0n, 9n, [empty], empty, rootOf(0, 9)));
});

t.test('a tree of one leaf is proved by nothing but its leaf', async (t) => {
  t.same(await inclusionProof(0n, 1n, readNothing), []);
  t.ok(verifyInclusion(at(leaves, 0), 0n, 1n, [], at(leaves, 0)));
  t.notOk(verifyInclusion(at(leaves, 1), 0n, 1n, [at(leaves, 0)], rootOf(0, 2)), 'a path higher than the tree is none');
});

t.test('a proof about what is not in the tree is not made, and does not verify', async (t) => {
  const [root, leaf] = [rootOf(0, 8), at(leaves, 0)];
  await t.rejects(inclusionProof(8n, 8n, reader(8)), RangeError);
  await t.rejects(inclusionProof(-1n, 8n, reader(8)), RangeError);
  await t.rejects(inclusionProof(0n, 0n, reader(8)), RangeError);
  await t.rejects(consistencyProof(9n, 8n, reader(8)), RangeError);
  await t.rejects(consistencyProof(-1n, 8n, reader(8)), RangeError);
  t.notOk(verifyInclusion(leaf, 8n, 8n, [], root));
  t.notOk(verifyInclusion(leaf, -1n, 8n, [], root));
  t.notOk(verifyConsistency(9n, 8n, [], root, root));
  t.notOk(verifyConsistency(-1n, 8n, [], root, root));
});

t.test('hashes of a wrong length do not verify and do not throw', async (t) => {
  const [short, root] = [Buffer.alloc(31), rootOf(0, 2)];
  t.notOk(verifyInclusion(short, 0n, 2n, [at(leaves, 1)], root));
  t.notOk(verifyInclusion(at(leaves, 0), 0n, 2n, [short], root));
  t.notOk(verifyInclusion(at(leaves, 0), 0n, 2n, [at(leaves, 1)], short));
  t.notOk(verifyConsistency(1n, 2n, [short], at(leaves, 0), root));
  t.notOk(verifyConsistency(1n, 2n, [at(leaves, 1)], short, root));
  t.notOk(verifyConsistency(1n, 2n, [at(leaves, 1)], at(leaves, 0), short));
});

t.test('a store that answers too few hashes is found out, not turned into a wrong proof', async (t) => {
  await t.rejects(
    inclusionProof(3n, 300n, async (ranges) => ranges.map(() => [])),
    /asked for 256 hashes of level 0 from 0, got 0/,
  );
  await t.rejects(
    inclusionProof(3n, 300n, async () => []),
    /got 0/,
  );
});

t.test('the root of a tree of any size is read from what is stored', async (t) => {
  for (const size of [1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_793, leafCount])
    t.ok((await treeRoot(BigInt(size), reader(size))).equals(rootOf(0, size)), `${size}`);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: leafCount }), async (size) =>
      (await treeRoot(BigInt(size), reader(size))).equals(rootOf(0, size)),
    ),
    { numRuns: 100 },
  );
  await t.rejects(treeRoot(0n, reader(0)), RangeError);
});
