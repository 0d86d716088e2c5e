/**
 * The past of volunteers, person by person, as the books have it: every record that counts with what it brought, in the order of service, and
 * what of the person's kin, levels and coins bears on it. Some hundred people are read at a time, so that it takes little memory however long the
 * past is. It judges nothing.
 */
import type { TransactionSql } from 'postgres';
import type { Kin } from '../../people/kin-history.js';
import { withinSql } from '../../people/reach.js';
import type { LevelChange } from '../../people/talents/level-on.js';
import { unitOnSql } from '../../people/unit-on.js';
import type { ProofGrade } from '../../service-words.js';

/** A record that counts. People are named by the id that they have now; amounts are hundredths, with what was recomputed. */
export interface PastRecord {
  readonly id: string;
  readonly recipient: string | null;
  /** Everybody who received it. */
  readonly recipients: readonly string[];
  readonly serviceType: string;
  readonly grade: ProofGrade;
  /** Microseconds. */
  readonly began: bigint;
  readonly present: bigint;
  readonly planned: bigint;
  readonly servedOn: string;
  readonly week: string;
  readonly recordedBy: string;
  readonly station: string | null;
  /** Where the volunteer belonged on that day; null: nobody asked. */
  readonly unit: string | null;
  /** Under which limits that many share it counts, by their names, and with how many coins. */
  readonly counted: readonly { readonly limit: string; readonly coins: bigint }[];
  readonly ruleSet: string;
  /** Somebody paid for it: it minted nothing. */
  readonly paid: boolean;
  readonly hours: bigint;
  readonly coins: bigint;
  readonly toPool: bigint;
  readonly differences: ReadonlyMap<string, bigint>;
}

export interface PastPerson {
  readonly id: string;
  readonly unit: string;
  readonly records: readonly PastRecord[];
  /** By the id that the other one has now. */
  readonly kin: ReadonlyMap<string, readonly Kin[]>;
  readonly levels: readonly LevelChange[];
  /** What came to the purse of coins on each day by anything but service, or left it; oldest first. Empty where no holding cap can bind. */
  readonly movements: readonly Movement[];
}

export interface Movement {
  readonly day: string;
  readonly amount: bigint;
}

export interface PastQuery {
  readonly ledgerId: number;
  /** Members of this unit and of those below; null: all. */
  readonly unit: string | null;
  /** Records up to this day of service. */
  readonly to: string;
  /** What a member can hold, and one record mint at most: where they cannot meet, no purse is read. */
  readonly holdingCap: bigint;
  readonly capVisit: bigint;
  /** Whether it is asked which limits that many share a record falls under. */
  readonly limited: boolean;
}

/** People read at a time. */
const peopleAtOnce = 500;

const nowIs = (column: string) =>
  `coalesce((select n.merged_into from timebank.members n where n.ledger_id = $1 and n.member_id = ${column}), ${column})`;

const peopleSql = `select m.member_id as id, m.org_unit_id as unit, coalesce(m.merged_from, '') as former
  from timebank.members m
  where m.ledger_id = $1 and m.merged_into is null and m.member_id > $2 and ${withinSql('m.org_unit_id', '$3')}
  order by m.member_id limit $4`;

const microseconds = (interval: string) => `(extract(epoch from ${interval}) * 1000000)::bigint::text`;

