/** Whom a member has nominated to have what they hold when they die, over HTTP: by the member, or by an office on their behalf. */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { type Beneficiary, nominateBeneficiary } from '../../timebank/people/beneficiaries.js';
import { listNominations } from '../../timebank/people/beneficiary-reads.js';
import { NewBeneficiary, Nomination, NominationPage } from './closing-shapes.js';
import { memberReaders, visibleMember } from './member-purses.js';

const params = Type.Object({ id: ExternalId }, closed);

export function registerBeneficiaries(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/beneficiary', {
    roles: ['operator', 'coordinator', 'member'],
    operationId: 'nominateBeneficiary',
    summary: 'Nominate a beneficiary',
    description:
      'Spouse or lineal kin, verified and taking part, who is to have what the member holds when they die; null: nobody any more, and it goes into the pool. A later one takes the place of those before. An office nominates on behalf of a member, and never itself.',
    tags: ['people'],
    params,
    body: NewBeneficiary,
    answer: Nomination,
    refusals: [
      'member_not_found',
      'member_unchanged',
      'member_merged',
      'member_erased',
      'beneficiary_invalid',
      'self_approval',
      'member_suspended',
      'member_inactive',
    ],
    prepare: ({ params: { id }, body: { member: beneficiary }, principal }) => {
      const { alias } = principal;
      const who = { own: ownMember(principal), reach: reachOf(principal), actor: actorOf(principal), alias };
      return { decide: (stage) => nominateBeneficiary(stage, { id, beneficiary, ...who }), show: viewOf };
    },
  });
  list(app, service, '/v1/members/:id/beneficiaries', {
    roles: memberReaders,
    operationId: 'listNominations',
    summary: 'Whom a member has nominated',
    description: 'Every nomination, the oldest first: the last one counts.',
    tags: ['people'],
    params,
    answer: NominationPage,
    refusals: ['member_not_found'],
    key: /^[1-9][0-9]{0,14}$/,
    rows: async ({ params, principal }, ledger, page) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      return listNominations(service.sql, ledger.id, { id, ...page });
    },
    keyOf: ({ entry }) => entry,
    show: (nominations) => ({ nominations }),
  });
}

function viewOf({ member_id: member, beneficiary_id: beneficiary, nominated_by, nominated_at, entry }: Beneficiary) {
  return { member, beneficiary, nominated_by, nominated_at, entry: String(entry) };
}
