/** Corrections of service records over HTTP: one person proposes what was really so, and the same call by another carries it out. */
import { Type } from 'typebox';
import { besideOf } from '../../http/beside.js';
import { actorOf, fillIn } from '../../http/commands.js';
import { reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { closed, NoBody } from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { externalIdShape, newId } from '../../lib/ids.js';
import { freeHolds } from '../../timebank/free-holds.js';
import {
  type CorrectionOutcome,
  correctService,
  withdrawCorrection,
} from '../../timebank/service/corrections/correction.js';
import { eraseCorrectionReason } from '../../timebank/service/corrections/erasure.js';
import { listCorrections, readCorrection, viewCorrection } from '../../timebank/service/corrections/reads.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
import { CorrectionStatus, NewCorrection, ServiceCorrection, ServiceCorrectionPage } from './correction-shapes.js';
import { RecordId } from './service-record-shapes.js';

const params = Type.Object({ id: RecordId }, closed);
const correctors = ['operator', 'coordinator'] as const;
const readers = ['operator', 'auditor', 'coordinator'] as const;

export function registerServiceCorrections(app: App, service: Service): void {
  registerCorrecting(app, service);
  registerWithdrawing(app, service);
  registerErasing(app, service);
  registerReading(app, service);
}

/** The reason can be erased, and answers are remembered: it is put in when an answer is sent. */
function withoutReason({ correction }: CorrectionOutcome) {
  return { ...viewCorrection(correction), reason: null };
}

function registerCorrecting(app: App, service: Service): void {
  command(app, service, '/v1/service-records/:id/correction', {
    roles: correctors,
    operationId: 'correctServiceRecord',
    summary: 'Correct a service record',
    description:
      'Proposes what was really so. The same call by a second person, who is none of the people of the service, carries it out; whoever proposed it may propose another correction in its place. The entry of the record is reversed, and the volunteer owes what was spent. What takes its place is recorded like any late record, approved by the second person. Where recipients or the fund of an order paid for it, what they paid goes back to them or pays for the new record. That costs at most the price that was agreed; if it costs more than before, they pay the difference, and without the coins for it nothing is done (`balance_insufficient`). Other records of the week that a cap had cut get the room that is left. Coins that were minted of a carry which is gone are taken back. Each of these is an entry of its own.',
    tags: ['service'],
    dryRun: false,
    params,
    body: NewCorrection,
    status: 200,
    answer: ServiceCorrection,
    refusals: [
      'service_record_not_found',
      'service_record_corrected',
      'correction_differs',
      'correction_invalid',
      'self_approval',
      'member_merged',
      'service_record_exists',
      'service_time_invalid',
      'date_in_future',
      'rule_set_not_effective',
      'approver_invalid',
      'recorder_not_found',
      'member_not_found',
      'qualification_missing',
      'service_overlap',
      'service_type_unknown',
      'account_frozen',
      'account_closed',
      'balance_insufficient',
      'ceiling_exceeded',
      'period_closed',
    ],
    prepare: ({ params: { id }, body: fields, principal }) => {
      const who = { reach: reachOf(principal), actor: actorOf(principal), ...besideOf(service, principal) };
      const request = { id, fields, newId: newId(), freeHolds, ...who };
      return {
        decide: (stage) => correctService(stage, request),
        show: withoutReason,
        reveal: (body) => fillIn(body, { reason: fields.reason }),
      };
    },
  });
}

function registerWithdrawing(app: App, service: Service): void {
  command(app, service, '/v1/service-records/:id/correction/withdrawal', {
    roles: correctors,
    operationId: 'withdrawServiceCorrection',
    summary: 'Withdraw the correction of a service record',
    description: 'Takes back that a record was wrong, whoever proposed it.',
    tags: ['service'],
    dryRun: false,
    params,
    body: NoBody,
    status: 200,
    answer: ServiceCorrection,
    refusals: ['correction_not_found', 'service_record_not_found'],
    prepare: ({ params: { id }, principal }) => {
      const who = { reach: reachOf(principal), actor: actorOf(principal) };
      return {
        decide: (stage) => withdrawCorrection(stage, id, who),
        show: withoutReason,
        reveal: (body) => withReasonOfRow(service, principal, id, body),
      };
    },
  });
}

/** Who withdraws does not repeat the reason: it comes from the row, as long as that is the one that was withdrawn. */
async function withReasonOfRow(service: Service, principal: Principal, id: string, body: string): Promise<string> {
  const { entry } = JSON.parse(body) as { entry: string };
  const row = await readCorrection(service.sql, await ledgerIdOf(service, principal), id, reachOf(principal));
  return fillIn(body, { reason: row.entry === entry ? row.reason : null });
}

function registerErasing(app: App, service: Service): void {
  command(app, service, '/v1/service-records/:id/correction/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseServiceCorrectionText',
    summary: 'Erase the reason of a correction',
    description:
      'Erases why a service record was corrected, once that is decided, and journals that it was done. It cannot be undone.',
    tags: ['service'],
    params,
    body: NewTextErasure,
    status: 200,
    answer: ServiceCorrection,
    refusals: ['service_record_not_found', 'correction_not_found', 'correction_undecided', 'text_absent'],
    prepare: ({ params: { id }, body: { reason }, principal }) => {
      const erasure = { id, reach: reachOf(principal), reason };
      return { decide: (stage) => eraseCorrectionReason(stage, erasure), show: withoutReason };
    },
  });
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/service-corrections', {
    roles: readers,
    operationId: 'listServiceCorrections',
    summary: 'List corrections of service records',
    description:
      'The last correction of each record, in the order of the ids of the records; `status` narrows. A coordinator sees those of volunteers within the scope.',
    tags: ['service'],
    filters: { status: Type.Optional(CorrectionStatus) },
    answer: ServiceCorrectionPage,
    key: externalIdShape,
    rows: ({ query: { status = null }, principal }, ledger, page) =>
      listCorrections(service.sql, ledger.id, { status, reach: reachOf(principal), ...page }),
    keyOf: ({ service_record }) => service_record,
    show: (corrections) => ({ corrections }),
  });

  read(app, service, '/v1/service-records/:id/correction', {
    roles: readers,
    operationId: 'getServiceCorrection',
    summary: 'The correction of a service record',
    description: 'The last one, as it stands now.',
    tags: ['service'],
    params,
    answer: ServiceCorrection,
    refusals: ['correction_not_found'],
    read: ({ params: { id }, principal }, ledger) => readCorrection(service.sql, ledger.id, id, reachOf(principal)),
  });
}
