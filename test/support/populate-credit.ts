/** What happens to coins and points once each, for `populate`: gifts, grants, what other platforms send, a spot check. */
import type { Lane } from '../../src/ledger/lane.js';
import { newId } from '../../src/lib/ids.js';
import { orderSpotCheck, recordResult } from '../../src/timebank/audit/spot-checks/spot-check.js';
import { acceptGift, declineGift, withdrawGift } from '../../src/timebank/credit/gifts/decide.js';
import { offerGift } from '../../src/timebank/credit/gifts/offer.js';
import { approveGrant, proposeGrant, rejectGrant } from '../../src/timebank/credit/grants/grant.js';
import { type Sent, takeIn } from '../../src/timebank/credit/intake/item.js';
import { xinchangPilot1 as rules } from '../../src/timebank/credit/xinchang-pilot.js';
import { freeHolds } from '../../src/timebank/free-holds.js';
import { adjust, must } from './story.js';

/** A draw, and what was found of the one record. */
export async function spotCheck(lane: Lane, record: string): Promise<void> {
  const id = newId();
  const asked = { id, from: '2026-10-01', to: '2026-10-31', proofGrade: null, count: 1 } as const;
  await must(lane, (stage) => orderSpotCheck(stage, asked));
  const found = { outcome: 'confirmed', checkedOn: '2026-11-02', actor: 'auditor:sun', alias: undefined } as const;
  await must(lane, (stage) => recordResult(stage, { id, record, ...found }));
}

/** Gifts between M1 and M2, one of each end, and one that is open. */
export async function give(lane: Lane): Promise<void> {
  const offer = (from: string, to: string) => {
    const gift = { id: newId(), from, to, purse: 'points', amount: '3', freeHolds } as const;
    return must(lane, (stage) => offerGift(stage, rules, gift).gift_id);
  };
  const by = (member: string, id: string) => ({ id, member, reach: null, actor: `member:${member}` });
  const accepted = await offer('M1', 'M2');
  await must(lane, (stage) => acceptGift(stage, by('M2', accepted)));
  const declined = await offer('M1', 'M2');
  await must(lane, (stage) => declineGift(stage, by('M2', declined)));
  const withdrawn = await offer('M1', 'M2');
  await must(lane, (stage) => withdrawGift(stage, by('M1', withdrawn)));
  await offer('M1', 'M2');
}

/** M2, who is on the care registry for hardship, is granted something, then not, and then it is still to be decided. */
export async function grant(lane: Lane): Promise<void> {
  await adjust(lane, [{ debit: 'coin:issuance', credit: 'pool:fund', amount: '20.00' }]);
  const by = (actor: string) => ({ actor, reach: null, freeHolds });
  const propose = () => {
    const request = { id: newId(), member: 'M2', amount: '4.00', documentNumber: 'DOC-4', reason: '独居' };
    return must(lane, (stage) => proposeGrant(stage, request, by('operator:first')).grant_id);
  };
  const given = await propose();
  await must(lane, (stage) => approveGrant(stage, given, by('operator:second')));
  const rejected = await propose();
  await must(lane, (stage) => rejectGrant(stage, rejected, { ...by('operator:second'), reason: '重复申请' }));
  await propose();
}

/** What another platform has counted, and corrected. */
export async function fromElsewhere(lane: Lane): Promise<void> {
  const item = { platform: 'gold-steward', externalId: 'C1', what: 'service_count', member: 'M1', state: 'counted' };
  const sent = { ...item, occurredOn: '2026-10-20', revision: null, batch: 'W43' } as const;
  for (const occurrences of [3, 2])
    await must(lane, (stage) => takeIn(stage, { ...sent, occurrences } as Sent, freeHolds).version);
}
