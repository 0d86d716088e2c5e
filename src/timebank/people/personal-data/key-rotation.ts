/**
 * Keys of people under a new generation of the master key: each is opened and wrapped anew, some hundreds an entry; what is sealed under
 * them stays as it is. Begun again it goes on where it stopped. It does not know where master keys are kept.
 */
import type { Pool } from '../../../db/connect.js';
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import type { TimebankKind } from '../../chart.js';
import type { PersonalKeys, WrappedKey } from './personal-keys.js';
import { keyGenerationRows, personKeyRows } from './rows.js';
import { generationRow, ownerIn, wrappingGeneration } from './sealed-fields.js';

/** Generations by which keys of people are wrapped, of all ledgers. */
export async function readGenerations(sql: Pick<Pool, 'unsafe'>): Promise<number[]> {
  const rows = await sql.unsafe(
    `select generation from timebank.person_keys where wrapped is not null group by generation order by generation`,
  );
  return rows.map(({ generation }) => generation as number);
}

/** A person's key as it is wrapped, and whose it is. */
export interface KeptKey extends WrappedKey {
  readonly ledger: string;
  readonly member: string;
}

/** One key of a person that is wrapped by a generation, if there is any. */
export async function readSample(sql: Pool, generation: number): Promise<KeptKey | undefined> {
  const [row] = await sql.unsafe(
    `select l.code as ledger, k.member_id as member, k.generation, k.wrapped
     from timebank.person_keys k join timeledger.ledgers l on l.ledger_id = k.ledger_id
     where k.generation = $1 and k.wrapped is not null limit 1`,
    [generation],
  );
  return row as unknown as KeptKey | undefined;
}

/** How many keys, of all ledgers, are wrapped by a generation before this one. */
export async function countOlder(sql: Pool, generation: number): Promise<number> {
  const [row] = await sql.unsafe(
    `select count(*)::integer as count from timebank.person_keys where wrapped is not null and generation < $1`,
    [generation],
  );
  return row?.['count'] as number;
}

/** Members of a ledger whose keys are wrapped by a generation before this one, by id. */
export async function readOlder(sql: Pool, ledgerId: number, generation: number, limit: number): Promise<string[]> {
  const rows = await sql.unsafe(
    `select k.member_id as member from timebank.person_keys k
     where k.ledger_id = $1 and k.wrapped is not null and k.generation < $2 order by k.member_id limit $3`,
    [ledgerId, generation, limit],
    { prepare: true },
  );
  return rows.map(({ member }) => member as string);
}

/**
 * Wraps the keys of these members by the newest master key, of which the first entry makes a fact of the books: whoever has decided something
 * with an older one decides it again, and by no older one anything is wrapped any more. An entry is posted also when there are no members.
 * Throws as `PersonalKeys.wrapping`.
 */
export function rewrapKeys(stage: Stage, keys: PersonalKeys, members: readonly string[]): void {
  stage.prefetch({ rows: [generationRow, ...members.map((member) => [personKeyRows, member] as const)] });
  const before = stage.row(...generationRow);
  const { generation } = keys.wrapping(wrappingGeneration(stage));
  const rows = members.flatMap((member) => {
    const row = stage.row(personKeyRows, member);
    return row === null || row.wrapped === null
      ? []
      : [change(personKeyRows, { ...row, ...keys.rewrap(ownerIn(stage, member), row, generation) })];
  });
  const fact = change(keyGenerationRows, { wraps: 'person_keys', generation });
  const isNews = before?.generation !== generation;
  stage.post({ kind: 'person_keys_rewrapped' satisfies TimebankKind, rows: isNews ? [fact, ...rows] : rows });
}

/** Waits until no other rotation of this database runs; the lock ends with the connection, of which `sql` has only one. */
export async function lockRotation(sql: Pool): Promise<void> {
  await sql`select pg_advisory_lock(5064371860043)`;
}
