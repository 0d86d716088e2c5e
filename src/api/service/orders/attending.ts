/** Check-in, check-out and who did not come, over HTTP. */

import { type Static, Type } from 'typebox';
import { annotated, named, namedObject } from '../../../http/named.js';
import { proofTokenMaxLength, proofTokenPattern, readProofToken } from '../../../http/proof-tokens.js';
import { command } from '../../../http/routes.js';
import { closed, ExternalId, Instant } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { Refusal } from '../../../lib/refusal.js';
import { tidied } from '../../../lib/text.js';
import { type Attending, checkIn, checkOut, type Proof } from '../../../timebank/service/orders/attendance.js';
import { recordNoShow } from '../../../timebank/service/orders/cancel.js';
import { rulesOfOrder } from '../../../timebank/service/orders/rules.js';
import type { ShownCode } from '../../../timebank/service/orders/shown.js';
import { orderRoles } from '../../../timebank/service-words.js';
import { askers, askingOf, orderLeft } from './asking.js';
import { codePattern, digestOfCode } from './codes.js';
import { EvidenceDigest } from './evidence-shapes.js';
import { Order, orderParams, words } from './shapes.js';

const AttendanceProof = named(
  'AttendanceProof',
  Type.Union(
    [
      Type.Object(
        {
          kind: Type.Literal('code'),
          code: Type.String({
            pattern: codePattern,
            description: 'What the recipient was shown.',
            examples: ['048213'],
          }),
        },
        closed,
      ),
      Type.Object(
        {
          kind: Type.Literal('qr'),
          token: Type.String({
            pattern: proofTokenPattern,
            maxLength: proofTokenMaxLength,
            description: 'What the QR code of the station, or of the recipient’s card, holds.',
            examples: ['eyJhbGciOiJFZERTQSJ9.eyJwbGFjZSI6InN0YXRpb24ifQ.c2lnbmF0dXJl'],
          }),
        },
        closed,
      ),
      Type.Object({ kind: Type.Literal('reported') }, closed),
      Type.Object({ kind: Type.Literal('paper'), evidence: Type.Optional(EvidenceDigest) }, closed),
    ],
    {
      description:
        'How the moment is known: a code or a QR code at both ends is grade A, the volunteer’s word B once the recipient has confirmed it, paper C. Paper takes `evidence`: a file of the order, which is sent first.',
      examples: [{ kind: 'code', code: '048213' }],
    },
  ),
);

const Moment = namedObject(
  'AttendanceMoment',
  {
    volunteer: ExternalId,
    at: Type.Optional(annotated(Instant, { description: 'Absent: now. A device proves only now.' })),
    proof: AttendanceProof,
    reason: Type.Optional(words('Why it is recorded late; needed after a quarter of an hour.', '手机没电')),
  },
  {
    description: 'A volunteer who comes or goes.',
    examples: [{ volunteer: 'M00131', proof: { kind: 'code', code: '048213' } }],
  },
);

const NoShow = namedObject(
  'NoShow',
  {
    side: Type.Enum([...orderRoles], { description: 'Who did not come.', examples: ['volunteer'] }),
    volunteer: Type.Optional(annotated(ExternalId, { description: 'Of several, which.' })),
  },
  { description: 'Somebody who did not come.', examples: [{ side: 'volunteer' }] },
);

const momentRefusals = [
  'order_not_found',
  'order_role_invalid',
  'self_approval',
  'order_state_invalid',
  'date_in_future',
  'member_suspended',
  'member_inactive',
  'service_time_invalid',
  'service_overlap',
  'reason_missing',
  'proof_invalid',
  'proof_replaced',
  'evidence_missing',
  'code_invalid',
  'code_locked',
] as const;

export function registerAttending(app: App, service: Service): void {
  registerMoment(app, service, 'check-in', {
    operationId: 'checkIn',
    summary: 'Check a volunteer in',
    description:
      'The volunteer shows what proves the place, or says so; who looks after the unit records what is on paper. Within two hours of the plan.',
    record: checkIn,
  });
  registerMoment(app, service, 'check-out', {
    operationId: 'checkOut',
    summary: 'Check a volunteer out',
    description: 'When the last volunteer has left, the recipient is to confirm within three days.',
    record: checkOut,
  });

  command(app, service, '/v1/orders/:id/no-show', {
    roles: askers,
    operationId: 'recordNoShow',
    summary: 'Record that somebody did not come',
    description:
      'Once it should have begun: the other side says so, or who looks after the unit. What was held goes back. It is recorded and blocks nothing.',
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: NoShow,
    status: 200,
    answer: Order,
    refusals: ['order_not_found', 'order_state_invalid', 'order_role_invalid', 'self_approval'],
    prepare: ({ params: { id }, body: { side, volunteer = null }, principal }) => ({
      decide: (stage) =>
        orderLeft(
          stage,
          principal,
          id,
          recordNoShow(stage, rulesOfOrder(stage, id), { orderId: id, side, volunteer }, askingOf(principal)),
        ),
    }),
  });
}

interface MomentRoute {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly record: typeof checkIn;
}

function registerMoment(app: App, service: Service, path: string, { record, ...said }: MomentRoute): void {
  command(app, service, `/v1/orders/:id/${path}`, {
    ...said,
    roles: askers,
    tags: ['orders'],
    dryRun: false,
    params: orderParams,
    body: Moment,
    status: 200,
    answer: Order,
    refusals: momentRefusals,
    prepare: ({ params: { id }, body, principal }) => {
      const asked = attendingOf(service, principal.ledger, id, body);
      return {
        decide: (stage) => {
          const entry = record(stage, rulesOfOrder(stage, asked.orderId), asked, askingOf(principal));
          // A wrong code is counted in the books, and still refused.
          return entry instanceof Refusal ? (entry as never) : orderLeft(stage, principal, id, entry);
        },
      };
    },
  });
}

function attendingOf(service: Service, ledger: string, orderId: string, body: Static<typeof Moment>): Attending {
  const { volunteer, at, proof, reason } = body;
  const known = proofOf(service, ledger, orderId, proof);
  return { orderId, volunteer, at, proof: known, reason: reason === undefined ? null : tidied(reason) };
}

function proofOf(service: Service, ledger: string, orderId: string, proof: Static<typeof AttendanceProof>): Proof {
  if (proof.kind === 'code') return { means: 'code', digest: digestOfCode(service.secret, orderId, proof.code) };
  if (proof.kind === 'paper') return { means: 'paper', evidence: proof.evidence };
  if (proof.kind === 'reported') return { means: 'reported' };
  const shown = shownIn(service, ledger, proof.token);
  return { means: !(shown instanceof Refusal) && shown.printed ? 'qr_printed' : 'qr', shown };
}

/** Who asks something of no order of theirs is told that first: so a refusal is handed on, and thrown when it is its turn. */
function shownIn(service: Service, ledger: string, token: string): ShownCode | Refusal {
  try {
    return readProofToken(service.secret, ledger, token);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
