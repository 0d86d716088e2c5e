/**
 * The door of the care registry: an operator, or a coordinator whose token says so, and no answer before it is written down who asks for
 * what. It does not know what the registry holds.
 */
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../../http/commands.js';
import { reachOf, requireCareScope } from '../../http/reach.js';
import { laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import type { Stage } from '../../ledger/stage.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { dateInZone } from '../../lib/clock.js';
import { Refusal } from '../../lib/refusal.js';
import { type CareRead, recordCareRead } from '../../timebank/people/care/access.js';
import type { CareSight } from '../../timebank/people/care/reads.js';
import { requireMember } from '../../timebank/people/members.js';
import { requireMemberWithin } from '../../timebank/people/reach.js';

export const careRoles = ['operator', 'coordinator'] as const;

/** Writes the reading down, and says how far the reader sees. Refuses: `forbidden`, and what the lane refuses. */
export async function openCareRegistry(
  service: Service,
  { principal }: Pick<FastifyRequest, 'principal'>,
  ledger: LedgerFacts,
  read: CareRead,
): Promise<CareSight> {
  requireCareScope(principal);
  const lane = await laneOf(service, principal);
  let refused: Refusal | undefined;
  await lane.submit({
    actor: actorOf(principal),
    client: principal.client,
    decide: (stage) => recordCareRead(stage, read),
    answer: (outcome) => {
      refused = outcome instanceof Refusal ? outcome : undefined;
      return { code: 200, body: '' };
    },
  });
  if (refused) throw refused;
  return { reach: reachOf(principal), today: dateInZone(service.clock(), ledger.zone) };
}

/**
 * Refuses: `forbidden`, and within the lane `member_not_found`, also when the units of the person lie out of reach; of an id that was merged,
 * those of who it is now.
 */
export function careKeeper(principal: Principal): (stage: Stage, member: string) => void {
  requireCareScope(principal);
  return (stage, member) =>
    requireMemberWithin(stage, reachOf(principal), requireMember(stage, member).merged_into ?? member);
}
