/**
 * Signed notes and checkpoints against the published vectors of golang.org/x/mod/sumdb/note (its documentation and tests)
 * and c2sp.org/tlog-checkpoint, so that what other implementations read and write is what we write and read.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import {
  formatCheckpoint,
  NoteError,
  noteSigner,
  openNote,
  parseCheckpoint,
  parseVerifierKey,
  signNote,
  verifierKey,
} from '../../../src/ledger/log/checkpoint.js';
import { generateEd25519, rawPublicKey } from '../../../src/ledger/log/keys.js';

const text =
  'If you think cryptography is the answer to your problem,\n' + "then you don't know what your problem is.\n";
const peterKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
/** The last part of Go's private key form: base64 of 0x01 and the 32-byte seed. */
const peterSeed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const peterLine =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const enochKey = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const enochLine =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const peter = parseVerifierKey(peterKey);
const enoch = parseVerifierKey(enochKey);

/** An Ed25519 private key from its seed, by way of PKCS #8 (RFC 8410, section 7). */
function privateKeyOf(seed: Buffer) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

t.test("Go's example note is written byte for byte", async (t) => {
  t.equal(signNote(text, noteSigner('PeterNeumann', privateKeyOf(peterSeed))), `${text}\n${peterLine}`);
});

t.test("Go's example note is opened, and other signatures are ignored", async (t) => {
  t.same(openNote(`${text}\n${peterLine}`, [peter]), { text, signers: [peter] });
  t.same(openNote(`${text}\n${peterLine}${enochLine}`, [peter]).signers, [peter]);
  t.same(openNote(`${text}\n${peterLine}${enochLine}`, [enoch, peter]).signers, [enoch, peter]);
  t.same(openNote(`${text}\n${peterLine}${peterLine}`, [peter]).signers, [peter]);
});

t.test('a verifier key is written as Go writes it, from either half of the pair', async (t) => {
  const key = privateKeyOf(peterSeed);
  t.equal(verifierKey('PeterNeumann', key), peterKey);
  t.equal(verifierKey('PeterNeumann', createPublicKey(key)), peterKey);
  t.equal(peter.name, 'PeterNeumann');
  t.equal(peter.keyId.toString('hex'), 'c74f20a3');
  t.same(rawPublicKey(peter.publicKey), rawPublicKey(key));
});

t.test('no part of a verifier key, and none with a character changed, is a verifier key', async (t) => {
  for (let start = 0; start <= peterKey.length; start += 1) {
    for (let end = start + 1; end <= peterKey.length; end += 1) {
      if (end - start === peterKey.length) continue;
      t.throws(() => parseVerifierKey(peterKey.slice(start, end)), NoteError);
    }
  }
  for (let i = 0; i < peterKey.length; i += 1) {
    const next = String.fromCharCode(peterKey.charCodeAt(i) + 1);
    t.throws(() => parseVerifierKey(peterKey.slice(0, i) + next + peterKey.slice(i + 1)), NoteError);
  }
});

t.test("Go's malformed verifier keys are refused", async (t) => {
  const wrongLength = 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==';
  const wrongAlgorithm = 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  for (const key of [wrongLength, wrongAlgorithm, '', '++', `${peterKey}\n`, `Peter ${peterKey}`]) {
    t.throws(() => parseVerifierKey(key), NoteError, key);
  }
});

t.test("Go's malformed notes are refused, and other ways to be malformed", async (t) => {
  const base64 = peterLine.slice('— PeterNeumann '.length, -1);
  const malformed = [
    '',
    '\n',
    '\n\n',
    text,
    `${text}\n`,
    `${text}\n${peterLine.slice(0, -1)}`,
    `\u0001${text}\n${peterLine}`,
    `\ud800${text}\n${peterLine}`,
    `${text}\r\n\n${peterLine}`,
    `${text}\n${peterLine}Unexpected line.\n`,
    `${text}\n${peterLine}\n`,
    `${text}\n— Bad Name ${base64}\n`,
    `${text}\n— Bad+Name ${base64}\n`,
    `${text}\n— Bad\u00a0Name ${base64}\n`,
    `${text}\n—  ${base64}\n`,
    `${text}\n- PeterNeumann ${base64}\n`,
    `${text}\n—PeterNeumann ${base64}\n`,
    `${text}\n— PeterNeumann\n`,
    `${text}\n— PeterNeumann \n`,
    `${text}\n— PeterNeumann ${base64} \n`,
    `${text}\n— PeterNeumann ${base64.replace('AM=', 'AN=')}\n`,
    `${text}\n— PeterNeumann ${base64.replaceAll('/', '_')}\n`,
    `${text}\n${peterLine}— EnochRoot rwz+eA==\n`,
    `${text}\n${peterLine.repeat(101)}`,
  ];
  for (const note of malformed) t.throws(() => openNote(note, [peter]), /not a sign|at most 100/, JSON.stringify(note));
  t.same(openNote(`${text}\n${peterLine.repeat(100)}`, [peter]).text, text);
});

t.test('a note beyond a million characters is refused before it is read', async (t) => {
  const long = signNote(`${'x'.repeat(1_000_000)}\n`, noteSigner('long', generateEd25519()));
  t.throws(() => openNote(long, [peter]), /not a signed note/);
});

t.test('a note nobody trusted has signed is not opened', async (t) => {
  const note = `${text}\n${peterLine}`;
  t.throws(() => openNote(note, []), /no trusted key/);
  t.throws(() => openNote(note, [enoch]), /no trusted key/);
  const namesake = parseVerifierKey(verifierKey('PeterNeumann', generateEd25519()));
  t.throws(() => openNote(note, [namesake]), /no trusted key/, 'the same name with another key is another signer');
});

