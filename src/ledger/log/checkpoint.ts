/**
 * What the log signs: checkpoints (c2sp.org/tlog-checkpoint) inside signed notes (c2sp.org/signed-note) with Ed25519, as
 * Go's sumdb, Sigstore and witnesses read them. Knows names, keys and text; not the tree behind a root, nor where keys are
 * kept.
 */
import { hash, type KeyObject, sign, verify } from 'node:crypto';
import { UserError } from '../../lib/user-error.js';
import { publicKeyBytes, publicKeyFromRaw, rawPublicKey } from './keys.js';
import { hashBytes } from './merkle.js';

/** The signature type byte of Ed25519 (c2sp.org/signed-note). */
const ed25519Type = 0x01;
const keyIdBytes = 4;
const signaturePrefix = '— ';

/** As many as Go's reference implementation takes; the specification asks for at least 16. */
const maxSignatures = 100;
const maxNoteCharacters = 1_000_000;

/** A tree head: what a log claims to hold. */
export interface Checkpoint {
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Buffer;
}

/** A name and the private key that signs under it; made by `noteSigner`. */
export interface NoteSigner {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Buffer;
  readonly privateKey: KeyObject;
}

/** A name and the public key trusted under it; made by `parseVerifierKey`. */
export interface NoteVerifier {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
}

/** A note at least one trusted key has signed. */
export interface OpenedNote {
  /** What was signed; ends with a newline. */
  readonly text: string;
  /** Those of the verifiers whose signatures it carries, in the order they were given. */
  readonly signers: readonly NoteVerifier[];
}

interface SignatureLine {
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** Text from outside that is not what it claims to be: malformed, or not signed by whom we trust. */
export class NoteError extends UserError {
  override readonly name = 'NoteError';
}

/**
 * The three lines of a checkpoint: origin, size, base64 of the root; each ends with a newline.
 * Throws RangeError when the origin is empty or not one plain line, the size is negative, or the root is not 32 bytes.
 * Source: c2sp.org/tlog-checkpoint.
 */
export function formatCheckpoint(origin: string, size: bigint, root: Buffer): string {
  if (origin === '' || origin.includes('\n') || !isNoteText(origin)) throw new RangeError('the origin is not one line');
  if (size < 0n) throw new RangeError(`a tree cannot have ${size} leaves`);
  if (root.length !== hashBytes) throw new RangeError(`a root has ${hashBytes} bytes, not ${root.length}`);
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * Reads a checkpoint's text, as `openNote` gives it. Extension lines are allowed and left out, as nobody can audit them.
 * Throws NoteError when it is malformed. Source: c2sp.org/tlog-checkpoint.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const end = lines.pop();
  const [origin, size, base64] = lines;
  if (end !== '' || !origin || !size || !base64 || lines.includes(''))
    throw new NoteError({ en: 'a checkpoint has three lines', zh: '检查点应有三行' });
  if (!/^(?:0|[1-9]\d{0,18})$/.test(size))
    throw new NoteError({ en: 'the tree size is not a plain number', zh: '日志树的大小不是整数' });
  const root = decodeBase64(base64);
  if (root?.length !== hashBytes)
    throw new NoteError({
      en: `the root is not the base64 of ${hashBytes} bytes`,
      zh: `日志树的根不是 ${hashBytes} 字节的 base64`,
    });
  return { origin, size: BigInt(size), root };
}

/**
 * A signer of notes. A log's name should be its checkpoints' origin.
 * Throws RangeError when the name is not a key name (empty, or with a space or a plus); TypeError when the key is not a
 * private Ed25519 key.
 */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  if (privateKey.type !== 'private') throw new TypeError('not a private key');
  return { name, keyId: keyId(name, rawPublicKey(privateKey)), privateKey };
}

/**
 * The note: the text, an empty line, and the signer's line `— name base64(key id || signature)`.
 * Throws RangeError when the text does not end with a newline or holds other control characters.
 * Source: c2sp.org/signed-note.
 */
export function signNote(text: string, signer: NoteSigner): string {
  if (!text.endsWith('\n') || !isNoteText(text)) throw new RangeError('not the text of a note');
  const signature = sign(null, Buffer.from(text), signer.privateKey);
  return `${text}\n${signaturePrefix}${signer.name} ${Buffer.concat([signer.keyId, signature]).toString('base64')}\n`;
}

