/** Erasing a person over HTTP: one asks for it, a second carries it out, unless the request is withdrawn before. */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { NoBody } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { externalIdShape } from '../../lib/ids.js';
import { eraseTextsOfErased } from '../../timebank/credit/texts-about.js';
import { expireImportsOf } from '../../timebank/imports/import-jobs.js';
import { type ErasureView, erasePerson, withdrawErasure } from '../../timebank/people/personal-data/erasure.js';
import { listErasures } from '../../timebank/people/personal-data/erasure-reads.js';
import { dropErasedFiles } from '../../timebank/service/orders/erased-files.js';
import { rowsWithoutTextsOf } from '../../timebank/service/texts-about.js';
import { Erasure, ErasurePage, ErasureState, NewErasure } from './erasure-shapes.js';
import { memberParams } from './sealed-shapes.js';

export function registerErasure(app: App, service: Service): void {
  registerErasing(app, service);
  registerWithdrawing(app, service);
  list(app, service, '/v1/erasures', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listErasures',
    summary: 'List erasures of people',
    description:
      'Which wait for a second person, which are done, and which were withdrawn, by member. A coordinator sees those of the scope’s subtree.',
    tags: ['people'],
    filters: { state: Type.Optional(ErasureState) },
    answer: ErasurePage,
    key: externalIdShape,
    rows: ({ query: { state = null }, principal }, ledger, page) =>
      listErasures(service.sql, ledger.id, { reach: reachOf(principal), state, ...page }),
    keyOf: ({ member }) => member,
    show: (erasures) => ({ erasures }),
  });
}

function registerErasing(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/erasure', {
    roles: ['operator', 'coordinator'],
    operationId: 'erasePerson',
    summary: 'Erase a person',
    description:
      'One person asks for it (201, `requested`); the same request by a second person carries it out (201, `erased`). The member’s key is destroyed. Names, particulars and sealed fields are erased, and so is what was written about consents, relatives, qualifications, care, orders, corrections and adjustments, with the scans of orders. Visits of the care registry end, and the reasons for them are erased. Files of members that are not committed yet and name the member, by any id, expire. The id, amounts and every proof stay. It cannot be undone.',
    tags: ['people'],
    dryRun: false,
    params: memberParams,
    body: NewErasure,
    answer: Erasure,
    refusals: ['member_not_found', 'member_merged', 'member_erased', 'self_approval'],
    prepare: ({ params: { id: memberId }, body, principal }) => {
      const who = besideOf(service, principal);
      const request = { memberId, reason: body.reason_code, ...who, elsewhere: rowsWithoutTextsOf };
      return {
        decide: (stage) => erasePerson(stage, reachOf(principal), request),
        onDone: (answer) => eraseElsewhere(service, principal, JSON.parse(answer)),
      };
    },
  });
}

function registerWithdrawing(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/erasure/withdrawal', {
    roles: ['operator', 'coordinator'],
    operationId: 'withdrawErasure',
    summary: 'Withdraw the request to erase a person',
    description:
      'Gives up an erasure that waits for a second person, whoever has asked for it. It may be asked for again, and then waits again.',
    tags: ['people'],
    dryRun: false,
    params: memberParams,
    body: NoBody,
    status: 200,
    answer: Erasure,
    refusals: ['member_not_found', 'member_erased', 'erasure_not_requested'],
    prepare: ({ params: { id: memberId }, principal }) => ({
      decide: (stage) => withdrawErasure(stage, reachOf(principal), memberId),
    }),
  });
}

/** What the lane does not reach in the same commit: files that wait for theirs, words beside entries, scans. A chore ends what is cut short here. */
async function eraseElsewhere(service: Service, principal: Principal, { state, member }: ErasureView): Promise<void> {
  if (state !== 'erased') return;
  const { sql } = service.work;
  const lane = await laneOf(service, principal);
  await expireImportsOf({ sql, lane }, member);
  await eraseTextsOfErased({ sql, lane }, member);
  await dropErasedFiles(sql, lane.facts.id);
}
