/** Control accounts against their sub-ledgers: what redemptions say is held, redeemed and owed is what the accounts say. */
import type { TransactionSql } from 'postgres';
import type { Findings } from '../ledger/verify/findings.js';

const checks: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'open authorisations = held account',
    sql: `select p.partner_id as key,
        (select coalesce(sum(r.authorised - r.captured - r.released), 0) from timebank.redemptions r
          where r.ledger_id = $1 and r.partner_id = p.partner_id)::text as expected,
        (select credits - debits from timeledger.accounts a
          where a.ledger_id = $1 and a.code = 'held:redemptions:' || p.partner_id)::text as actual
      from timebank.partners p where p.ledger_id = $1`,
  },
  {
    name: 'captured less refunded points = redeemed account',
    sql: `select p.partner_id as key,
        (select coalesce(sum(m.points), 0) from timebank.redemption_movements m
          where m.ledger_id = $1 and m.partner_id = p.partner_id)::text as expected,
        (select credits - debits from timeledger.accounts a
          where a.ledger_id = $1 and a.code = 'partner:' || p.partner_id || ':redeemed')::text as actual
      from timebank.partners p where p.ledger_id = $1`,
  },
  {
    name: 'captured less refunded CNY = payable account',
    sql: `select p.partner_id as key,
        (select coalesce(sum(m.amount_cny), 0) from timebank.redemption_movements m
          where m.ledger_id = $1 and m.partner_id = p.partner_id)::text as expected,
        (select credits - debits from timeledger.accounts a
          where a.ledger_id = $1 and a.code = 'partner:' || p.partner_id || ':payable')::text as actual
      from timebank.partners p where p.ledger_id = $1`,
  },
  {
    name: 'movements of a redemption = its captured less refunded points',
    sql: `select r.redemption_id::text as key, (r.captured - r.refunded)::text as expected, coalesce(m.points, 0)::text as actual
      from timebank.redemptions r
      left join (select redemption_id, sum(points) as points from timebank.redemption_movements
        where ledger_id = $1 group by redemption_id) m on m.redemption_id = r.redemption_id
      where r.ledger_id = $1 and r.captured - r.refunded <> coalesce(m.points, 0)`,
  },
  {
    name: 'hours = coins to the member + differences, for every service record',
    sql: `select s.service_record_id as key, s.hours::text as expected, (s.coins + coalesce(d.amount, 0))::text as actual
      from timebank.service_records s
      left join (select service_record_id, sum(amount) as amount from timebank.service_differences
        where ledger_id = $1 group by service_record_id) d on d.service_record_id = s.service_record_id
      where s.ledger_id = $1 and s.hours <> s.coins + coalesce(d.amount, 0)`,
  },
];

/** Returns how many comparisons were made. */
export async function verifyControls(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<number> {
  for (const { name, sql: statement } of checks) {
    for (const row of await sql.unsafe(statement, [ledgerId])) {
      if (row['expected'] !== row['actual']) {
        findings.add(
          name,
          row['key'] as string,
          `${row['expected']} by the sub-ledger, ${row['actual'] ?? 'no account'} in the books`,
        );
      }
    }
  }
  return checks.length;
}
