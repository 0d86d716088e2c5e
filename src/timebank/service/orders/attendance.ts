/**
 * Coming and going: check-in, check-out, and who did not come. A device proves the moment at which it is shown; what somebody reports
 * later says why, and how late it came is in the history.
 */
import { refuseFutureMoment } from '../../../ledger/dates.js';
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatInstant, parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { requireActive, requireActiveOn, requireMember } from '../../people/members.js';
import type { ProofKind } from '../../service-words.js';
import { checkServiceTimes, dayOf, intervalOf, serviceTimesOf } from '../service-times.js';
import { tryCode } from './code.js';
import { refusePresent } from './commitments.js';
import { eventOf } from './event.js';
import { requireEvidence } from './evidence.js';
import { orderPeopleRows } from './rows.js';
import { refuseShown, type ShownCode } from './shown.js';
import { dayMilliseconds, instantAfter, noDeadline, type Order, type OrderPerson, requireState } from './state.js';
import { textChange } from './texts.js';
import { type Asking, type OrderNow, requireOneOf, requireOrder, volunteersOf } from './who.js';

/** How a moment is known. */
export interface Proof {
  readonly means: ProofKind;
  /** The keyed digest of a code. */
  readonly digest?: string;
  /** Of paper: the SHA-256 of its scan. */
  readonly evidence?: string | undefined;
  /** Of a QR code: what it says, or why it could not be read. */
  readonly shown?: ShownCode | Refusal;
}

export interface Attending {
  readonly orderId: string;
  readonly volunteer: string;
  /** RFC 3339; absent: now. */
  readonly at?: string | undefined;
  readonly proof: Proof;
  /** Why it comes late. */
  readonly reason: string | null;
}

/** Proofs that a device gives, at the moment that they prove. */
const proofsOfNow: readonly ProofKind[] = ['qr', 'qr_printed', 'code'];

/** How far a device's moment may lie back: the time of a request and of a slow phone. */
const deviceLagMilliseconds = 5 * 60_000;

/**
 * Refuses, in order: `order_not_found`, `order_role_invalid`, `order_state_invalid`, `date_in_future`, `member_suspended`, `member_inactive`,
 * `service_time_invalid` (too far from the plan), `service_overlap` (the volunteer is elsewhere), `reason_missing` (reported late without
 * one), `proof_invalid` (a device proves no other moment, or what it shows does not fit), `proof_replaced` (it shows what was replaced: see
 * `refuseShown`), `evidence_missing` (of paper), `code_invalid`, `code_locked`.
 */
export function checkIn(stage: Stage, rules: RuleSet, asked: Attending, asking: Asking): StagedEntry | Refusal {
  const now = requireOrder(stage, asked.orderId, asking);
  const person = requireAttending(stage, now, asked, asking, 'check_in', 'accepted');
  const at = momentOf(stage, asked);
  requirePart(stage, person, asked, at);
  const { order } = now;
  // A stretch of a second at the moment itself: only where it begins is judged.
  checkServiceTimes(
    serviceTimesOf({ ...order, check_in: at, check_out: formatInstant(parseInstant(at) + 1_000_000n) }),
    rules,
  );
  const moment = { start: parseInstant(at), end: parseInstant(at) + 1n };
  refusePresent(stage, rules, { order, volunteer: person.member_id, time: moment });
  const wrong = judgeProof(stage, rules, now, asked, at);
  if (wrong) return wrong;
  const arrived: OrderPerson = {
    ...{ ...person, attendance: 'checked_in', check_in: at },
    ...{ check_in_proof: asked.proof.means, check_in_by: asking.actor },
  };
  const next: Order = { ...order, ...noDeadline, status: 'checked_in' };
  return stage.post({
    kind: 'order_checked_in' satisfies TimebankKind,
    rows: [
      change(orderPeopleRows, arrived),
      eventOf(stage, next, 'checked_in', person.member_id),
      ...textChange(stage, order.order_id, `check_in:${person.member_id}`, asked.reason),
    ],
  });
}

/** Refuses as `checkIn`, whoever may still take part; `service_time_invalid`: before the check-in, or longer after it than a service can be. */
export function checkOut(stage: Stage, rules: RuleSet, asked: Attending, asking: Asking): StagedEntry | Refusal {
  const now = requireOrder(stage, asked.orderId, asking);
  const person = requireAttending(stage, now, asked, asking, 'check_out', 'checked_in');
  const at = momentOf(stage, asked);
  const { order } = now;
  checkServiceTimes(serviceTimesOf({ ...order, check_in: person.check_in ?? at, check_out: at }), rules);
  const time = intervalOf(person.check_in ?? at, at);
  refusePresent(stage, rules, { order, volunteer: person.member_id, time });
  const wrong = judgeProof(stage, rules, now, asked, at);
  if (wrong) return wrong;
  const gone: OrderPerson = {
    ...{ ...person, attendance: 'checked_out', check_out: at },
    ...{ check_out_proof: asked.proof.means, check_out_by: asking.actor },
  };
  const people = now.people.map((one) => (one === person ? gone : one));
  return stage.post({
    kind: 'order_checked_out' satisfies TimebankKind,
    rows: [
      change(orderPeopleRows, gone),
      eventOf(stage, afterLeaving(stage, rules, { order, people }), 'checked_out', person.member_id),
      ...textChange(stage, order.order_id, `check_out:${person.member_id}`, asked.reason),
    ],
  });
}

