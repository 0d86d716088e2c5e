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
      en: 'this QR code is of another station than that of the order',
      zh: '该二维码所属站点不是本点单的服务站点',
    });
  const station = stage.row(stationRows, id);
  if (!station || station.closed_on !== null)
    return invalid({ en: `station ${id} is closed`, zh: `站点 ${id} 已关闭，其二维码不再有效` });
  if (station.key_generation === generation) return null;
  return new Refusal('proof_replaced', {
    en: `the QR code of station ${id} was replaced: scan the one that it shows now`,
    zh: `站点 ${id} 的二维码已更换，请扫描站点现用的二维码`,
  });
}

/** A card is of a person: it bears the id of who they are now, the order perhaps one that was merged into it since, or the other way round. */
function refusalOfCard(stage: Stage, now: OrderNow, { id, generation }: ShownCode): Refusal | null {
  const recipients = recipientsOf(now).map(memberOf);
  if (!allIdsOf(stage, id).some((one) => recipients.includes(one)))
    return invalid({
      en: 'this card belongs to somebody who is not a recipient of the order',
      zh: '持卡人不是本点单的受助人，请扫描本点单受助人的卡',
    });
  if (cardGeneration(stage, id) === generation) return null;
  return new Refusal('proof_replaced', {
    en: `this card of ${id} was replaced: scan the new one`,
    zh: `${id} 的受助人卡已换发，旧卡已失效，请扫描新卡`,
  });
}

function refusalOfTime(stage: Stage, rules: RuleSet, { issuedAt, expiresAt }: ShownCode): Refusal | null {
  const tolerance = rules.qr_clock_tolerance_seconds * 1_000;
  if (issuedAt * 1_000 > stage.now + tolerance)
    return invalid({
      en: 'this QR code was issued later than now: let it be shown again, and scan it',
      zh: '该二维码的生成时间晚于当前时间，请重新出示后再扫描',
    });
  if (expiresAt !== null && stage.now > expiresAt * 1_000 + tolerance)
    return invalid({
      en: 'this QR code has expired: scan the one that is shown now',
      zh: '该二维码已过期，请扫描当前显示的二维码',
    });
  return null;
}

const invalid = (detail: Words) => new Refusal('proof_invalid', detail);