t.test('one wrong signature of a trusted key rejects the note, beside good ones too', async (t) => {
  const forged = peterLine.replace('AM=', 'AQ=');
  const longer = `— PeterNeumann ${Buffer.concat([Buffer.from(peterLine.slice(15, -1), 'base64'), Buffer.of(0)]).toString('base64')}\n`;
  const short = `— PeterNeumann ${Buffer.from('c74f20a300', 'hex').toString('base64')}\n`;
  for (const line of [forged, longer, short]) {
    t.throws(() => openNote(`${text}\n${line}`, [peter]), /signature by PeterNeumann is wrong/);
    t.throws(() => openNote(`${text}\n${peterLine}${line}`, [peter]), /signature by PeterNeumann is wrong/);
    t.throws(() => openNote(`${text}\n${enochLine}${line}`, [enoch, peter]), /signature by PeterNeumann is wrong/);
  }
});

t.test('a key of the same name and id, but not the one that signed, is found out', async (t) => {
  const impostor = { ...peter, publicKey: enoch.publicKey };
  t.throws(() => openNote(`${text}\n${peterLine}`, [impostor]), /is wrong/);
});

t.test('what is signed is opened with the same text, and with any character changed it is not', async () => {
  const signer = noteSigner('timeledger.example/xinchang', generateEd25519());
  const verifier = parseVerifierKey(verifierKey(signer.name, signer.privateKey));
  const line = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.nat(), (lines, pick) => {
      const signed = `${lines.join('\n')}\n`;
      const note = signNote(signed, signer);
      const place = pick % note.length;
      const tampered = `${note.slice(0, place)}#${note.slice(place + 1)}`;
      return openNote(note, [verifier]).text === signed && (tampered === note || !opens(tampered));
    }),
  );
  function opens(note: string): boolean {
    try {
      openNote(note, [verifier]);
      return true;
    } catch (error) {
      if (error instanceof NoteError) return false;
      throw error;
    }
  }
});

t.test('what cannot be a note is not signed', async (t) => {
  const signer = noteSigner('a', generateEd25519());
  for (const bad of ['', 'no newline', 'tab\t\n', 'nul\0\n', 'cr\r\n', 'lone \ud800\n']) {
    t.throws(() => signNote(bad, signer), RangeError, JSON.stringify(bad));
  }
});

t.test('a name with a space, a plus or a control character, or none, signs nothing and verifies nothing', async (t) => {
  const key = generateEd25519();
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u3000b', 'a\u0085b', 'a\u0001b', 'a\udfffb']) {
    t.throws(() => noteSigner(name, key), RangeError, JSON.stringify(name));
    t.throws(() => verifierKey(name, key), RangeError, JSON.stringify(name));
  }
  t.equal(noteSigner('账本.example/新昌', key).name, '账本.example/新昌');
});

t.test('a key that cannot sign with Ed25519 is no signer', async (t) => {
  t.throws(() => noteSigner('a', createPublicKey(generateEd25519())), TypeError);
  t.throws(() => noteSigner('a', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), TypeError);
});

const exampleRoot = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const exampleText = `example.com/behind-the-sofa\n20852163\n${exampleRoot}\n`;

t.test("the specification's checkpoint is written and read", async (t) => {
  const root = Buffer.from(exampleRoot, 'base64');
  t.equal(formatCheckpoint('example.com/behind-the-sofa', 20852163n, root), exampleText);
  t.same(parseCheckpoint(exampleText), { origin: 'example.com/behind-the-sofa', size: 20852163n, root });
  t.same(parseCheckpoint(`${exampleText}an extension\n`).size, 20852163n, 'extension lines are left out');
});

t.test('a checkpoint written, signed, opened and read is the same', async () => {
  const signer = noteSigner('timeledger.example/xinchang', generateEd25519());
  const verifier = parseVerifierKey(verifierKey(signer.name, signer.privateKey));
  const size = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
  fc.assert(
    fc.property(size, fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, bytes) => {
      const note = signNote(formatCheckpoint(signer.name, size, Buffer.from(bytes)), signer);
      const read = parseCheckpoint(openNote(note, [verifier]).text);
      return read.origin === signer.name && read.size === size && read.root.equals(bytes);
    }),
  );
});

t.test('what is not a checkpoint is neither written nor read', async (t) => {
  const root = Buffer.alloc(32);
  for (const origin of ['', 'a\nb', 'a\tb', 'a\ud800']) t.throws(() => formatCheckpoint(origin, 1n, root), RangeError);
  t.throws(() => formatCheckpoint('a', -1n, root), RangeError);
  t.throws(() => formatCheckpoint('a', 1n, Buffer.alloc(31)), RangeError);
  const malformed = [
    '',
    'a\n1\n',
    `a\n1\n${exampleRoot}`,
    `\n1\n${exampleRoot}\n`,
    `a\n\n${exampleRoot}\n`,
    `a\n1\n${exampleRoot}\n\n`,
    `a\n01\n${exampleRoot}\n`,
    `a\n-1\n${exampleRoot}\n`,
    `a\n+1\n${exampleRoot}\n`,
    `a\n1.0\n${exampleRoot}\n`,
    `a\n0x1\n${exampleRoot}\n`,
    `a\n 1\n${exampleRoot}\n`,
    `a\n１\n${exampleRoot}\n`,
    `a\n10000000000000000000000\n${exampleRoot}\n`,
    `a\n1\n${exampleRoot.slice(0, -1)}\n`,
    `a\n1\n${exampleRoot.slice(4)}\n`,
    `a\n1\nAAAA${exampleRoot}\n`,
  ];
  for (const bad of malformed) t.throws(() => parseCheckpoint(bad), NoteError, JSON.stringify(bad));
});
