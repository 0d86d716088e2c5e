/** A small county in which everything has happened once: every table of the books has rows. */

import { randomUUID } from 'node:crypto';
import type { Pool } from '../../src/db/connect.js';
import { closePeriod, openAccount, postEntry } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import { reverseEntry } from '../../src/ledger/reversal.js';
import { newId } from '../../src/lib/ids.js';
import type { StatementUpload } from '../../src/timebank/audit/partner-statement-jobs.js';
import { jobOfRun } from '../../src/timebank/audit/reconciliations/complete.js';
import { startReconciliation } from '../../src/timebank/audit/reconciliations/run.js';
import { rejectAdjustment } from '../../src/timebank/credit/adjustments.js';
import { reportDeath } from '../../src/timebank/credit/closings/death.js';
import { approveLeaving, proposeLeaving } from '../../src/timebank/credit/closings/leaving.js';
import { mergeMembers } from '../../src/timebank/credit/member-merge.js';
import type { RuleValues } from '../../src/timebank/credit/rule-set.js';
import { approveRuleSet, proposeRuleSet, withdrawRuleSet } from '../../src/timebank/credit/rule-sets.js';
import { xinchangPilot1 as rules } from '../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds, refuseHeld } from '../../src/timebank/free-holds.js';
import type { ImportUpload } from '../../src/timebank/imports/import-jobs.js';
import { storeMapping } from '../../src/timebank/imports/mappings.js';
import { issueCredential } from '../../src/timebank/partners/credentials.js';
import { captureRedemption } from '../../src/timebank/partners/redemptions/capture.js';
import { refundRedemption } from '../../src/timebank/partners/redemptions/refund.js';
import { voidRedemption } from '../../src/timebank/partners/redemptions/release.js';
import { nominateBeneficiary } from '../../src/timebank/people/beneficiaries.js';
import { recordCareRead } from '../../src/timebank/people/care/access.js';
import { registerCareSubject } from '../../src/timebank/people/care/care.js';
import { recordCareVisit } from '../../src/timebank/people/care/visits.js';
import { claimKin, endKin, verifyKin } from '../../src/timebank/people/kin.js';
import {
  changeMemberState,
  renameMember,
  replaceMemberCard,
  transferMember,
} from '../../src/timebank/people/member-changes.js';
import { recordAccess } from '../../src/timebank/people/personal-data/access-log.js';
import { giveConsent } from '../../src/timebank/people/personal-data/consents.js';
import { erasePerson } from '../../src/timebank/people/personal-data/erasure.js';
import { rewrapKeys } from '../../src/timebank/people/personal-data/key-rotation.js';
import { recordPersonalData } from '../../src/timebank/people/personal-data/record-fields.js';
import { registerStation } from '../../src/timebank/people/stations/stations.js';
import { recordQualification } from '../../src/timebank/people/talents/qualifications.js';
import { registerSpecialty } from '../../src/timebank/people/talents/specialties.js';
import { recordTalentLevel, registerTalent } from '../../src/timebank/people/talents/talents.js';
import { joinTeam } from '../../src/timebank/people/teams/membership.js';
import { registerTeam } from '../../src/timebank/people/teams/teams.js';
import { issueCertificate } from '../../src/timebank/service/certificates/issue.js';
import { correctService, withdrawCorrection } from '../../src/timebank/service/corrections/correction.js';
import { approveLate } from '../../src/timebank/service/late-records.js';
import { issueCode } from '../../src/timebank/service/orders/code.js';
import { eraseEvidence, storeEvidence } from '../../src/timebank/service/orders/evidence.js';
import { acceptOffer, offerOrder } from '../../src/timebank/service/orders/offers.js';
import { placeOrder } from '../../src/timebank/service/orders/place.js';
import type { Asking } from '../../src/timebank/service/orders/who.js';
import { refuseServedTwice } from '../../src/timebank/service/served-twice.js';
import { recordService } from '../../src/timebank/service/service-records.js';
import { rowsWithoutTextsOf } from '../../src/timebank/service/texts-about.js';
import type { Books } from './books.js';
import { carryOut, storeFile } from './jobs.js';
import { personalKeys } from './personal-keys.js';
import { award } from './populate-awards.js';
import { fromElsewhere, give, grant, spotCheck } from './populate-credit.js';

import { adoptRules } from './rules.js';
import { adjust, enrol, must, partner, propose, redeem, settle } from './story.js';

