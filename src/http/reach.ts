/** From a role to what it sees of the organisation tree and of its people. */
import { Refusal } from '../lib/refusal.js';
import type { Reach } from '../timebank/people/reach.js';
import type { Principal } from './tokens.js';

/** A coordinator sees the subtree that the token's scope names, and nothing when it names none; others are not bounded by the tree. */
export function reachOf({ role, orgUnit }: Principal): Reach {
  return role === 'coordinator' ? (orgUnit ?? '') : null;
}

/** Whether who asks may know who is in need: a coordinator only with a token that says so. */
export function mayKnowNeed({ role, care }: Principal): boolean {
  return role !== 'coordinator' || care === true;
}

/** For the care registry, and what says who is in it. Refuses: `forbidden`. */
export function requireCareScope(principal: Principal): void {
  if (mayKnowNeed(principal)) return;
  throw new Refusal('forbidden', {
    en: 'The care registry, and what the fund grants, take a token with the claim care.',
    zh: '查看或办理关爱名册、基金资助须使用带 care 声明的令牌。',
  });
}

/** The partner whose system is asking; null for other roles, who see every partner's. */
export function ownPartner({ role, partner, subject }: Principal): string | null {
  return role === 'partner' ? (partner ?? subject) : null;
}

/** The platform that asks; null for other roles, who see what every platform sent. */
export function ownPlatform({ role, subject }: Principal): string | null {
  return role === 'platform' ? subject : null;
}

/** Whether somebody who sees only their `own` asks for another's: of that there is nothing to see. */
export function isAnothers(asked: string | null, own: string | null): boolean {
  return own !== null && asked !== own;
}

/** The member whom a member's token speaks for; null for other roles, who do not see as a member. */
export function ownMember({ role, subject }: Principal): string | null {
  return role === 'member' ? subject : null;
}
