/**
 * Telephone numbers that an earlier version wrote into the person's row: sealed like any other, under the consent of the day on which the
 * person was registered. Numbers are looked at by the lane alone.
 */
import type { Pool } from '../../../db/connect.js';
import { change } from '../../../ledger/drafts.js';
import type { Lane } from '../../../ledger/lane.js';
import { runInLane } from '../../../ledger/run-in-lane.js';
import type { Stage } from '../../../ledger/stage.js';
import type { TimebankKind } from '../../chart.js';
import { personRows } from '../rows.js';
import type { PersonalKeys } from './personal-keys.js';
import { consentRows, personKeyRows, sealedFieldRows } from './rows.js';
import { generationRow, rowsOfValues, serviceConsent } from './sealed-fields.js';

/** Members that an entry seals: each takes four rows, whose digests must fit into the log. */
const membersAnEntry = 50;

interface Earlier {
  readonly member: string;
  /** When the person's row was written. */
  readonly day: string;
}

/** Seals the numbers of a ledger that are still to be sealed; returns how many there were. */
export async function sealEarlierPhones(sql: Pool, lane: Lane, keys: PersonalKeys, actor: string): Promise<number> {
  for (let sealed = 0; ; ) {
    const members = await readEarlier(sql, lane.facts.id);
    if (members.length === 0) return sealed;
    sealed += await runInLane(lane, { actor, weight: members.length }, (stage) => sealPhones(stage, keys, members));
  }
}

async function readEarlier(sql: Pool, ledgerId: number): Promise<Earlier[]> {
  const rows = await sql.unsafe(
    `select p.member_id as member, e.effective_on::text as day from timebank.persons p
     join timeledger.entries e on e.ledger_id = p.ledger_id and e.number = p.entry
     where p.ledger_id = $1 and p.phone is not null order by p.member_id limit $2`,
    [ledgerId, membersAnEntry],
    { prepare: true },
  );
  return rows as unknown as Earlier[];
}

/** How many were sealed: a number may have gone meanwhile. */
function sealPhones(stage: Stage, keys: PersonalKeys, members: readonly Earlier[]): number {
  stage.prefetch({
    rows: [
      generationRow,
      ...members.flatMap(({ member }) => [[personRows, member] as const, [personKeyRows, member] as const]),
    ],
    lists: members.flatMap(({ member }) => [
      [consentRows, 'member', member] as const,
      [sealedFieldRows, 'member', member] as const,
    ]),
  });
  const left = members.filter(({ member }) => stage.row(personRows, member)?.phone != null);
  const rows = left.flatMap(({ member, day }) => {
    const consents = stage.rows(consentRows, 'member', member);
    const known = consents.some(({ purpose }) => purpose === 'service');
    const phone = stage.row(personRows, member)?.phone ?? null;
    return [
      ...(known ? [] : [change(consentRows, serviceConsent(stage, member, consents.length + 1, day))]),
      ...rowsOfValues(stage, keys, member, { phone }),
    ];
  });
  if (rows.length > 0) stage.post({ kind: 'personal_data_recorded' satisfies TimebankKind, rows });
  return left.length;
}
