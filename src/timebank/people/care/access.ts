/** Who read what of the care registry: an entry of its own for each reading, written before the answer is sent. It knows no reader's rights. */
import type { Pool } from '../../../db/connect.js';
import { instantColumn } from '../../../db/instants.js';
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import type { TimebankKind } from '../../chart.js';
import type { CareReadKind, CareReadPurpose } from '../../community-words.js';
import { idsOfPerson } from '../member-reads.js';
import { careReadRows } from './rows.js';

export interface CareRead {
  readonly kind: CareReadKind;
  /** About whom; null for a list. */
  readonly member: string | null;
  /** What a list was narrowed by, as a query; null: by nothing. */
  readonly asked: string | null;
  /** What for, if that was said. */
  readonly purpose: CareReadPurpose | null;
}

/** Also of what turns out not to be there: that somebody is not in the registry is an answer, too. Refuses what `Stage.post` refuses. */
export function recordCareRead(stage: Stage, read: CareRead): StagedEntry {
  const { member, ...what } = read;
  const row = {
    ...what,
    member_id: member,
    actor: stage.actingAs,
    at: stage.instant,
    salt: newSalt(),
  };
  return stage.post({ kind: 'care_registry_read' satisfies TimebankKind, rows: [change(careReadRows, row)] });
}

export interface CareReadView extends CareRead {
  readonly actor: string;
  readonly at: string;
  readonly entry: string;
}

/** Readings, oldest first, from after an entry on; `member` narrows to those about one person. */
export async function listCareReads(
  sql: Pool,
  ledgerId: number,
  page: { member: string | null; after: string; limit: number },
): Promise<CareReadView[]> {
  const parameters: (string | number)[] = [ledgerId, page.after || '0', page.limit];
  // A condition that is not asked for is left out, so that the others can use their index.
  const asked = page.member === null ? '' : `$${parameters.push(page.member)}::text`;
  const about = asked === '' ? '' : `and (r.member_id = ${asked} or r.member_id = any(${idsOfPerson(asked)}))`;
  const rows = await sql.unsafe(
    `select r.kind, r.member_id as member, r.asked, r.purpose, r.actor, ${instantColumn('r.at')} as at, r.entry::text as entry
     from timebank.care_reads r where r.ledger_id = $1 and r.entry > $2::text::bigint ${about}
     order by r.entry limit $3`,
    parameters,
    { prepare: true },
  );
  return rows as unknown as CareReadView[];
}
