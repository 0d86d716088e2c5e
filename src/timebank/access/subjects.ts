/** The people behind the pseudonyms of the journal: kept when they first sign in, looked up by an operator, erased for good. */
import type { Pool } from '../../db/connect.js';
import { instantColumn } from '../../db/instants.js';

export interface KnownSubject {
  readonly pseudonym: string;
  readonly issuer: string;
  readonly subject: string;
  readonly first_seen: string;
}

/** Nothing changes when the pseudonym is known, or the ledger is not. */
export async function keepSubject(
  sql: Pool,
  person: { readonly ledger: string; readonly pseudonym: string; readonly issuer: string; readonly subject: string },
): Promise<void> {
  const { ledger, pseudonym, issuer, subject } = person;
  await sql.unsafe('select access.keep_subject($1, $2, $3, $4)', [ledger, pseudonym, issuer, subject], {
    prepare: true,
  });
}

/** Who is behind a pseudonym, or null when nobody is known. */
export async function readSubject(sql: Pool, ledgerId: number, pseudonym: string): Promise<KnownSubject | null> {
  const [row] = await sql.unsafe(
    `select s.pseudonym, s.issuer, s.subject, ${instantColumn('s.first_seen')} as first_seen
     from access.subjects s where s.ledger_id = $1 and s.pseudonym = $2`,
    [ledgerId, pseudonym],
    { prepare: true },
  );
  return (row as unknown as KnownSubject | undefined) ?? null;
}

/** Forgets who is behind a pseudonym; returns whether anybody was known. The connection is the owner's. */
export async function eraseSubject(sql: Pool, ledger: string, pseudonym: string): Promise<boolean> {
  const [row] = await sql.unsafe('select access.erase_subject($1, $2) as erased', [ledger, pseudonym]);
  return row?.['erased'] === true;
}
