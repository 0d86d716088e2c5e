/** Reading credentials: one by its client id, all of a ledger, and those of every ledger that ended lately. */
import type { Pool } from '../../db/connect.js';
import { type TextRow, textColumns } from '../../ledger/rows.js';
import { type Credential, credentialOf } from './credentials.js';
import { credentialRows } from './rows.js';

const columns = textColumns(credentialRows, 'c');

/** The credentials of a client id, or null. */
export async function readCredential(sql: Pool, ledgerId: number, clientId: string): Promise<Credential | null> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.credentials c where c.ledger_id = $1 and c.client_id = $2`,
    [ledgerId, clientId],
    { prepare: true },
  );
  return row ? credentialOf(credentialRows.decode(row as TextRow)) : null;
}

/** Credentials by client id, from after one on; `role` and `subject` narrow. */
export async function listCredentials(
  sql: Pool,
  ledgerId: number,
  filter: { readonly role: string | null; readonly subject: string | null },
  page: { readonly after: string; readonly limit: number },
): Promise<Credential[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.credentials c
     where c.ledger_id = $1 and c.client_id > $2
       and ($4::text is null or c.role = $4::text) and ($5::text is null or c.subject = $5::text)
     order by c.client_id limit $3`,
    [ledgerId, page.after, page.limit, filter.role, filter.subject],
    { prepare: true },
  );
  return rows.map((row) => credentialOf(credentialRows.decode(row as TextRow)));
}

export interface EndedCredential {
  readonly ledger: string;
  readonly client_id: string;
}

/**
 * Credentials of every ledger that ended after one moment and not after another (RFC 3339); revoked ones also when they ended after it,
 * for the clock of the process that revoked them may be ahead.
 */
export async function readEndedCredentials(sql: Pool, since: string, now: string): Promise<EndedCredential[]> {
  return (await sql.unsafe(
    `select l.code as ledger, c.client_id from timebank.credentials c join timeledger.ledgers l on l.ledger_id = c.ledger_id
     where c.ends_at > $1::text::timestamptz and (c.revoked or c.ends_at <= $2::text::timestamptz)`,
    [since, now],
    { prepare: true },
  )) as unknown as EndedCredential[];
}
