/**
 * One record judged anew: what it brings more or less is posted by an entry of its own, and taken back by the reversal of that entry. Knows what is
 * to change, not why.
 */
import { change, type LegDraft, type RowChange, type StagedEntry } from '../../../ledger/drafts.js';
import { reverseEntry } from '../../../ledger/reversal.js';
import type { Stage } from '../../../ledger/stage.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import { creditMember, debitMember, divertToReceivable, type FreeHolds, freeIfShort } from '../../credit/receivable.js';
import type { Figures } from '../../credit/recompute.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { rulesNamed } from '../../credit/rules-in-force.js';
import { type Member, requireMember } from '../../people/members.js';
import { memberRows } from '../../people/rows.js';
import { takeBackCarry } from '../corrections/recompute.js';
import { type Counted, countAs, haveRoom, limitsByRules, wasLimited } from '../limits/count.js';
import { serviceCorrectionRows, serviceRecomputationRows, serviceRecordRows } from '../rows.js';
import { figuresOf, isUndone, judgedBy, type ServiceRecord } from '../standing.js';
import type { RecordChange } from './changes.js';

const issuance = 'coin:issuance';

export interface Batch {
  readonly recomputation_id: string;
  /** By which its records are judged anew. */
  readonly rule_set: string;
}

/** Null: the record is not as it was when the change was proposed, or its volunteer was merged since, so that nothing comes of it. */
export function postChange(
  stage: Stage,
  batch: Batch,
  line: RecordChange,
  { except, freeHolds }: { readonly except: readonly string[]; readonly freeHolds: FreeHolds },
): StagedEntry | null {
  const record = standingAs(stage, line);
  if (!record) return null;
  const { changed, others, volunteer: memberId } = line;
  const missing = () => -(requireMember(stage, memberId).carry + changed.roundingCarry);
  takeBackCarry(stage, { of: record.service_record_id, memberId, except, freeHolds, onShort: carryGone }, missing);
  const coins = purseLegs(stage, memberId, changed.coins, freeHolds);
  return stage.post({
    kind: 'service_recomputed' satisfies TimebankKind,
    reference: record.service_record_id,
    control: true,
    ruleSet: batch.rule_set,
    legs: [...coins.legs, ...poolLegs(stage, batch, record, changed.toPool, freeHolds)],
    opens: coins.opens,
    rows: [
      ...countAs(stage, record, countedAfter(stage, batch, record, line)),
      ...rowsOf(requireMember(stage, memberId), {
        ...ofRecord(record),
        coins: changed.coins,
        to_pool: changed.toPool,
        cap_day: changed.capDay,
        cap_week: changed.capWeek,
        rounding_carry: changed.roundingCarry,
        other: others.reduce((sum, [, amount]) => sum + amount, 0n),
        others: others.map(([code, amount]) => `${code} ${amount}`).join(',') || null,
        rule_set: batch.rule_set,
        recomputation_id: batch.recomputation_id,
      }),
    ],
  });
}

/** Whether the limits that many members share have room for all lines of a volunteer: others may have taken it since they were computed. */
export function haveRoomFor(stage: Stage, batch: Batch, lines: readonly RecordChange[]): boolean {
  const rules = rulesNamed(stage, batch.rule_set);
  const records = lines.flatMap((line) => {
    const record = standingAs(stage, line);
    return record ? [{ record, ...countedAfter(stage, batch, record, line) }] : [];
  });
  return haveRoom(stage, rules, records);
}

/** How a record counts once a line is posted. */
function countedAfter(stage: Stage, batch: Batch, record: ServiceRecord, { standing, changed }: RecordChange): Counted {
  return {
    limits: limitsByRules(stage, rulesNamed(stage, batch.rule_set), record),
    minted: standing.coins + standing.toPool + changed.coins + changed.toPool,
  };
}

/**
 * Takes a change back, unless its record was corrected since, and with it what was recomputed of it, or was judged anew since: that began from this
 * change, and is undone first.
 */
export function undoChange(stage: Stage, entry: number, recordId: string, freeHolds: FreeHolds): StagedEntry | null {
  const row = stage.row(serviceRecomputationRows, recordId, String(entry));
  const record = stage.row(serviceRecordRows, recordId);
  if (!row || !record || isCorrected(stage, recordId)) return null;
  if (isUndone(stage, entry) || isJudgedAfter(stage, recordId, entry)) return null;
  const holder = holderOf(stage, record.volunteer_id);
  const { member_id: memberId } = holder;
  const missing = () => row.rounding_carry - requireMember(stage, memberId).carry;
  takeBackCarry(stage, { of: recordId, memberId, except: [recordId], freeHolds, onShort: carryGone }, missing);
  const opposite = {
    ...row,
    coins: -row.coins,
    to_pool: -row.to_pool,
    cap_day: -row.cap_day,
    cap_week: -row.cap_week,
    rounding_carry: -row.rounding_carry,
    other: row.other === null ? null : -row.other,
    others: row.others?.replace(/ (-?)(\d+)/g, (_, minus, amount) => (minus ? ` ${amount}` : ` -${amount}`)) ?? null,
  };
  const counts = countAgain(stage, record, row);
  // What moved nothing has nothing to reverse: the record is judged as before by a row of its own.
  if (row.coins === 0n && row.to_pool === 0n) {
    const ruleSet = judgedBefore(stage, record, entry);
    const rows = [...counts, ...rowsOf(requireMember(stage, memberId), { ...opposite, rule_set: ruleSet })];
    return stage.post({ kind: 'service_recomputed' satisfies TimebankKind, reference: recordId, ruleSet, rows });
  }
  const rows = [...counts, ...rowsOf(requireMember(stage, memberId), opposite)];
  return reverseEntry(stage, entry, {}, { divert: divertToReceivable(freeHolds), rowsOf: () => rows });
}

