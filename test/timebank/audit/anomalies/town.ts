/** A small town for the checks on what looks wrong: who lives there, what they give each other, and what a check finds. */
import type { Test } from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import type { AnomalyCode } from '../../../../src/timebank/anomaly-words.js';
import { checksOf } from '../../../../src/timebank/audit/anomalies/checks.js';
import { type Anomaly, findAnomalies, questionOf } from '../../../../src/timebank/audit/anomalies/reads.js';
import { type AnomalyRules, pilotAnomalyRules } from '../../../../src/timebank/credit/anomaly-rules.js';
import { mergeMembers } from '../../../../src/timebank/credit/member-merge.js';
import { freeHolds, refuseHeld } from '../../../../src/timebank/free-holds.js';
import { refuseServedTwice } from '../../../../src/timebank/service/served-twice.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { type Books, books, fixedClock, run } from '../../../support/books.js';
import { enrol, must, settle } from '../../../support/story.js';

export interface Town extends Books {
  readonly advance: (milliseconds: number) => void;
  /** `visit('V1', 'M1', 'M2', '10-05 09:00:00', '10:00:00')`: M1 serves M2, and it ends on the same day unless the end names another. */
  readonly visit: (
    id: string,
    volunteer: string,
    recipient: string,
    from: string,
    to: string,
    by?: string,
  ) => Promise<void>;
  /** What a check finds of a range, a line each: `M1 M2: records 3, hours 3.00 <- V1 V2 V3`. */
  readonly found: (
    code: AnomalyCode,
    changed?: Partial<AnomalyRules>,
    range?: readonly [string, string],
  ) => Promise<string[]>;
  readonly anomalies: (
    code: AnomalyCode,
    changed?: Partial<AnomalyRules>,
    range?: readonly [string, string],
  ) => Promise<Anomaly[]>;
}

/** The year in which everything happens. */
const year = ['2026-01-01', '2026-12-31'] as const;

/** M1 to M6, of whom M1 and M2 have 500 points from elsewhere and the others 100; a bank. It is nine in the morning of 2 November 2026. */
export async function town(t: Test): Promise<Town> {
  const time = fixedClock();
  const set = await books(t, { clock: time.clock });
  await settle(set.lane);
  for (const id of ['M3', 'M4', 'M5', 'M6']) await enrol(set.lane, id, '俞水英', 100n);
  const anomalies: Town['anomalies'] = async (code, changed = {}, [from, to] = year) => {
    const [check] = checksOf(code, true);
    if (!check) throw new Error(`there is no check ${code}`);
    const question = await questionOf(set.owner, 1, {
      range: { from, to },
      rules: { ...pilotAnomalyRules, ...changed },
      zone: 'Asia/Shanghai',
      reach: null,
    });
    const { count, found } = await findAnomalies(set.owner, 1, check, question, { after: null, limit: 100 });
    t.equal(count, found.length, `${code}: all are counted`);
    return found;
  };
  return {
    ...set,
    advance: time.advance,
    visit: (id, volunteer, recipient, from, to, by = 'operator:test') => {
      const at = (moment: string) => {
        const [day, clock] = moment.includes(' ') ? moment.split(' ') : [from.split(' ')[0], moment];
        return `2026-${day}T${clock}+08:00`;
      };
      const [start, end] = [at(from), at(to)];
      const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
      const visit = {
        external_id: id,
        volunteer,
        recipient,
        service_type: 'errand',
        ...times,
        proof_grade: 'A',
        recorded_by: 'XC',
      } as const;
      return must(set.lane, (stage) => recordService(stage, visit, by).record.entry).then(() => {});
    },
    anomalies,
    found: async (...asked) => (await anomalies(...asked)).map(lineOf),
  };
}

function lineOf({ subjects, figures, records }: Anomaly): string {
  const measured = figures.map(({ name, value }) => `${name} ${value}`).join(', ');
  return `${subjects.map(({ id }) => id).join(' ')}: ${measured} <- ${records.join(' ')}`;
}

/** `id` turns out to be `into`, say two people. */
export async function merge(lane: Lane, id: string, into: string): Promise<void> {
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice };
  for (const actor of ['operator:first', 'operator:second']) {
    const { code } = await run(lane, (stage) => mergeMembers(stage, { id, into, reach: null, actor, ...holds }));
    if (code !== undefined) throw new Error(`refused: ${code}`);
  }
}
