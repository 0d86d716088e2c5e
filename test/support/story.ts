/** A small county, and what is done in it time and again. */

import { randomUUID } from 'node:crypto';
import type { ManualKind } from '../../src/ledger/entries.js';
import type { Lane } from '../../src/ledger/lane.js';
import type { Stage } from '../../src/ledger/stage.js';
import { approveAdjustment, proposeAdjustment } from '../../src/timebank/credit/adjustments.js';
import { postOpeningPoints } from '../../src/timebank/credit/opening-points.js';
import { xinchangPilot1 as rules } from '../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../src/timebank/free-holds.js';
import { registerPartner } from '../../src/timebank/partners/partners.js';
import { authoriseRedemption } from '../../src/timebank/partners/redemptions/authorise.js';
import { registerMember } from '../../src/timebank/people/members.js';
import { registerOrgUnit } from '../../src/timebank/people/org-units.js';
import { freshFingerprint, run } from './books.js';
import { personalKeys } from './personal-keys.js';

export const partner = 'xc-bank';

/** Runs a command that must succeed. */
export async function must<Result>(lane: Lane, decide: (stage: Stage) => Result): Promise<Result> {
  const { result, code } = await run(lane, decide, { key: { key: randomUUID(), fingerprint: freshFingerprint() } });
  if (code !== undefined) throw new Error(`refused: ${code}`);
  return result as Result;
}

/** A member of the county, with points from elsewhere. */
export async function enrol(lane: Lane, id: string, name: string, points: bigint): Promise<void> {
  const member = {
    external_id: id,
    name,
    gender: 'female',
    birth_date: '1950-02-03',
    phone: null,
    org_unit: 'XC',
    talent_category: null,
  } as const;
  await must(lane, (stage) => registerMember(stage, member, personalKeys));
  const grant = { member: id, occurrences: points / BigInt(rules.points_per_occurrence), points };
  await must(lane, (stage) => postOpeningPoints(stage, rules, grant, '2026-09-30'));
}

/** A county, two members with points, a bank. */
export async function settle(lane: Lane): Promise<void> {
  await must(lane, (stage) =>
    registerOrgUnit(stage, { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' }),
  );
  for (const [id, name] of [
    ['M1', '何根仙'],
    ['M2', '潘明建'],
  ] as const) {
    await enrol(lane, id, name, 500n);
  }
  const bank = {
    id: partner,
    name: '农商',
    kind: 'rural_commercial_bank',
    point_price: '0.10',
    may_backdate: true,
  } as const;
  await must(lane, (stage) => registerPartner(stage, bank));
}

/** A redemption of 50 points on a day. */
export function redeem(lane: Lane, reference: string, capture: boolean, member = 'M1') {
  const id = randomUUID();
  const request = {
    id,
    partnerId: partner,
    partnerReference: reference,
    memberId: member,
    points: 50n,
    effectiveAt: '2026-10-05T10:00:00+08:00',
    capture,
  };
  return must(lane, (stage) => authoriseRedemption(stage, rules, request));
}

type Legs = Parameters<typeof proposeAdjustment>[2]['legs'];

/** Proposes an adjustment; returns its id. */
export async function propose(lane: Lane, legs: Legs, kind: ManualKind = 'adjustment'): Promise<string> {
  const proposal = { id: randomUUID(), kind, reference: 'DOC 1', reason: 'corrected', legs, freeHolds };
  return (await must(lane, (stage) => proposeAdjustment(stage, rules, proposal, 'operator:first'))).adjustment_id;
}

/** Has an adjustment proposed by one and approved by another; returns the number of its entry. */
export async function adjust(lane: Lane, legs: Legs, kind: ManualKind = 'adjustment'): Promise<number> {
  const id = await propose(lane, legs, kind);
  const approval = { id, approvedBy: 'operator:second', freeHolds };
  return (await must(lane, (stage) => approveAdjustment(stage, rules, approval))).entry ?? 0;
}