/** A record counts again as it did before a change, if there still is room. Refuses: `balance_insufficient`. */
function countAgain(
  stage: Stage,
  record: ServiceRecord,
  { coins, to_pool: toPool, entry = 0 }: { readonly coins: bigint; readonly to_pool: bigint; readonly entry?: number },
): RowChange[] {
  const rules = rulesBefore(stage, record, entry);
  if (rules === null) return [];
  const now = figuresOf(stage, record);
  const counted = { limits: limitsByRules(stage, rules, record), minted: now.coins + now.toPool - coins - toPool };
  if (counted.minted >= 0n && haveRoom(stage, rules, [{ record, ...counted }])) return countAs(stage, record, counted);
  throw new Refusal('balance_insufficient', {
    en: 'others have used what the limits had room for then',
    zh: '当时的上限或预算余量已被其他记录使用',
  });
}

/** Whether another recomputation stands on what an entry has made of a record; one that was undone has left two rows. */
function isJudgedAfter(stage: Stage, recordId: string, entry: number): boolean {
  const rows = stage.rows(serviceRecomputationRows, 'record', recordId).filter((one) => one.recomputation_id !== null);
  const countOf = (id: string | null) => rows.filter((one) => one.recomputation_id === id).length;
  return rows.some((one) => (one.entry ?? 0) > entry && countOf(one.recomputation_id) === 1);
}

/** The rules by which a record is judged once a change is undone; null: no limit that many share has ever had to do with it. */
export function rulesBefore(stage: Stage, record: ServiceRecord, entry: number): RuleSet | null {
  return wasLimited(stage, record) ? rulesNamed(stage, judgedBefore(stage, record, entry)) : null;
}

/** The rules by which a record was judged before an entry judged it anew. */
function judgedBefore(stage: Stage, record: ServiceRecord, entry: number): string {
  const before = stage
    .rows(serviceRecomputationRows, 'record', record.service_record_id)
    .filter((one) => one.rule_set !== null && (one.entry ?? 0) < entry && !isUndone(stage, one.entry ?? 0))
    .sort((one, other) => (one.entry ?? 0) - (other.entry ?? 0));
  return before.at(-1)?.rule_set ?? record.rule_set;
}

type RecomputationRow = Omit<ReturnType<typeof serviceRecomputationRows.decode>, 'entry'>;

function rowsOf(member: Member, row: RecomputationRow): RowChange[] {
  return [
    change(memberRows, { ...member, carry: member.carry + row.rounding_carry }),
    change(serviceRecomputationRows, row),
  ];
}

const ofRecord = ({ service_record_id, volunteer_id, week, served_on }: ServiceRecord) => ({
  service_record_id,
  volunteer_id,
  week,
  served_on,
});

/** What a change would take of the carry is not there any more, and nobody has minted of it. */
function carryGone(): never {
  throw new Refusal('balance_insufficient', {
    en: 'what was carried then is gone since',
    zh: '当时结转的零头此后已不存在',
  });
}

/** The record, if it stands as the line says and is of who the line says. */
export function standingAs(stage: Stage, { record: id, volunteer, standing }: RecordChange): ServiceRecord | null {
  const record = stage.row(serviceRecordRows, id);
  if (!record || isCorrected(stage, id)) return null;
  if (holderOf(stage, record.volunteer_id).member_id !== volunteer) return null;
  const now = figuresOf(stage, record);
  const same = (Object.keys(now) as (keyof Figures)[]).every((figure) => now[figure] === standing[figure]);
  return same ? record : null;
}

function isCorrected(stage: Stage, id: string): boolean {
  return stage.row(serviceCorrectionRows, id)?.status === 'carried_out';
}

/** The member who has what a volunteer has earned. */
function holderOf(stage: Stage, id: string): Member {
  const member = requireMember(stage, id);
  return member.merged_into === null ? member : requireMember(stage, member.merged_into);
}

function purseLegs(stage: Stage, memberId: string, coins: bigint, freeHolds: FreeHolds) {
  const purse = { memberId, purse: 'coins' } as const;
  if (coins >= 0n) return creditMember(stage, { ...purse, debit: issuance, amount: coins });
  return debitMember(stage, { ...purse, credit: issuance, amount: -coins }, freeHolds);
}

/** What went over the holding cap comes from, or goes to, the account that the rules name by which it was judged. */
function poolLegs(stage: Stage, batch: Batch, record: ServiceRecord, amount: bigint, freeHolds: FreeHolds): LegDraft[] {
  if (amount === 0n) return [];
  const { holding_cap_excess: pool } = rulesNamed(stage, amount > 0n ? batch.rule_set : judgedBy(stage, record));
  if (amount > 0n) return [{ debit: issuance, credit: pool, amount }];
  freeIfShort(stage, pool, -amount, freeHolds);
  return [{ debit: pool, credit: issuance, amount: -amount }];
}