const recordsSql = `select r.volunteer_id as volunteer, r.service_record_id as id,
    ${nowIs('r.recipient_id')} as recipient, r.service_type, r.proof_grade as grade,
    ${microseconds('r.check_in')} as began, ${microseconds('r.check_out - r.check_in')} as present,
    ${microseconds('r.planned_end - r.planned_start')} as planned,
    r.served_on::text as served_on, r.week::text as week, r.recorded_by, o.station_id as station, r.rule_set,
    case when $4::text::boolean then (select ${unitOnSql('m', 'r.served_on')} from timebank.members m
      where m.ledger_id = $1 and m.member_id = r.volunteer_id) end as unit,
    case when $4::text::boolean then (select string_agg(concat_ws(' ', l.limit_kind, l.limit_of, l.within, l.first_on, l.coins), ',')
      from timebank.limit_records l
      where l.ledger_id = $1 and l.service_record_id = r.service_record_id and l.counted) end as counted, r.funding is not null as paid,
    r.hours::text as hours, r.coins::text as coins, r.to_pool::text as to_pool, concat_ws(',', d.differences, c.others) as differences, c.changes,
    case when r.order_id is not null then (select string_agg(${nowIs('p.member_id')}, ' ') from timebank.order_people p
      where p.ledger_id = $1 and p.order_id = r.order_id and p.role = 'recipient') end as recipients
  from timebank.service_records r
  left join timebank.orders o on o.ledger_id = $1 and o.order_id = r.order_id
  left join lateral (select string_agg(s.code || ' ' || s.amount, ',') as differences from timebank.service_differences s
    where s.ledger_id = $1 and s.service_record_id = r.service_record_id) d on true
  left join lateral (select concat_ws(' ', sum(x.coins), sum(x.to_pool), sum(x.cap_day), sum(x.cap_week), sum(x.rounding_carry)) as changes,
      string_agg(x.others, ',') as others
    from timebank.service_recomputations x where x.ledger_id = $1 and x.service_record_id = r.service_record_id) c on true
  where r.ledger_id = $1 and r.volunteer_id = any(string_to_array($2, ' ')) and r.served_on <= $3::text::date
    and not exists (select from timebank.service_corrections z where z.ledger_id = $1
      and z.service_record_id = r.service_record_id and z.status = 'carried_out')
  order by r.check_in, r.service_record_id`;

const kinSql = `select k.member_id, k.relative_id, k.relation, k.former, k.claimed_at::text as claimed_at, k.verified_by,
    k.ended_on::text as ended_on, k.end_reason, ${nowIs('k.member_id')} as member_now, ${nowIs('k.relative_id')} as relative_now
  from timebank.kin k
  where k.ledger_id = $1
    and (k.member_id = any(string_to_array($2, ' ')) or k.relative_id = any(string_to_array($2, ' ')))`;

const levelsSql = `select t.member_id, t.registry, t.change, t.level, t.effective_on::text as effective_on, t.entry::float8 as entry
  from timebank.talent_changes t where t.ledger_id = $1 and t.member_id = any(string_to_array($2, ' '))`;

/** The purses of coins of these members. */
const purses = `a.ledger_id = $1 and a.code in (select 'member:' || i || ':coins' from unnest(string_to_array($2, ' ')) i)`;
const owner = `split_part(a.code, ':', 2)`;

const creditsSql = `select ${owner} as member_id, a.credits::text as credits from timeledger.accounts a where ${purses}`;

const movementsSql = `select ${owner} as member_id, e.effective_on::text as day, sum(-p.amount)::text as amount
  from timeledger.accounts a
  join timeledger.postings p on p.ledger_id = $1 and p.account_id = a.account_id
  join timeledger.entries e on e.ledger_id = $1 and e.number = p.entry
  left join timeledger.entries v on v.ledger_id = $1 and v.number = e.reverses
  where ${purses} and coalesce(v.kind, e.kind) not in ('service_recorded', 'service_recomputed')
  group by 1, 2`;

/** Everybody, by id, some at a time; also those who have given nothing. The next are read while these are used. */
export async function* readPast(sql: TransactionSql, query: PastQuery): AsyncGenerator<readonly PastPerson[]> {
  let next = readPeople(sql, query, '');
  for (;;) {
    const people = await next;
    const last = people.at(-1);
    if (!last) return;
    next = readPeople(sql, query, last.id);
    // Who stops reading does not wait for it.
    next.catch(() => {});
    yield people;
  }
}