/**
 * Opens a note that at least one of the verifiers has signed. Signatures by others are ignored; one bad signature under a
 * trusted name and key id rejects the whole note.
 * Throws NoteError when the note is malformed, a trusted key's signature is wrong, or no trusted key has signed.
 * Source: c2sp.org/signed-note.
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = splitNote(note);
  const bytes = Buffer.from(text);
  const signers = verifiers.filter((verifier) => {
    const own = signatures.filter((line) => line.name === verifier.name && line.keyId.equals(verifier.keyId));
    if (own.every((line) => verify(null, bytes, verifier.publicKey, line.signature))) return own.length > 0;
    throw new NoteError({
      en: `the signature by ${verifier.name} is wrong`,
      zh: `${verifier.name} 的签名不正确`,
    });
  });
  if (signers.length === 0)
    throw new NoteError({
      en: 'no trusted key has signed the note',
      zh: '没有可信密钥的签名',
    });
  return { text, signers };
}

/**
 * A public key in the form verifiers are configured with: `name+hex(key id)+base64(0x01 || key)`.
 * Takes a public key, or a private key for its public half. Throws RangeError when the name is not a key name; TypeError
 * when the key is not Ed25519. Source: c2sp.org/signed-note.
 */
export function verifierKey(name: string, publicKey: KeyObject): string {
  const raw = rawPublicKey(publicKey);
  const encoded = Buffer.concat([Buffer.of(ed25519Type), raw]).toString('base64');
  return `${name}+${keyId(name, raw).toString('hex')}+${encoded}`;
}

/** Reads what `verifierKey` writes. Throws NoteError when it is malformed or the key id is not that of name and key. */
export function parseVerifierKey(text: string): NoteVerifier {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const key = decodeBase64(encoded);
  if (!isKeyName(name) || key?.length !== 1 + publicKeyBytes || key[0] !== ed25519Type) {
    throw new NoteError({ en: 'not an Ed25519 verifier key', zh: '不是 Ed25519 验证公钥' });
  }
  const raw = key.subarray(1);
  if (keyId(name, raw).toString('hex') !== id)
    throw new NoteError({
      en: `the key id ${id} is not that of name and key`,
      zh: `密钥标识 ${id} 与名称和公钥不符`,
    });
  return { name, keyId: Buffer.from(id, 'hex'), publicKey: publicKeyFromRaw(raw) };
}

/** The first 4 bytes of SHA-256(name || newline || 0x01 || 32 bytes of public key). */
function keyId(name: string, rawKey: Buffer): Buffer {
  if (!isKeyName(name)) throw new RangeError(`"${name}" is not a key name`);
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519Type), rawKey]);
  return Buffer.from(hash('sha256', input, 'hex').slice(0, 2 * keyIdBytes), 'hex');
}

/** The text may hold empty lines: the last one ends it. */
function splitNote(note: string): { text: string; signatures: SignatureLine[] } {
  const split = note.lastIndexOf('\n\n');
  if (note.length > maxNoteCharacters || split < 0 || !note.endsWith('\n') || !isNoteText(note)) {
    throw new NoteError({ en: 'not a signed note', zh: '不是带签名的检查点文件' });
  }
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > maxSignatures)
    throw new NoteError({
      en: `a note has at most ${maxSignatures} signatures`,
      zh: `签名最多 ${maxSignatures} 个`,
    });
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): SignatureLine {
  const [name = '', encoded = '', ...rest] = line.slice(signaturePrefix.length).split(' ');
  const bytes = decodeBase64(encoded);
  if (
    !line.startsWith(signaturePrefix) ||
    rest.length > 0 ||
    !isKeyName(name) ||
    !bytes ||
    bytes.length <= keyIdBytes
  ) {
    throw new NoteError({ en: 'not a signature line', zh: '签名行格式不正确' });
  }
  return { name, keyId: bytes.subarray(0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
}

function isKeyName(name: string): boolean {
  return name !== '' && !/[\p{White_Space}+]/u.test(name) && isNoteText(name);
}

/** Whether text is Unicode that UTF-8 can carry, without control characters below U+0020 other than newline. */
function isNoteText(text: string): boolean {
  if (/\p{Surrogate}/u.test(text)) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 && code !== 0x0a) return false;
  }
  return true;
}

/** The bytes of standard base64 (RFC 4648, section 4), or undefined when it is not in its one canonical form. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
