/** A town of four who serve each other at random, rules at random, and what a dry run says of it. */
import type { Test } from 'tap';
import type { Lane } from '../../../../src/ledger/lane.js';
import type { RuleValues } from '../../../../src/timebank/credit/rule-set.js';
import { freeHolds } from '../../../../src/timebank/free-holds.js';
import { claimKin, verifyKin } from '../../../../src/timebank/people/kin.js';
import { transferMember } from '../../../../src/timebank/people/member-changes.js';
import { registerOrgUnit } from '../../../../src/timebank/people/org-units.js';
import { correctService } from '../../../../src/timebank/service/corrections/correction.js';
import type { DryRunResult } from '../../../../src/timebank/service/dry-run/dry-run.js';
import type { Visit } from '../../../../src/timebank/service/post-record.js';
import { recordService } from '../../../../src/timebank/service/service-records.js';
import { readBlob } from '../../../../src/work/blobs.js';
import { type Books, books, run } from '../../../support/books.js';
import { carryOut } from '../../../support/jobs.js';
import { type Random, shuffled } from '../../../support/random.js';
import { enrol, must, settle } from '../../../support/story.js';

const people = ['A', 'B', 'C', 'D'];
const programme = (id: string) => ({ programme: id, name_zh: '邻里关爱行动', name_en: 'Neighbours' });

/** Rules that have little in common with those in force. */
export function draftOf(random: Random): Partial<RuleValues> {
  return {
    rounding_step: random.pick(['0.25', '0.50', '1.00']),
    cap_visit: random.pick(['1.00', '2.00', '3.00']),
    cap_day: random.pick(['3.00', '4.00']),
    cap_week: random.pick(['4.00', '8.00']),
    minting_grades: random.pick([['A'], ['A', 'B'], ['A', 'B', 'C']]),
    presence_min_percent: random.pick([0, 60, 90]),
    earn_from_kin: random.pick([true, false]),
    holding_cap: random.pick(['4.00', '1500.00']),
    service_coefficients: { errand: '1.00', companionship: random.pick(['0.80', '1.00', '1.50']) },
    visit_coins: random.pick([{}, { companionship: '1.25' }]),
    once_service_types: random.pick([[], ['companionship']]),
    calendar_bound: random.pick([
      {},
      { errand: { hours: [{ weekday: 3, from: '00:00', to: '24:00' }], units: ['XC'] } },
    ]),
    further_caps: random.pick<RuleValues['further_caps']>([
      [],
      [
        { per: 'pair', within: 'week', coins: null, records: 2 },
        { per: 'member', within: 'month', coins: '6.00', records: null },
      ],
      [
        { per: 'unit', units: ['XC-01', 'XC-02'], within: 'week', coins: '3.50', records: 4 },
        { per: 'member', within: 'month', coins: '6.00', records: null },
        { per: 'unit', units: ['XC'], within: 'month', coins: '20.00', records: null },
      ],
    ]),
    budgets: random.pick<RuleValues['budgets']>([
      [],
      [
        { ...programme('company'), service_types: ['companionship'], within: 'month', coins: '2.50' },
        { ...programme('all'), service_types: ['companionship', 'errand'], within: 'whole', coins: '18.00' },
      ],
    ]),
    professional_service_types: {},
    service_categories: {},
  };
}

const times = ['06:00', '09:00', '12:00', '15:00', '18:00'];

export function visitOf(random: Random, number: number): Visit {
  const [volunteer = '', recipient = ''] = shuffled(people, random);
  const day = String(1 + random.below(28)).padStart(2, '0');
  const start = Date.parse(`2026-10-${day}T${random.pick(times)}:00+08:00`);
  const after = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
  const lasted = 5 + random.below(170);
  return {
    external_id: `V${String(number).padStart(3, '0')}`,
    ...{ volunteer, recipient, recorded_by: 'XC' },
    service_type: random.pick(['errand', 'errand', 'companionship']),
    proof_grade: random.pick(['A', 'A', 'B', 'C']),
    ...{ planned_start: after(0), check_in: after(0), check_out: after(lasted) },
    planned_end: after(random.pick([lasted, 60, 120])),
  };
}

/** Who belongs where from which day on; before that, to the county itself. */
const moves = [
  ['A', '2026-10-01', 'XC-01-01'],
  ['B', '2026-10-01', 'XC-02'],
  ['B', '2026-10-12', 'XC-01'],
  ['B', '2026-10-20', 'XC'],
  ['C', '2026-10-05', 'XC-02'],
] as const;

/** Where somebody belonged on a day, and all above it. */
export function homeInTown(member: string, day: string): readonly string[] {
  const unit = moves.findLast(([id, from]) => id === member && from <= day)?.[2] ?? 'XC';
  return { XC: ['XC'], 'XC-01': ['XC-01', 'XC'], 'XC-02': ['XC-02', 'XC'], 'XC-01-01': ['XC-01-01', 'XC-01', 'XC'] }[
    unit
  ];
}

export async function town(t: Test): Promise<Books> {
  const b = await books(t);
  await settle(b.lane);
  for (const id of people) await enrol(b.lane, id, '俞水英', 0n);
  for (const [external_id, parent_external_id, level] of [
    ['XC-01', 'XC', 'subdistrict'],
    ['XC-01-01', 'XC-01', 'community'],
    ['XC-02', 'XC', 'subdistrict'],
  ] as const)
    await must(b.lane, (stage) =>
      registerOrgUnit(stage, { external_id, parent_external_id, level, name: external_id }),
    );
  for (const [id, effectiveOn, unit] of moves)
    await must(b.lane, (stage) => transferMember(stage, { id, reach: null, unit, effectiveOn }));
  const kin = { member: 'A', relative: 'B', reach: null } as const;
  const claim = { ...kin, relation: 'spouse', evidence: '户口簿', most: 3, actor: 'operator:one' } as const;
  await must(b.lane, (stage) => claimKin(stage, claim));
  await must(b.lane, (stage) => verifyKin(stage, { ...kin, elderConsentOn: '2026-01-01', actor: 'operator:two' }));
  return b;
}

export const record = (lane: Lane, visit: Visit) => run(lane, (stage) => recordService(stage, visit, 'operator:wang'));

export async function annul(lane: Lane, id: string): Promise<void> {
  const fields = { annul: true, reason: '记错了' } as const;
  for (const actor of ['operator:one', 'operator:two'])
    await must(lane, (stage) => correctService(stage, { id, fields, newId: 'none', freeHolds, actor, reach: null }));
}

/** The lines of a dry run, by record, with what it comes to. */
export async function tried(b: Books, input: object) {
  const job = await carryOut(b, { kind: 'rule_set_dry_run', input });
  if (job.state !== 'done') throw new Error(JSON.stringify(job.problem));
  const text = (await readBlob(b.owner, b.lane.facts.id, job.id)).toString();
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const columns = head.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell])));
  return { result: job.result as DryRunResult, rows };
}
