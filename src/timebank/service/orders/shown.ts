/**
 * A QR code that was shown at a check-in or check-out: whether it is one of this order's places, still good, and shown now. That it is
 * signed by the key of its place was seen before; this file knows no key and no token.
 */
import type { Stage } from '../../../ledger/stage.js';
import type { Words } from '../../../lib/language.js';
import { Refusal } from '../../../lib/refusal.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { cardGeneration } from '../../people/cards.js';
import { allIdsOf } from '../../people/members.js';
import { stationRows } from '../../people/stations/rows.js';
import type { ProofPlace } from '../../service-words.js';
import { memberOf, type OrderNow, recipientsOf } from './who.js';

/** What a QR code says of itself. Times are seconds since the epoch. */
export interface ShownCode {
  readonly place: ProofPlace;
  /** Of the station, or of the member whose card it is. */
  readonly id: string;
  /** Of the key that signed it: it counts up with each one that takes another's place. */
  readonly generation: number;
  /** On paper: it does not expire, and the record says so. */
  readonly printed: boolean;
  readonly issuedAt: number;
  /** Null: printed. */
  readonly expiresAt: number | null;
}

/**
 * Refuses: `proof_invalid`, saying what does not fit: the station, the card, or the time; `proof_replaced`: the station has another key by
 * now, or the member another card.
 */
export function refuseShown(stage: Stage, rules: RuleSet, now: OrderNow, shown: ShownCode): void {
  const refusal =
    (shown.place === 'station' ? refusalOfStation(stage, now, shown) : refusalOfCard(stage, now, shown)) ??
    refusalOfTime(stage, rules, shown);
  if (refusal) throw refusal;
}

function refusalOfStation(stage: Stage, { order }: OrderNow, { id, generation }: ShownCode): Refusal | null {
  if (order.station_id !== id)
    return invalid({
      en: 'this is the code of a station at which the order is not',
      zh: '该二维码所属站点不是本点单的服务站点',
    });
  const station = stage.row(stationRows, id);
  if (!station || station.closed_on !== null)
    return invalid({ en: `station ${id} is closed`, zh: `站点 ${id} 已关闭` });
  if (station.key_generation === generation) return null;
  return new Refusal('proof_replaced', {
    en: `station ${id} has another key by now: what it showed before is not good any more`,
    zh: `站点 ${id} 已更换密钥，此前的二维码已失效`,
  });
}

/** A card is of a person: it bears the id of who they are now, the order perhaps one that was merged into it since, or the other way round. */
function refusalOfCard(stage: Stage, now: OrderNow, { id, generation }: ShownCode): Refusal | null {
  const recipients = recipientsOf(now).map(memberOf);
  if (!allIdsOf(stage, id).some((one) => recipients.includes(one)))
    return invalid({
      en: 'this is the card of somebody who is no recipient of the order',
      zh: '该卡的持有人不是本点单的受助人',
    });
  if (cardGeneration(stage, id) === generation) return null;
  return new Refusal('proof_replaced', {
    en: `this card of ${id} was replaced: only the latest one is good`,
    zh: `${id} 的该卡已换发，旧卡失效，请使用新卡`,
  });
}

function refusalOfTime(stage: Stage, rules: RuleSet, { issuedAt, expiresAt }: ShownCode): Refusal | null {
  const tolerance = rules.qr_clock_tolerance_seconds * 1_000;
  if (issuedAt * 1_000 > stage.now + tolerance)
    return invalid({ en: 'this QR code is of a later moment', zh: '该二维码的签发时间晚于当前时间' });
  if (expiresAt !== null && stage.now > expiresAt * 1_000 + tolerance)
    return invalid({
      en: 'the time of this QR code is over: scan the one that is shown now',
      zh: '该二维码已过期，请重新扫描',
    });
  return null;
}

const invalid = (detail: Words) => new Refusal('proof_invalid', detail);