/** Rules of a unit and a programme, some that begin some day, and some that never do. */
async function otherRules(lane: Lane): Promise<void> {
  await adoptRules(lane, limits, '2026-10-05');
  for (const [version, decide] of [
    [2, withdrawRuleSet],
    [3, approveRuleSet],
  ] as const) {
    const request = { ruleSet: rules.id, effectiveFrom: '2027-01-01', values: { cap_week: '8.00' }, document: null };
    await must(lane, (stage) => proposeRuleSet(stage, request, 'operator:test'));
    await must(lane, (stage) => decide(stage, { ruleSet: rules.id, version, actor: 'operator:second' }));
  }
}

const limits: Partial<RuleValues> = {
  further_caps: [{ per: 'unit', units: ['XC'], within: 'month', coins: '100.00', records: 90 }],
  budgets: [
    {
      ...{ programme: 'errands', name_zh: '跑腿代办服务', name_en: 'Errands', service_types: ['errand'] },
      ...{ within: 'whole', coins: '100.00' },
    },
  ],
};

/** Every command once, so that every table has at least one row. */
export async function populate(books: Books): Promise<void> {
  const { lane, owner } = books;
  await settle(lane);
  await must(lane, (stage) =>
    issueCredential(stage, {
      role: 'partner',
      subject: partner,
      clientId: 'xinchang.xc-bank.1',
      secret: 's'.repeat(43),
    }),
  );
  await must(lane, (stage) =>
    openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability', floor: '0.00', ceiling: '90.00' }),
  );
  await must(lane, (stage) => openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'expense' }));
  const legs = [{ debit: 'test:source', credit: 'test:a', amount: '1.50' }];
  const entry = await must(
    lane,
    (stage) => postEntry(stage, { kind: 'adjustment', legs, reference: 'DOC 1', description: 'by hand' }).number,
  );
  await must(lane, (stage) => reverseEntry(stage, entry, {}).number);
  await otherRules(lane);
  await adjust(lane, [{ debit: 'coin:issuance', credit: 'pool:community', amount: '2.00' }]);
  const refused = await propose(lane, [{ debit: 'coin:issuance', credit: 'member:M1:coins', amount: '7.00' }]);
  await must(lane, (stage) =>
    rejectAdjustment(stage, rules, refused, { rejectedBy: 'operator:second', reason: 'not that many' }),
  );
  await must(lane, (stage) => recordService(stage, visit, 'operator:test'));
  await lookAfter(lane);
  await order(lane);
  await redeem(lane, 'R1', true);
  const held = await redeem(lane, 'R2', false);
  const id = held.redemption.redemption_id;
  await must(lane, (stage) =>
    captureRedemption(stage, rules, { id, partnerId: partner, points: 20n, effectiveAt: '2026-10-06T10:00:00+08:00' }),
  );
  await must(lane, (stage) => voidRedemption(stage, rules, id, partner));
  await must(lane, (stage) =>
    refundRedemption(stage, rules, { id, partnerId: partner, points: 5n, effectiveAt: '2026-10-07T10:00:00+08:00' }),
  );
  await give(lane);
  await grant(lane);
  await recompute(books);
  await spotCheck(lane, visit.external_id);
  await reconcile(books);
  await importUnits(books);
  await fromElsewhere(lane);
  await personalData(lane);
  await changePeople(lane);
  await closeAccounts(lane);
  await correctRecords(lane);
  const certified = { reach: null, member: 'M1', from: null, to: null } as const;
  await must(lane, (stage) => issueCertificate(stage, certified));
  await award(books);
  await manyAdjustments(lane);
  await must(lane, (stage) => closePeriod(stage, '2026-08-31').number);
  await besideTheBooks(owner);
}

/** What is known of M1, sealed; who read it; and that M2 is to be erased. */
async function personalData(lane: Lane): Promise<void> {
  const consent = { memberId: 'M1', purpose: 'health', givenOn: '2026-10-01', evidence: '同意书 1' } as const;
  await must(lane, (stage) => giveConsent(stage, null, consent));
  const values = { phone: '13900000001', national_id: '330624195002030047', health: '高血压' };
  await must(lane, (stage) => recordPersonalData(stage, personalKeys, null, 'M1', values));
  const access = { memberId: 'M1', fields: ['phone'], purpose: 'service_delivery' } as const;
  await must(lane, (stage) => recordAccess(stage, null, access));
  await must(lane, (stage) => rewrapKeys(stage, personalKeys, ['M1']));
  const erasure = { memberId: 'M2', reason: 'person_asked', alias: undefined, elsewhere: rowsWithoutTextsOf } as const;
  await must(lane, (stage) => erasePerson(stage, null, erasure));
}

