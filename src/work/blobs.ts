/**
 * Files as they were sent, in pieces of 256 KiB, so that neither writing nor reading one ever holds more of it than a piece. A file
 * is found again by its id or its SHA-256; how long it is kept, its owner says.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Pool } from '../db/connect.js';

const pieceBytes = 256 * 1024;

const prepared = { prepare: true } as const;

export interface Blob {
  readonly id: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface BlobRequest {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** When it is swept, unless it is kept: see `keepBlob`. */
  readonly expiresAt: string;
}

/** Writes a file as it comes in. What was written of one that breaks off is swept. Fails as the source does. */
export async function writeBlob(
  sql: Pool,
  ledgerId: number,
  { id, createdAt, expiresAt }: BlobRequest,
  source: AsyncIterable<Buffer>,
): Promise<Blob> {
  await sql.unsafe(
    `select work.open_blob($1, $2::text::uuid, $3::text::timestamptz, $4::text::timestamptz)`,
    [ledgerId, id, createdAt, expiresAt],
    prepared,
  );
  const hash = createHash('sha256');
  let bytes = 0;
  let piece = 0;
  for await (const content of piecesOf(source, hash)) {
    piece += 1;
    bytes += content.length;
    await sql.unsafe(`select work.add_piece($1, $2::text::uuid, $3, $4)`, [ledgerId, id, piece, content], prepared);
  }
  const sha256 = hash.digest('hex');
  await sql.unsafe(
    `select work.close_blob($1, $2::text::uuid, $3, $4::text::bigint)`,
    [ledgerId, id, sha256, String(bytes)],
    prepared,
  );
  return { id, sha256, bytes };
}

/** What comes in, cut into pieces of one size but for the last. */
async function* piecesOf(source: AsyncIterable<Buffer>, hash: Hash): AsyncIterable<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    gathered.push(chunk);
    length += chunk.length;
    if (length < pieceBytes) continue;
    const whole = Buffer.concat(gathered);
    let start = 0;
    for (; length - start >= pieceBytes; start += pieceBytes) yield whole.subarray(start, start + pieceBytes);
    gathered = start < length ? [whole.subarray(start)] : [];
    length -= start;
  }
  if (length > 0) yield Buffer.concat(gathered);
}

/** A file, whole. Fails when it is not there: it was swept. */
export async function readBlob(sql: Pool, ledgerId: number, id: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of piecesOfBlob(sql, ledgerId, id)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A file of UTF-8, piece by piece. Fails as `readBlob`. */
export async function* textOfBlob(sql: Pool, ledgerId: number, id: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const piece of piecesOfBlob(sql, ledgerId, id)) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

/** A file as it was sent, piece by piece. Fails as `readBlob`. */
export async function* piecesOfBlob(sql: Pool, ledgerId: number, id: string): AsyncGenerator<Buffer> {
  const [blob] = await sql.unsafe(
    `select bytes::float8 as bytes from work.blobs where ledger_id = $1 and blob_id = $2::text::uuid and sha256 is not null`,
    [ledgerId, id],
    prepared,
  );
  if (!blob) throw new Error(`file ${id} is not there`);
  for (let [bytes, at] = [0, 1]; bytes < Number(blob['bytes']); at += 1) {
    const [row] = await sql.unsafe(
      `select content from work.blob_pieces where ledger_id = $1 and blob_id = $2::text::uuid and piece = $3`,
      [ledgerId, id, at],
      prepared,
    );
    if (!row) throw new Error(`file ${id} lacks piece ${at}`);
    const content = row['content'] as Buffer;
    yield content;
    bytes += content.length;
  }
}

/** Keeps a file until a moment (RFC 3339) after the one it was taken in for. False when it has been swept. */
export async function keepBlob(sql: Pool, ledgerId: number, id: string, expiresAt: string): Promise<boolean> {
  const [row] = await sql.unsafe(
    `select work.keep_blob($1, $2::text::uuid, $3::text::timestamptz) as kept`,
    [ledgerId, id, expiresAt],
    prepared,
  );
  return row?.['kept'] === true;
}

export async function dropBlob(sql: Pool, ledgerId: number, id: string): Promise<void> {
  await sql.unsafe(`select work.drop_blob($1, $2::text::uuid)`, [ledgerId, id], prepared);
}
