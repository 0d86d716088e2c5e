/** Reading partners. A partner's system sees its own partner only: `own` names it. */
import type { Pool } from '../../db/connect.js';
import { type TextRow, textColumns } from '../../ledger/rows.js';
import { Refusal } from '../../lib/refusal.js';
import { type PartnerView, viewPartner } from './partners.js';
import { partnerRows } from './rows.js';

const columns = textColumns(partnerRows, 'p');

/** Partners by id, from after an id on. */
export async function listPartners(
  sql: Pool,
  ledgerId: number,
  page: { own: string | null; after: string; limit: number },
): Promise<PartnerView[]> {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.partners p
     where p.ledger_id = $1 and p.partner_id > $2 and ($4::text is null or p.partner_id = $4::text)
     order by p.partner_id limit $3`,
    [ledgerId, page.after, page.limit, page.own],
    { prepare: true },
  );
  return rows.map(viewOf);
}

/** Refuses: `partner_not_found`, also when it is not the one that is asking. */
export async function readPartner(sql: Pool, ledgerId: number, id: string, own: string | null): Promise<PartnerView> {
  const [row] =
    own === null || own === id
      ? await sql.unsafe(
          `select ${columns} from timebank.partners p where p.ledger_id = $1 and p.partner_id = $2`,
          [ledgerId, id],
          { prepare: true },
        )
      : [];
  if (!row) throw new Refusal('partner_not_found', { en: `there is no partner ${id}`, zh: `没有合作方 ${id}` });
  return viewOf(row);
}

function viewOf(row: Record<string, unknown>): PartnerView {
  const partner = partnerRows.decode(row as TextRow);
  return viewPartner(partner, Number(partner.entry));
}