/** Some people from after an id on. */
async function readPeople(sql: TransactionSql, query: PastQuery, after: string): Promise<readonly PastPerson[]> {
  const { ledgerId, unit, to, holdingCap, capVisit, limited } = query;
  const people = await sql.unsafe(peopleSql, [ledgerId, after, unit, peopleAtOnce], { prepare: true });
  const personOf = new Map<string, string>();
  for (const { id, former } of people)
    for (const one of [id, ...former.split(' ').filter(Boolean)]) personOf.set(one, id);
  const read = (statement: string, of: Iterable<string>, ...more: string[]) =>
    sql.unsafe(statement, [ledgerId, [...of].join(' '), ...more], { prepare: true });
  const ids = personOf.keys.bind(personOf);
  const ofMember = ({ member_id }: Row) => personOf.get(member_id);
  const [given, related, changed, received] = await Promise.all([
    read(recordsSql, ids(), to, String(limited)),
    read(kinSql, ids()),
    read(levelsSql, ids()),
    read(creditsSql, ids()),
  ]);
  const records = grouped(given, ({ volunteer }) => personOf.get(volunteer));
  const kin = grouped(related, ({ member_now, relative_now }) => [member_now, relative_now]);
  const levels = grouped(changed, ofMember);
  const credits = grouped(received, ofMember);
  const mayBind = [...ids()].filter((id) => {
    const person = personOf.get(id) ?? id;
    const sum = (credits.get(person) ?? []).reduce((total, one) => total + BigInt(one['credits']), 0n);
    return sum + BigInt(records.get(person)?.length ?? 0) * capVisit > holdingCap;
  });
  const movements = grouped(mayBind.length === 0 ? [] : await read(movementsSql, mayBind), ofMember);
  return people.map(({ id, unit: home }) => ({
    id,
    unit: home,
    records: (records.get(id) ?? []).map(recordOf),
    kin: kinOf(id, kin.get(id) ?? []),
    levels: (levels.get(id) ?? []) as unknown as LevelChange[],
    movements: (movements.get(id) ?? [])
      .map(({ day, amount }) => ({ day, amount: BigInt(amount) }))
      .sort((one, other) => (one.day < other.day ? -1 : 1)),
  }));
}

/** Relations of a person, by who the other one is. */
function kinOf(id: string, rows: readonly Row[]): ReadonlyMap<string, readonly Kin[]> {
  const others = grouped(rows, ({ member_now, relative_now }) => (member_now === id ? relative_now : member_now));
  return others as unknown as ReadonlyMap<string, readonly Kin[]>;
}

// biome-ignore lint/suspicious/noExplicitAny: columns are as the statement says
type Row = Record<string, any>;

function grouped<R extends Row>(
  rows: readonly R[],
  keysOf: (row: R) => string | readonly string[] | undefined,
): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    for (const key of new Set([keysOf(row) ?? []].flat())) {
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    }
  }
  return groups;
}

function recordOf(row: Row): PastRecord {
  const [coins = 0n, toPool = 0n, capDay = 0n, capWeek = 0n, carried = 0n] = bigints(row['changes']);
  const differences = new Map<string, bigint>();
  const add = (code: string, amount: bigint) => {
    const sum = (differences.get(code) ?? 0n) + amount;
    if (sum === 0n) differences.delete(code);
    else differences.set(code, sum);
  };
  for (const one of (row['differences'] ?? '').split(',')) {
    if (one === '') continue;
    const [code, amount] = one.split(' ');
    add(code, BigInt(amount));
  }
  add('cap_day', capDay);
  add('cap_week', capWeek);
  add('rounding_carry', carried);
  add('holding_cap', toPool);
  return {
    id: row['id'],
    recipient: row['recipient'],
    recipients: row['recipients']?.split(' ') ?? (row['recipient'] === null ? [] : [row['recipient']]),
    serviceType: row['service_type'],
    grade: row['grade'],
    began: BigInt(row['began']),
    present: BigInt(row['present']),
    planned: BigInt(row['planned']),
    servedOn: row['served_on'],
    week: row['week'],
    recordedBy: row['recorded_by'],
    station: row['station'],
    unit: row['unit'],
    counted: countedOf(row['counted']),
    ruleSet: row['rule_set'],
    paid: row['paid'],
    hours: BigInt(row['hours']),
    coins: BigInt(row['coins']) + coins,
    toPool: BigInt(row['to_pool']) + toPool,
    differences,
  };
}

/** `programme civic-saturday month 2026-10-01 150,...` */
function countedOf(text: string | null) {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((one) => {
      const at = one.lastIndexOf(' ');
      return { limit: one.slice(0, at), coins: BigInt(one.slice(at + 1)) };
    });
}

const bigints = (text: string | null) => (text ? text.split(' ').map(BigInt) : []);