/** What was refused, and who is behind a pseudonym: not of the journal, yet kept. */
async function besideTheBooks(owner: Pool): Promise<void> {
  const refusal = {
    ledger_id: 1,
    key: randomUUID(),
    partner_id: partner,
    partner_reference: 'R0',
    code: 'balance_insufficient',
    refused_at: '2026-10-05T02:00:00Z',
  };
  await owner`select access.record_refusals(${owner.json([refusal])})`;
  await owner`select access.keep_subject('xinchang', 'p-bbbbbbbbbbbbbbbb', 'https://id.example', 'wang')`;
}

/** Stations, talents, teams and the care registry, each with something in it. */
async function lookAfter(lane: Lane): Promise<void> {
  const hours = [{ weekday: 1, from: '09:00', to: '11:30' }];
  const station = {
    id: 'POST-1',
    kind: 'post',
    org_unit: 'XC',
    name: '县城驿站',
    functions: ['exchange'],
    opening_hours: hours,
    coordinates: { latitude: '29.4998', longitude: '120.9039' },
  } as const;
  await must(lane, (stage) => registerStation(stage, station, () => ({ kid: 'kid', publicKey: 'key' })));
  const code = { kind: 'specialty', code: 'paper_cutting', name_zh: '剪纸', name_en: 'Paper cutting' } as const;
  await must(lane, (stage) => registerSpecialty(stage, code));
  const name = { member: 'M1', registry: 'silver' } as const;
  const talent = {
    categories: ['ecology'],
    specialties: ['paper_cutting'],
    interests: [],
    availability: hours,
  } as const;
  await must(lane, (stage) => registerTalent(stage, name, talent));
  const qualification = { kind: 'medicine', evidence: '执业医师证', validUntil: '2028-12-31' } as const;
  await must(lane, (stage) => recordQualification(stage, name, qualification).entry);
  await must(lane, (stage) => recordTalentLevel(stage, name, 1));
  const team = { id: 'T1', org_unit: 'XC', name: '银辉志愿队', leader: 'M1', labels: ['银耀天姥'] };
  await must(lane, (stage) => registerTeam(stage, team));
  await must(lane, (stage) => joinTeam(stage, { team: 'T1', member: 'M2' }));
  const plan = {
    reasons: ['illness', 'hardship'],
    mode: 'doorstep',
    interval_days: 30,
    starts_on: '2026-10-01',
    note: '先打电话',
  } as const;
  await must(lane, (stage) => registerCareSubject(stage, randomUUID(), 'M2', plan));
  const cared = { visited_on: '2026-10-02', reason: 'illness', visitor: 'M1', note: '好转' } as const;
  await must(lane, (stage) => recordCareVisit(stage, 'M2', cared));
  const read = { kind: 'list', member: null, asked: 'overdue=true', purpose: 'planning' } as const;
  await must(lane, (stage) => recordCareRead(stage, read));
}

/** An order with a note, offered, accepted, its code shown, and a scan of it erased; and a late visit that one person has approved. */
async function order(lane: Lane): Promise<void> {
  const as = (id: string): Asking => ({ actor: `member:${id}`, member: id, reach: null });
  const need = {
    ...{ id: 'N1', recipient: 'M2', otherRecipients: [], serviceType: 'errand', station: null },
    ...{ plannedStart: '2099-10-05T08:00:00+08:00', plannedEnd: '2099-10-05T09:00:00+08:00', volunteersNeeded: 1 },
    ...{ mode: 'home' as const, funding: 'mint' as const, note: '三楼', recurrence: null },
  };
  await must(lane, (stage) => placeOrder(stage, rules, need, as('M2')));
  const asked = { orderId: 'N1', volunteer: 'M1', id: randomUUID() };
  const keeper: Asking = { actor: 'operator:test', member: null, reach: null };
  await must(lane, (stage) => offerOrder(stage, rules, asked, keeper).offer);
  const accepted = { id: asked.id, members: null, recordIds: [randomUUID()] };
  await must(lane, (stage) => acceptOffer(stage, rules, accepted, as('M1')).number);
  await must(lane, (stage) => issueCode(stage, rules, { orderId: 'N1', digest: 'digest' }, as('M2')).expiresAt);
  const digest = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
  const scan = { orderId: 'N1', digest, mediaType: 'image/png', bytes: 182_044, fileId: randomUUID() } as const;
  // The bytes are nowhere: they have been erased.
  await must(lane, (stage) => storeEvidence(stage, scan, keeper).known);
  await must(lane, (stage) => eraseEvidence(stage, { ...scan, reason: 'retention_ended' }, keeper).entry.number);
  const late = { about: 'order', id: 'N9', servedOn: '2026-01-05', content: 'V9', actor: 'operator:first' } as const;
  await must(lane, (stage) => approveLate(stage, rules, late)?.code ?? null);
}

