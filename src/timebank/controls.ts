/**
 * What must agree beside the rows: control accounts with their sub-ledgers (what redemptions say is held, redeemed and owed is what
 * the accounts say), and staged rows with what sealed them.
 */
import type { TransactionSql } from 'postgres';
import type { Findings } from '../ledger/verify/findings.js';
import { verifySealed } from '../ledger/verify/sealed.js';
import { verifyStagedImports } from './imports/verify.js';
import { allSealed } from './rows.js';

interface Check {
  readonly name: string;
  readonly sql: string;
}

/** For each partner: a sum over its sub-ledger, against its control account. */
function ofPartner(name: string, sum: string, table: string, account: string): Check {
  const sql = `select p.partner_id as key,
        (select coalesce(sum(${sum}), 0) from timebank.${table} x
          where x.ledger_id = $1 and x.partner_id = p.partner_id)::text as expected,
        (select credits - debits from timeledger.accounts a
          where a.ledger_id = $1 and a.code = ${account})::text as actual
      from timebank.partners p where p.ledger_id = $1`;
  return { name, sql };
}

const checks: readonly Check[] = [
  ofPartner(
    'open authorisations = held account',
    'x.authorised - x.captured - x.released',
    'redemptions',
    `'held:redemptions:' || p.partner_id`,
  ),
  ofPartner(
    'captured less refunded points = redeemed account',
    'x.points',
    'redemption_movements',
    `'partner:' || p.partner_id || ':redeemed'`,
  ),
  ofPartner(
    'captured less refunded CNY = payable account',
    'x.amount_cny',
    'redemption_movements',
    `'partner:' || p.partner_id || ':payable'`,
  ),
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
  for (const table of allSealed) await verifySealed(sql, ledgerId, table, findings);
  await verifyStagedImports(sql, ledgerId, findings);
  return checks.length + allSealed.length + 1;
}
