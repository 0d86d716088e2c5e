/**
 * Keys of people under a new generation of the master key: each is opened and wrapped anew, some hundreds an entry; what is sealed under
 * them stays as it is. Begun again it goes on where it stopped. It does not know where master keys are kept.
 */
import type { Pool } from '../../../db/connect.js';
import { change } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import type { TimebankKind } from '../../chart.js';
import type { PersonalKeys, WrappedKey } from './personal-keys.js';
import { personKeyRows } from './rows.js';
import { ownerIn } from './sealed-fields.js';

/** Generations by which keys of people are wrapped, of all ledgers. */
export async function readGenerations(sql: Pool): Promise<number[]> {
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

/** How many keys, of all ledgers, are wrapped by another generation. */
export async function countOtherwiseWrapped(sql: Pool, generation: number): Promise<number> {
  const [row] = await sql.unsafe(
    `select count(*)::integer as count from timebank.person_keys where wrapped is not null and generation <> $1`,
    [generation],
  );
  return row?.['count'] as number;
}

/** Members of a ledger whose keys are wrapped by another generation, by id. */
export async function readOtherwiseWrapped(
  sql: Pool,
  ledgerId: number,
  generation: number,
  limit: number,
): Promise<string[]> {
  const rows = await sql.unsafe(
    `select k.member_id as member from timebank.person_keys k
     where k.ledger_id = $1 and k.wrapped is not null and k.generation <> $2 order by k.member_id limit $3`,
    [ledgerId, generation, limit],
    { prepare: true },
  );
  return rows.map(({ member }) => member as string);
}

/**
 * Wraps the keys of these members by the newest master key. An entry is posted also when there are none: whoever has decided something
 * with older keys has to decide it again.
 */
export function rewrapKeys(stage: Stage, keys: PersonalKeys, members: readonly string[]): void {
  stage.prefetch({ rows: members.map((member) => [personKeyRows, member] as const) });
  const rows = members.flatMap((member) => {
    const row = stage.row(personKeyRows, member);
    return row === null || row.wrapped === null
      ? []
      : [change(personKeyRows, { ...row, ...keys.rewrap(ownerIn(stage, member), row) })];
  });
  stage.post({ kind: 'person_keys_rewrapped' satisfies TimebankKind, rows });
}