/** The order once somebody has left or will not come: all that came have gone, or it goes on. */
export function afterLeaving(stage: Stage, rules: RuleSet, now: OrderNow): Order {
  const staying = volunteersOf(now);
  const served = staying.filter(({ attendance }) => attendance === 'checked_out');
  if (served.length === 0 || served.length < staying.length) return now.order;
  const automatic = served.every((one) => rules.confirm_automatic_grades.includes(gradeOf(one, false)));
  const confirmBy = stage.now + rules.confirm_timeout_hours * 3_600_000;
  return {
    ...{ ...now.order, ...noDeadline, status: 'checked_out' },
    deadline_at: instantAfter(confirmBy, 0),
    ...(automatic && {
      lapses_to: 'confirmed',
      then_due_at: instantAfter(confirmBy, rules.approval_days * dayMilliseconds),
    }),
  };
}

/** A: a device at both ends. B: one side says so, and the recipient has confirmed it. C: paper, or nobody has confirmed it. */
export function gradeOf(person: OrderPerson, isConfirmed: boolean): 'A' | 'B' | 'C' {
  const proofs = [person.check_in_proof, person.check_out_proof];
  if (proofs.every((proof) => proof !== null && proofsOfNow.includes(proof))) return 'A';
  return isConfirmed && !proofs.includes('paper') ? 'B' : 'C';
}

/** Refuses: `order_role_invalid`, `order_state_invalid` (also of a volunteer who has not accepted, or has been there already). */
function requireAttending(
  stage: Stage,
  now: OrderNow,
  { volunteer, proof }: Attending,
  asking: Asking,
  command: 'check_in' | 'check_out',
  standing: OrderPerson['attendance'],
): OrderPerson {
  // Paper lies with whoever looks after the unit.
  requireOneOf(stage, now, asking, proof.means === 'paper' ? [] : [volunteer]);
  requireState(now.order, command);
  const person = volunteersOf(now).find(({ member_id }) => member_id === volunteer);
  if (person?.attendance === standing) return person;
  throw new Refusal('order_state_invalid', {
    en: `${volunteer} is ${person ? person.attendance : 'no volunteer'} in order ${now.order.order_id}: that allows no ${command}`,
    zh: `${volunteer} 在点单 ${now.order.order_id} 中的状态不允许该操作`,
  });
}

/** Who does not take part does not begin a service; what paper tells is judged by its day. Refuses: `member_suspended`, `member_inactive`. */
function requirePart(stage: Stage, { member_id: id }: OrderPerson, { proof }: Attending, at: string): void {
  if (proof.means === 'paper') requireActiveOn(stage, requireMember(stage, id), dayOf(parseInstant(at), stage.zone));
  else requireActive(stage, id);
}

/** Refuses: `date_in_future`. */
function momentOf(stage: Stage, { at }: Attending): string {
  if (at === undefined) return stage.instant;
  refuseFutureMoment(stage, at);
  return formatInstant(parseInstant(at));
}

/** Refuses: `reason_missing`, `proof_invalid`, `proof_replaced`, `evidence_missing`, and what `tryCode` does; a wrong code comes back. */
function judgeProof(
  stage: Stage,
  rules: RuleSet,
  now: OrderNow,
  { proof, reason }: Attending,
  at: string,
): Refusal | null {
  const lag = stage.now - Number(parseInstant(at) / 1000n);
  if (proofsOfNow.includes(proof.means)) {
    if (lag > deviceLagMilliseconds)
      throw new Refusal('proof_invalid', {
        en: 'a code proves the moment at which it is shown, and no earlier one',
        zh: '验证码只能证明出示时的时刻，不能证明更早的时刻',
      });
  } else if (lag > rules.hours_tolerance_minutes * 60_000 && reason === null) {
    throw new Refusal('reason_missing', {
      en: `${at} lies more than ${rules.hours_tolerance_minutes} minutes back: say why it is recorded late`,
      zh: `${at} 已过 ${rules.hours_tolerance_minutes} 分钟以上，补录须填写原因`,
    });
  }
  if (proof.means === 'paper') requireEvidence(stage, now.order.order_id, proof.evidence);
  if (proof.shown instanceof Refusal) throw proof.shown;
  if (proof.shown) refuseShown(stage, rules, now, proof.shown);
  return proof.means === 'code' ? tryCode(stage, rules, now, proof.digest ?? '') : null;
}
