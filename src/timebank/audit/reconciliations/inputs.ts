/**
 * Reading what a run matches, reference by reference: the redemptions' movements up to the watermark beside the statement's lines.
 * PostgreSQL joins and sorts, so that neither side is ever held whole. Neither can change once it is written.
 */
import type { Sql } from 'postgres';
import { portionsOf } from '../../../db/portions.js';
import { postingEntries, sumPostings } from '../../../ledger/reads/postings.js';
import { DamagedData } from '../../../lib/damage.js';
import { payableAccount, redeemedAccount } from '../../chart.js';
import { movementRows, movingKinds, movingKindsSql } from '../../partners/redemptions/movements.js';
import type { Figures } from './figures.js';
import type { ReferenceGroup } from './match.js';
import type { LedgerItem, MatchWindow, StatementLine } from './verdicts.js';

/** What a run pins, as its inputs are read by it. */
export interface PinnedInputs {
  readonly partner_id: string;
  readonly partner_statement_id: string;
  readonly watermark: number;
}

/** References a portion: a few milliseconds' work. */
const portion = 250;

/**
 * The movements within a window, up to an entry. Days sum up which entries posted to the partner's account, the journal says which
 * references those were, and what they moved is then the redemptions' own word. Each leaf is parsed once, whatever plan is made: a join
 * upon the expression would parse it again for every pair while the tables are new and have no statistics.
 */
const ledgerSide = `
  with p as materialized (
    select p.entry, e.leaf::json ->> 'reference' as reference
    from (${postingEntries}) p
    join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
      and e.kind in ${movingKindsSql}
  )
  select r.partner_reference,
    json_agg(json_build_array(r.redemption_id, m.points, m.amount_cny, m.effective_on, m.entry)) as items
  from p
  join timebank.redemptions r on r.ledger_id = $1 and r.partner_id = $7 and r.partner_reference = p.reference
  cross join lateral ${movementRows}
  where m.entry::bigint = p.entry
  group by r.partner_reference`;

/** Both sides as lists by reference; sorted by bytes, as the results are stored. */
const statement = `
  select coalesce(m.partner_reference, l.partner_reference) as reference, m.items, l.lines
  from (${ledgerSide}) m
  full join (
    select partner_reference,
      json_agg(json_build_array(line, points::text, amount_cny::text, booked_on, type)) as lines
    from timebank.partner_statement_lines
    where ledger_id = $1 and partner_statement_id = $6::text::uuid
    group by partner_reference
  ) l on l.partner_reference = m.partner_reference
  order by coalesce(m.partner_reference, l.partner_reference) collate "C"`;

type ItemColumns = readonly [redemption: string, points: string, cny: string, effectiveOn: string, entry: string];
type LineColumns = readonly [line: number, points: string, cny: string, bookedOn: string, type: string];

/** Every reference of either side, in the order of their bytes, some at a time. */
export async function* readGroups(
  sql: Pick<Sql, 'unsafe'>,
  ledgerId: number,
  run: PinnedInputs,
  window: MatchWindow,
): AsyncGenerator<readonly ReferenceGroup[]> {
  const parameters = [
    ledgerId,
    redeemedAccount(run.partner_id),
    window.earliest,
    window.latest,
    String(run.watermark),
    run.partner_statement_id,
    run.partner_id,
  ];
  let last = '';
  for await (const rows of portionsOf(sql.unsafe(statement, parameters), portion)) {
    const groups = rows.map(groupOf);
    for (const { reference } of groups) {
      // References are ASCII, so the order of code units is the order of bytes.
      if (reference <= last)
        throw new DamagedData({
          en: `reference ${reference} came after ${last}: the match needs them in order`,
          zh: `流水号 ${reference} 排在 ${last} 之后：对账须按顺序读取`,
        });
      last = reference;
    }
    yield groups;
  }
}

function groupOf(row: Readonly<Record<string, unknown>>): ReferenceGroup {
  const reference = row['reference'] as string;
  const items = (row['items'] as ItemColumns[] | null) ?? [];
  const lines = (row['lines'] as LineColumns[] | null) ?? [];
  return {
    reference,
    items: items.map((columns) => itemOf(reference, columns)),
    lines: lines.map((columns) => lineOf(reference, columns)),
  };
}

function itemOf(reference: string, [redemption, points, cny, effectiveOn, entry]: ItemColumns): LedgerItem {
  return {
    redemption_id: redemption,
    partner_reference: reference,
    points: BigInt(points),
    amountCny: BigInt(cny),
    effectiveOn,
    entries: [entry],
  };
}

function lineOf(reference: string, [line, points, cny, bookedOn, type]: LineColumns): StatementLine {
  return {
    line,
    partner_reference: reference,
    booked_on: bookedOn,
    points: BigInt(points),
    amountCny: BigInt(cny),
    type: type === 'refund' ? 'refund' : 'redeem',
  };
}

/** The third side of a match: what the books have on the partner's accounts within the period, up to the watermark. */
export async function readBooks(
  sql: Pick<Sql, 'unsafe'>,
  ledgerId: number,
  run: PinnedInputs,
  { first: from, last: to }: MatchWindow,
): Promise<Figures> {
  const request = { from, to, kinds: movingKinds, atEntry: run.watermark };
  const points = await sumPostings(sql, ledgerId, { ...request, account: redeemedAccount(run.partner_id) });
  const amountCny = await sumPostings(sql, ledgerId, { ...request, account: payableAccount(run.partner_id) });
  return { points, amountCny };
}
