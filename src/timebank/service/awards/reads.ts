/** Reading rounds of awards with whom they found, what was objected and how the parties voted, and what members were awarded. */
import type { ISql } from 'postgres';
import type { Pool } from '../../../db/connect.js';
import { type TextRow, textColumns } from '../../../ledger/rows.js';
import { formatAmount } from '../../../lib/decimal.js';
import { nilId } from '../../../lib/ids.js';
import { type AwardParty, type AwardRoundState, awardMeasureScales, type RevocationState } from '../../award-words.js';
import { isMember } from '../../people/member-reads.js';
import { type Reach, withinSql } from '../../people/reach.js';
import { type AwardCriteria, criteriaOf } from './criteria.js';
import type { AwardObjection } from './objections.js';
import type { AwardRevocation } from './revocation.js';
import { type AwardRound, type AwardVote, roundNotFound, viewRound } from './round.js';
import { awardObjectionRows, awardRevocationRows, awardRoundRows, awardVoteRows } from './rows.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';

const prepared = { prepare: true } as const;
const columns = textColumns(awardRoundRows, 'r');

export interface RoundsAsked {
  readonly reach: Reach;
  readonly state: AwardRoundState | null;
  /** Only those of which notice was given. */
  readonly noticed: boolean;
}

/** SQL: a round that whoever asks sees; the parameters are how far they see, and whether only those of which notice was given. */
const seen = (reach: string, noticed: string) =>
  `${withinSql('r.org_unit_id', reach)} and (not ${noticed}::boolean or r.noticed_by is not null)`;

/** In the order in which they were opened, from after an id on, '' for the first page. */
export async function listRounds(
  sql: Pool,
  ledgerId: number,
  { reach, state, noticed }: RoundsAsked,
  { after, limit }: { readonly after: string; readonly limit: number },
) {
  const rows = await sql.unsafe(
    `select ${columns} from timebank.award_rounds r
     where r.ledger_id = $1 and r.round_id > $2::text::uuid and ${seen('$4', '$5')} and ($6::text is null or r.state = $6::text)
     order by r.round_id limit $3`,
    [ledgerId, after || nilId, limit, reach, noticed, state],
    prepared,
  );
  return rows.map((row) => viewRound(awardRoundRows.decode(row as TextRow) as AwardRound));
}

/** Refuses: `award_round_not_found`, also out of reach. */
export async function readRoundRow(
  sql: ISql,
  ledgerId: number,
  { id, reach, noticed }: { readonly id: string; readonly reach: Reach; readonly noticed: boolean },
): Promise<AwardRound> {
  const [row] = await sql.unsafe(
    `select ${columns} from timebank.award_rounds r where r.ledger_id = $1 and r.round_id = $2::text::uuid and ${seen('$3', '$4')}`,
    [ledgerId, id, reach, noticed],
    prepared,
  );
  if (!row) throw roundNotFound(id);
  return awardRoundRows.decode(row as TextRow) as AwardRound;
}

/** A candidate with what became of them. The name is that of now; null: erased. */
export interface CandidateView {
  readonly number: number;
  readonly member: string;
  readonly name: string | null;
  readonly place: number | null;
  readonly level: number | null;
  readonly value: string;
  readonly records: number;
  readonly reached_on: string;
  readonly removed: boolean;
  readonly awarded: boolean;
  readonly revocation: RevocationState | null;
}

export async function readCandidates(sql: Pool, ledgerId: number, round: AwardRound): Promise<CandidateView[]> {
  const rows = await sql.unsafe(
    `select c.number, c.member_id as member, p.name, c.place, c.level, c.value::text as value, c.records, c.reached_on::text as reached_on,
       exists (select from timebank.award_objections o where o.ledger_id = $1 and o.round_id = c.round_id and o.candidate = c.number
         and o.state = 'upheld') as removed,
       w.number is not null as awarded, v.state as revocation
     from timebank.award_candidates c
     join timebank.members m on m.ledger_id = $1 and m.member_id = c.member_id
     join timebank.persons p on p.ledger_id = $1 and p.member_id = coalesce(m.merged_into, m.member_id)
     left join timebank.awards w on w.ledger_id = $1 and w.round_id = c.round_id and w.number = c.number
     left join timebank.award_revocations v on v.ledger_id = $1 and v.round_id = c.round_id and v.number = c.number
     where c.ledger_id = $1 and c.round_id = $2::text::uuid order by c.number`,
    [ledgerId, round.round_id],
    prepared,
  );
  const scale = scaleOf(criteriaOf(round.criteria));
  return rows.map((row) => ({
    ...(row as unknown as CandidateView),
    value: formatAmount(BigInt(row['value']), scale),
  }));
}

