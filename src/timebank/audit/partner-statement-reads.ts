/** Reading partners' statements and their lines. `partner` names whose are seen; null: everyone's. */
import type { Pool } from '../../db/connect.js';
import { type TextRow, textColumns } from '../../ledger/rows.js';
import { nilId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { viewStatement } from './partner-statements.js';
import type { DateRange } from './range.js';
import { partnerStatementLineRows, partnerStatementRows } from './rows.js';

const columns = textColumns(partnerStatementRows, 's');

export interface StatementFilter {
  readonly partner: string | null;
  /** Exactly this range; null: any. */
  readonly range: DateRange | null;
}

/** Statements in the order in which they came, from after an id on ('': from the first). */
export async function listStatements(
  sql: Pool,
  ledgerId: number,
  filter: StatementFilter,
  page: { after: string; limit: number },
) {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.partner_statements s
     where s.ledger_id = $1 and s.partner_statement_id > $2::text::uuid
       and ($4::text is null or s.partner_id = $4::text)
       and ($5::text is null or (s.from, s.to) = ($5::text::date, $6::text::date))
     order by s.partner_statement_id limit $3`,
    [ledgerId, page.after || nilId, page.limit, filter.partner, filter.range?.from ?? null, filter.range?.to ?? null],
    { prepare: true },
  );
  return rows.map((row) => viewStatement(partnerStatementRows.decode(row as TextRow)));
}

/** Refuses: `partner_statement_not_found`, also when it is another partner's. */
export async function readStatement(sql: Pool, ledgerId: number, id: string, partner: string | null) {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.partner_statements s
     where s.ledger_id = $1 and s.partner_statement_id = $2::text::uuid and ($3::text is null or s.partner_id = $3::text)`,
    [ledgerId, id, partner],
    { prepare: true },
  );
  if (!row)
    throw new Refusal('partner_statement_not_found', {
      en: `there is no partner statement ${id}`,
      zh: `没有合作方对账单 ${id}`,
    });
  return viewStatement(partnerStatementRows.decode(row as TextRow));
}

/** Lines of a statement in the order of its file, from after a line on; `limit` null: all of them. */
export async function readStatementLines(
  sql: Pool,
  ledgerId: number,
  id: string,
  page: { after: number; limit: number | null },
) {
  const rows = await sql.unsafe(
    `select ${textColumns(partnerStatementLineRows, 'l')} from timebank.partner_statement_lines l
     where l.ledger_id = $1 and l.partner_statement_id = $2::text::uuid and l.line > $3
     order by l.line limit $4::text::bigint`,
    [ledgerId, id, page.after, page.limit === null ? null : String(page.limit)],
    { prepare: true },
  );
  return rows.map((row) => partnerStatementLineRows.decode(row as TextRow));
}
