/** Everything that the database holds, as text: what a test looks through for words that must not be there. */
import type { Pool } from '../../src/db/connect.js';

/** Which tables hold a word, in any column: every schema of ours, ledger or not. bytea is looked at as its bytes, too. */
export async function tablesHolding(owner: Pool, word: string): Promise<string[]> {
  const tables = await owner`select format('%I.%I', n.nspname, c.relname) as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'drizzle') order by 1`;
  const holding: string[] = [];
  const hex = Buffer.from(word).toString('hex');
  for (const { name } of tables) {
    const [row] = await owner.unsafe(
      `select exists (select from ${name} t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0) as held`,
      [word, hex],
    );
    if (row?.['held']) holding.push(name as string);
  }
  return holding;
}
