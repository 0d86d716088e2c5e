/**
 * The code that proves a volunteer is with the recipient: six digits that the recipient is shown and tells. Only a keyed digest is kept. A
 * wrong one is counted by an entry of its own; after the last try nothing is taken for a while. Knows no key and no digits.
 */
import { timingSafeEqual } from 'node:crypto';
import { change, type StagedEntry } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { formatInstant, hasCome, parseInstant } from '../../../lib/clock.js';
import { Refusal } from '../../../lib/refusal.js';
import type { TimebankKind } from '../../chart.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { eventOf } from './event.js';
import { orderCodeRows } from './rows.js';
import { instantAfter, requireState } from './state.js';
import { type Asking, memberOf, type OrderNow, recipientsOf, requireOneOf, requireOrder } from './who.js';

/**
 * Remembers the digest of a new code, which takes the place of the one before; what was tried before still counts while it is locked.
 * Refuses: `order_not_found`, `order_role_invalid` (only a recipient is shown it), `order_state_invalid`, `code_locked`.
 */
export function issueCode(
  stage: Stage,
  rules: RuleSet,
  { orderId, digest }: { readonly orderId: string; readonly digest: string },
  asking: Asking,
): { entry: StagedEntry; expiresAt: string } {
  const now = requireOrder(stage, orderId, asking);
  requireOneOf(stage, now, { ...asking, member: asking.member ?? '' }, recipientsOf(now).map(memberOf));
  requireState(now.order, 'issue_code');
  refuseLocked(stage, orderId);
  const expiresAt = instantAfter(stage.now, rules.code_ttl_minutes * 60_000);
  const entry = stage.post({
    kind: 'order_code_issued' satisfies TimebankKind,
    rows: [
      change(orderCodeRows, { order_id: orderId, digest, expires_at: expiresAt, tries: 0, locked_until: null }),
      eventOf(stage, now.order, 'code_issued', asking.member ?? undefined),
    ],
  });
  return { entry, expiresAt };
}

/**
 * Judges a code. A wrong one is journalled and answered with the refusal that comes back; null: it is right. It serves for check-in and
 * check-out alike while it lasts. Refuses: `code_locked`, `code_invalid` (none was shown, or its time is over).
 */
export function tryCode(stage: Stage, rules: RuleSet, now: OrderNow, digest: string): Refusal | null {
  const { order } = now;
  refuseLocked(stage, order.order_id);
  const code = stage.row(orderCodeRows, order.order_id);
  if (!code || hasCome(code.expires_at, stage.now)) throw invalid();
  if (sameDigest(code.digest, digest)) return null;
  const tries = code.tries + 1;
  const locks = tries >= rules.code_typed_tries;
  const failed = {
    ...code,
    tries,
    locked_until: locks ? instantAfter(stage.now, rules.code_lock_minutes * 60_000) : null,
  };
  stage.post({
    kind: 'order_code_failed' satisfies TimebankKind,
    rows: [change(orderCodeRows, failed), eventOf(stage, order, 'code_failed')],
  });
  return locks ? locked(failed.locked_until ?? '') : invalid();
}

/** Refuses: `code_locked`. */
function refuseLocked(stage: Stage, orderId: string): void {
  const until = stage.row(orderCodeRows, orderId)?.locked_until ?? null;
  if (until !== null && !hasCome(until, stage.now)) throw locked(until);
}

function sameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(): Refusal {
  return new Refusal('code_invalid', {
    en: 'this is not the code that the recipient was last shown, or its time is over',
    zh: '验证码不正确或已过期，请受助人重新出示',
  });
}

function locked(until: string): Refusal {
  const moment = formatInstant(parseInstant(until));
  return new Refusal('code_locked', {
    en: `too many wrong codes: none is taken until ${moment}`,
    zh: `验证码错误次数过多，${moment} 之前不再受理`,
  });
}