const visit = {
  external_id: 'V1',
  volunteer: 'M1',
  recipient: 'M2',
  service_type: 'errand',
  planned_start: '2026-10-05T08:00:00+08:00',
  planned_end: '2026-10-05T09:00:00+08:00',
  check_in: '2026-10-05T08:00:00+08:00',
  check_out: '2026-10-05T09:10:00+08:00',
  proof_grade: 'A',
  recorded_by: 'XC',
} as const;

/** Whatever becomes of members: M5 is a relative of M1, M6 turns out to be M4. */
async function changePeople(lane: Lane): Promise<void> {
  for (const id of ['M4', 'M5', 'M6']) await enrol(lane, id, '俞水英', 100n);
  const whole = { reach: null } as const;
  const first = { ...whole, actor: 'operator:first' } as const;
  const second = { ...whole, actor: 'operator:second' } as const;
  await must(lane, (stage) => transferMember(stage, { ...whole, id: 'M4', unit: 'XC', secondUnit: 'XC-01' }));
  await must(lane, (stage) => renameMember(stage, { ...whole, id: 'M4', name: '俞小英' }));
  await must(lane, (stage) => replaceMemberCard(stage, { ...whole, id: 'M4' }));
  const reasonCode = 'under_review';
  await must(lane, (stage) => changeMemberState(stage, { ...whole, id: 'M5', state: 'suspended', reasonCode }));
  const kin = { member: 'M1', relative: 'M5', relation: 'child', evidence: '户口簿', most: 3 } as const;
  await must(lane, (stage) => claimKin(stage, { ...kin, ...first }));
  await must(lane, (stage) => verifyKin(stage, { ...kin, ...second, elderConsentOn: '2026-10-31' }));
  await must(lane, (stage) => endKin(stage, { ...kin, ...first, reasonCode: 'other' }));
  const holds = { refuseHolds: refuseHeld, freeHolds, refuseServedTwice };
  for (const who of [first, second])
    await must(lane, (stage) => mergeMembers(stage, { id: 'M6', into: 'M4', ...who, ...holds }));
}

/** M4 moves away, and what they hold goes into the pool; M5 is reported to have died, after M1 had nominated M4, a relative until then. */
async function closeAccounts(lane: Lane): Promise<void> {
  const [first, second, whole] = ['operator:first', 'operator:second', null] as const;
  const kin = { member: 'M1', relative: 'M4', relation: 'spouse', evidence: '结婚证', most: 3, reach: whole } as const;
  await must(lane, (stage) => claimKin(stage, { ...kin, actor: first }));
  await must(lane, (stage) => verifyKin(stage, { ...kin, actor: second, elderConsentOn: '2026-10-31' }));
  const nomination = { id: 'M1', beneficiary: 'M4', own: 'M1', reach: whole, actor: 'member:M1' };
  await must(lane, (stage) => nominateBeneficiary(stage, nomination));
  const leaving = { cause: 'moved', to: 'pool', kin: null, document: 'DOC-2', own: null } as const;
  const closer = { id: 'M4', reach: whole };
  await must(lane, (stage) => proposeLeaving(stage, { ...closer, ...leaving, closingId: newId(), actor: first }));
  await must(lane, (stage) => approveLeaving(stage, { ...closer, actor: second, refuseHeld }));
  const death = { id: 'M5', reach: whole, closingId: newId(), diedOn: '2026-11-01', document: 'DOC-3', actor: first };
  await must(lane, (stage) => reportDeath(stage, death));
  await must(lane, (stage) => endKin(stage, { ...kin, actor: first, reasonCode: 'divorce' }));
}

