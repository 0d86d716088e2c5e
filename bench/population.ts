/**
 * Who the bench posts to: accounts, members with points and a partner, entered through the lane before the service is asked
 * anything. What it knows of the time bank is how members and partners are registered.
 */
import type { ConnectionTarget } from '#src/db/connect.js';
import { openPool } from '#src/db/connect.js';
import { Lane } from '#src/ledger/lane.js';
import { loadLedger } from '#src/ledger/load.js';
import type { Stage } from '#src/ledger/stage.js';
import { openStore } from '#src/ledger/store.js';
import { systemClock } from '#src/lib/clock.js';
import { Refusal } from '#src/lib/refusal.js';
import { postOpeningPoints } from '#src/timebank/credit/opening-points.js';
import { xinchangPilot1 } from '#src/timebank/credit/xinchang-pilot.js';
import { registerPartner } from '#src/timebank/partners/partners.js';
import { registerMember } from '#src/timebank/people/members.js';
import { registerOrgUnit } from '#src/timebank/people/org-units.js';
import { PersonalKeys } from '#src/timebank/people/personal-data/personal-keys.js';
import {
  coinsAccount,
  helperCount,
  helperId,
  hotAccount,
  hotCount,
  memberCount,
  memberId,
  neighbourCount,
  neighbourId,
  orgUnitId,
  partnerId,
  redeemerCount,
} from './names.js';

/** Accounts opened by one entry. */
const accountsPerEntry = 400;
const openingPoints = 1_000_000n;

/** Works on a lane of our own, which is closed again: the service then finds the head moved and reads anew. */
export async function withLane<Result>(
  target: ConnectionTarget,
  ledger: string,
  batchLimit: number,
  work: (lane: Lane) => Promise<Result>,
): Promise<Result> {
  const store = openStore(() => openPool(target, { max: 1, applicationName: 'timeledger bench' }));
  try {
    const facts = await loadLedger(store.sql(), ledger);
    if (!facts) throw new Error(`there is no ledger ${ledger}`);
    const lane = new Lane(facts, store, { clock: systemClock, batchLimit });
    const result = await work(lane);
    await lane.close();
    return result;
  } finally {
    await store.close();
  }
}

/** Submits a command that cannot be refused. */
export async function submit(lane: Lane, weight: number, decide: (stage: Stage) => unknown): Promise<void> {
  await lane.submit({
    actor: 'operator:bench',
    weight,
    decide,
    answer: (outcome) => {
      if (outcome instanceof Refusal) throw outcome;
      return { code: 0, body: '' };
    },
  });
}

/** The hot accounts, which pay without end, and the members', a thousand to an entry. */
export async function openAccounts(lane: Lane): Promise<void> {
  const hot = Array.from(
    { length: hotCount },
    (_, i) => ({ code: hotAccount(i), asset: 'COIN', type: 'expense' }) as const,
  );
  await submit(lane, 1, (stage) => stage.post({ kind: 'account_opened', opens: hot }));
  for (const codes of memberAccounts()) {
    const opens = codes.map((code) => ({ code, asset: 'COIN', type: 'liability', floor: 0n }) as const);
    await submit(lane, accountsPerEntry, (stage) => stage.post({ kind: 'account_opened', opens }));
  }
}

/** The codes of the members' accounts, a thousand at a time. */
export function memberAccounts(): string[][] {
  return Array.from({ length: memberCount / accountsPerEntry }, (_, part) =>
    Array.from({ length: accountsPerEntry }, (_, i) => coinsAccount(part * accountsPerEntry + i)),
  );
}

/** The unit that all members belong to. */
export async function registerCounty(lane: Lane): Promise<void> {
  const county = { external_id: orgUnitId, parent_external_id: null, level: 'county', name: '新昌' } as const;
  await submit(lane, 1, (stage) => registerOrgUnit(stage, county));
}

/** None of the bench's members has a telephone number: nothing is sealed. */
const noPhones = () => PersonalKeys.forTrials(Buffer.alloc(32));

/** Members who order and members who serve. */
export async function registerNeighbours(lane: Lane): Promise<void> {
  const ids = [
    ...Array.from({ length: neighbourCount }, (_, i) => neighbourId(i)),
    ...Array.from({ length: helperCount }, (_, i) => helperId(i)),
  ];
  await Promise.all(ids.map((id) => submit(lane, 1, (stage) => registerMember(stage, memberOf(id), noPhones()))));
}

/** A partner, and members with more points than a run can spend. */
export async function registerRedeemers(lane: Lane): Promise<void> {
  const partner = {
    id: partnerId,
    name: '新昌农商',
    kind: 'rural_commercial_bank',
    point_price: '0.10',
    may_backdate: false,
  } as const;
  await submit(lane, 1, (stage) => registerPartner(stage, partner));
  const keys = noPhones();
  const members = Array.from({ length: redeemerCount }, (_, i) => memberId(i));
  await Promise.all(members.map((member) => submit(lane, 1, (stage) => registerMember(stage, memberOf(member), keys))));
  await Promise.all(members.map((member) => submit(lane, 1, (stage) => openPoints(stage, member))));
}

function memberOf(id: string) {
  const rest = { phone: null, org_unit: orgUnitId, talent_category: null };
  return { external_id: id, name: '王秀英', gender: 'female', birth_date: '1955-05-01', ...rest } as const;
}

function openPoints(stage: Stage, member: string) {
  const occurrences = openingPoints / 10n;
  return postOpeningPoints(stage, xinchangPilot1, { member, occurrences, points: openingPoints }, stage.today);
}