/** Decimal places of what criteria measure. */
const scaleOf = (criteria: AwardCriteria) =>
  criteria.kind === 'ranking' ? awardMeasureScales[criteria.measure] : awardMeasureScales.hours;

/** In the order in which they were raised. */
export async function readObjections(sql: Pool, ledgerId: number, roundId: string) {
  const rows = await sql.unsafe(
    `select ${textColumns(awardObjectionRows, 'o')} from timebank.award_objections o
     where o.ledger_id = $1 and o.round_id = $2::text::uuid order by o.objection_id`,
    [ledgerId, roundId],
    prepared,
  );
  return rows.map((row) => viewObjection(awardObjectionRows.decode(row as TextRow) as AwardObjection));
}

function viewObjection(objection: AwardObjection) {
  const { objection_id: id, candidate, objector_id: member, state, words: text, answer } = objection;
  const { raised_by, raised_at, answered_by, answered_at, entry } = objection;
  return {
    ...{ id, candidate, member, state, text, answer },
    ...{ raised_by, raised_at, answered_by, answered_at, entry: String(entry) },
  };
}

export type ObjectionView = ReturnType<typeof viewObjection>;

export async function readVotes(sql: Pool, ledgerId: number, roundId: string) {
  const rows = await sql.unsafe(
    `select ${textColumns(awardVoteRows, 'v')} from timebank.award_votes v
     where v.ledger_id = $1 and v.round_id = $2::text::uuid order by v.voted_at, v.party`,
    [ledgerId, roundId],
    prepared,
  );
  return rows.map((row) => {
    const { party, approve, voted_by, voted_at } = awardVoteRows.decode(row as TextRow) as AwardVote;
    return { party: party as AwardParty, approve, voted_by, voted_at };
  });
}

/** What a round found, found again in the books as they stood at its entry. */
export function snapshotOf(sql: ISql, ledgerId: number, round: AwardRound): Promise<Snapshot> {
  const { org_unit_id: unit, from, to, at_entry: atEntry } = round;
  return takeSnapshot(sql, ledgerId, { criteria: criteriaOf(round.criteria), unit, from, to, atEntry });
}

/** What a member was awarded, under all their ids, from after `entry/number` on. */
export async function listMemberAwards(
  sql: Pool,
  ledgerId: number,
  page: { readonly id: string; readonly after: string; readonly limit: number },
) {
  const [entry = '0', number = '0'] = page.after.split('/');
  const rows = await sql.unsafe(
    `select w.entry::text as award_entry, w.number as award_number, w.member_id as holder, w.award, w.place, w.level, w.round_id::text as award_round,
       w.awarded_on::text as awarded_on, r.criteria, r.org_unit_id, ${textColumns(awardRevocationRows, 'v')}
     from timebank.awards w
     join timebank.award_rounds r on r.ledger_id = $1 and r.round_id = w.round_id
     left join timebank.award_revocations v on v.ledger_id = $1 and v.round_id = w.round_id and v.number = w.number
     where w.ledger_id = $1 and ${isMember('w.member_id')} and (w.entry, w.number) > ($3::text::bigint, $4::text::integer)
     order by w.entry, w.number limit $5`,
    [ledgerId, page.id, entry || '0', number, page.limit],
    prepared,
  );
  return rows.map(viewAward);
}

function viewAward(row: Record<string, string | number | null>) {
  const {
    award_entry: entry,
    award_number: number,
    holder: member,
    award,
    place,
    level,
    awarded_on,
    org_unit_id,
  } = row;
  const criteria = criteriaOf(row['criteria'] as string);
  const levels = criteria.kind === 'threshold' ? criteria.levels : [];
  return {
    round: row['award_round'] as string,
    ...{ award: award as string, name: criteria.name, place: place as number | null, level: level as number | null },
    level_name: levels.find((one) => one.level === level)?.name ?? null,
    member: member as string,
    org_unit: org_unit_id as string,
    awarded_on: awarded_on as string,
    number: number as number,
    revocation: row['state'] === null ? null : viewRevocation(awardRevocationRows.decode(row as TextRow)),
    entry: entry as string,
  };
}

function viewRevocation(revocation: Omit<AwardRevocation, 'entry'> & { readonly entry?: number }) {
  const { state, document, proposed_by, proposed_at, decided_by, decided_at } = revocation;
  return {
    ...{ state: state as RevocationState, document, proposed_by, proposed_at, decided_by, decided_at },
    entry: String(revocation.entry),
  };
}