/** A record is corrected, and another of the day gets the room that is left; the correction of a third is withdrawn. */
async function correctRecords(lane: Lane): Promise<void> {
  const between = (external_id: string, from: string, to: string) => {
    const [start, end] = [`2026-10-12T${from}:00+08:00`, `2026-10-12T${to}:00+08:00`];
    const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
    return { ...visit, ...times, external_id, volunteer: 'M2', recipient: 'M1' };
  };
  for (const given of [between('V2', '09:00', '11:00'), between('V3', '13:00', '14:00')])
    await must(lane, (stage) => recordService(stage, given, 'operator:test').record);
  const fields = { check_out: '2026-10-12T10:30:00+08:00', reason: '签出时间有误' };
  const correction = { reach: null, fields, newId: randomUUID(), freeHolds } as const;
  for (const actor of ['operator:first', 'operator:second'])
    await must(lane, (stage) => correctService(stage, { ...correction, id: 'V2', actor }).correction);
  const wrong = {
    ...correction,
    id: 'V1',
    fields: { proof_grade: 'B', reason: '已由受助人确认' },
    actor: 'operator:first',
  } as const;
  await must(lane, (stage) => correctService(stage, wrong).correction);
  await must(lane, (stage) => withdrawCorrection(stage, 'V1', { reach: null, actor: 'operator:first' }).correction);
}

/** What V1 would have brought by the rules of next year: proposed, and left at that. */
async function recompute(books: Books): Promise<void> {
  const days = { from: '2026-10-01', to: '2026-10-31', unit: null };
  const input = { ruleSet: `${rules.id}/3`, ...days, document: 'DOC-1', alias: null, client: null };
  await carryOut(books, { kind: 'recomputation_proposal', input });
}

async function reconcile(books: Books): Promise<void> {
  const csv =
    'partner_reference,booked_on,points,amount_cny,type\nR1,2026-10-05,50,5.00,redeem\nR9,2026-10-08,10,1.00,redeem\n';
  const { id, sha256 } = await storeFile(books, Buffer.from(csv));
  const upload = {
    id,
    sha256,
    partnerId: partner,
    charset: null,
    from: '2026-10-01',
    to: '2026-10-31',
    fileName: 'bank.csv',
    client: null,
  };
  const { problem } = await carryOut(books, { kind: 'partner_statement', input: upload satisfies StatementUpload });
  if (problem) throw new Error(`refused: ${problem.code} ${problem.detail}`);
  const run = { id: randomUUID(), statement: { id }, cutoffDays: 1 };
  await must(books.lane, (stage) => startReconciliation(stage, rules, run));
  await carryOut(books, jobOfRun(run.id));
}

async function importUnits(books: Books): Promise<void> {
  const mapping = { id: 'village-office', kind: 'org_units', columns: { 单元: 'external_id' } } as const;
  await must(books.lane, (stage) => storeMapping(stage, { ...mapping, columns: { 单元: 'name' } }));
  const { entry } = await must(books.lane, (stage) => storeMapping(stage, mapping));
  const bytes = Buffer.from('单元,上级,级别,名称\nXC-01,XC,subdistrict,南明街道\nXC-02,XC-09,community,东溪\n');
  await importBytes(books, 'org_units', bytes, { ...mapping, entry: entry ?? 0 });
}

/** Takes a file in and commits it. Returns the import's id. */
async function importBytes(
  books: Books,
  kind: ImportUpload['kind'],
  bytes: Buffer,
  mapping?: ImportUpload['mapping'],
): Promise<string> {
  const { id, sha256 } = await storeFile(books, bytes);
  const upload = {
    id,
    sha256,
    kind,
    fileName: 'file.csv',
    charset: null,
    mapping,
    effectiveOn: null,
    partner: null,
    dryRun: false,
    client: null,
  };
  for (const job of [
    { kind: 'import_stage', input: upload satisfies ImportUpload },
    { kind: 'import_commit', runsOn: 'lane', input: { id, client: null } },
  ] as const) {
    const { state, problem } = await carryOut(books, job);
    if (state !== 'done') throw new Error(`refused: ${problem?.code} ${problem?.detail}`);
  }
  return id;
}

/** Enough entries for the log to have an interior node. */
async function manyAdjustments(lane: Lane): Promise<void> {
  const legs = [{ debit: 'test:source', credit: 'test:a', amount: '0.10' }];
  await Promise.all(
    Array.from({ length: 260 }, () => must(lane, (stage) => postEntry(stage, { kind: 'adjustment', legs }).number)),
  );
}
