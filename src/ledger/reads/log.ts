/** Reading the log: the head, or an earlier entry, as a checkpoint, and the proof that an entry is in it. */
import type { Sql } from 'postgres';
import { instantColumn } from '../../db/instants.js';
import { Refusal } from '../../lib/refusal.js';
import { loadHead } from '../load.js';
import { formatCheckpoint, type NoteSigner, signNote } from '../log/checkpoint.js';
import type { Frontier } from '../log/merkle.js';
import { type HashRange, inclusionProof, treeRoot } from '../log/proof.js';

/** The signed checkpoint of a ledger as it stands (C2SP tlog-checkpoint). The signer's name is the log's origin. */
export async function readCheckpoint(sql: Sql, ledgerId: number, signer: NoteSigner): Promise<string> {
  const { frontier } = await loadHead(sql, ledgerId);
  return checkpointOf(frontier, signer);
}

/** A checkpoint with the instant at which its last entry was recorded. */
export interface PastCheckpoint {
  readonly size: bigint;
  readonly root: Buffer;
  /** Signed; the same bytes every time. */
  readonly note: string;
  readonly recordedAt: string;
}

/** The checkpoint of a ledger as it stood when an entry was its last one. Refuses: `entry_not_found`. */
export async function readCheckpointAt(
  sql: Sql,
  ledgerId: number,
  number: number,
  signer: NoteSigner,
): Promise<PastCheckpoint> {
  const [row] = await sql.unsafe(
    `select ${instantColumn('e.recorded_at')} as recorded_at from timeledger.entries e
     where e.ledger_id = $1 and e.number = $2::text::bigint`,
    [ledgerId, String(number)],
    { prepare: true },
  );
  if (!row) throw noEntry(number);
  const size = BigInt(number);
  const root = await treeRoot(size, (ranges) => readHashes(sql, ledgerId, ranges));
  const note = signNote(formatCheckpoint(signer.name, size, root), signer);
  return { size, root, note, recordedAt: row['recorded_at'] as string };
}

function noEntry(number: number): Refusal {
  return new Refusal('entry_not_found', { en: `there is no entry ${number}`, zh: `没有第 ${number} 号凭证` });
}

function checkpointOf(frontier: Frontier, signer: NoteSigner): string {
  return signNote(formatCheckpoint(signer.name, frontier.size, frontier.root()), signer);
}

export interface EntryProof {
  readonly leaf_index: number;
  readonly tree_size: number;
  /** Base64 of the bytes that were hashed behind the leaf prefix 0x00. */
  readonly leaf: string;
  /** Base64, from the leaf up (RFC 6962, section 2.1.1). */
  readonly hashes: string[];
  readonly checkpoint: string;
}

/** Proves an entry against the checkpoint of this moment. Refuses: `entry_not_found`. */
export async function readEntryProof(
  sql: Sql,
  ledgerId: number,
  number: number,
  signer: NoteSigner,
): Promise<EntryProof> {
  const { frontier } = await loadHead(sql, ledgerId);
  const [row] = await sql.unsafe(
    `select leaf from timeledger.entries where ledger_id = $1 and number = $2::text::bigint`,
    [ledgerId, String(number)],
    { prepare: true },
  );
  // An entry written after the head was read is not in the tree that the head describes.
  if (!row || BigInt(number) > frontier.size) throw noEntry(number);
  const hashes = await inclusionProof(BigInt(number - 1), frontier.size, (ranges) => readHashes(sql, ledgerId, ranges));
  return {
    leaf_index: number - 1,
    tree_size: Number(frontier.size),
    leaf: Buffer.from(row['leaf'] as string, 'utf8').toString('base64'),
    hashes: hashes.map((hash) => hash.toString('base64')),
    checkpoint: checkpointOf(frontier, signer),
  };
}

/** Level 0 is hashed from the entries' leaves, above it are the stored nodes. */
async function readHashes(sql: Sql, ledgerId: number, ranges: readonly HashRange[]): Promise<Buffer[][]> {
  return Promise.all(
    ranges.map(async ({ level, from, count }) => {
      const rows =
        level === 0
          ? await sql.unsafe(
              `select sha256('\\x00'::bytea || convert_to(leaf, 'UTF8')) as hash from timeledger.entries
               where ledger_id = $1 and number between $2::text::bigint + 1 and $2::text::bigint + $3 order by number`,
              [ledgerId, String(from), count],
              { prepare: true },
            )
          : await sql.unsafe(
              `select hash from timeledger.log_nodes
               where ledger_id = $1 and level = $4 and index between $2::text::bigint and $2::text::bigint + $3 - 1 order by index`,
              [ledgerId, String(from), count, level],
              { prepare: true },
            );
      return rows.map((row) => row['hash'] as Buffer);
    }),
  );
}
