/**
 * What proves a place, over HTTP: the QR code of a station, for a tablet that shows it anew every minute or for a wall, and the card of a
 * recipient. Both are signed anew for each request, and kept nowhere.
 */

import qrcode from 'qrcode-generator';
import { Type } from 'typebox';
import { namedObject } from '../../../http/named.js';
import { proofTokenPattern, signProofToken } from '../../../http/proof-tokens.js';
import { reachOf } from '../../../http/reach.js';
import { read } from '../../../http/routes.js';
import { readRulesNow } from '../../../http/rules.js';
import { closed, ExternalId, Instant, Nullable } from '../../../http/schemas.js';
import type { App, Service } from '../../../http/service.js';
import { formatInstant } from '../../../lib/clock.js';
import { readCardGeneration } from '../../../timebank/people/cards.js';
import { readStationGeneration } from '../../../timebank/people/stations/reads.js';
import type { ShownCode } from '../../../timebank/service/orders/shown.js';
import { visibleMember } from '../../people/member-purses.js';
import { StationId } from '../../people/station-shapes.js';

const ProofCode = namedObject(
  'ProofCode',
  {
    token: Type.String({
      pattern: proofTokenPattern,
      description: 'What the QR code holds: a JWS, signed with Ed25519 by the key of the place.',
      examples: ['eyJhbGciOiJFZERTQSJ9.eyJwbGFjZSI6InN0YXRpb24ifQ.c2lnbmF0dXJl'],
    }),
    printed: Type.Boolean({ description: 'To be printed: it does not expire, and records say so.' }),
    expires_at: Nullable(Instant, { description: 'Null: printed.' }),
    svg: Type.String({ description: 'The QR code as a picture.', examples: ['<svg version="1.1"></svg>'] }),
  },
  {
    description: 'A QR code that proves a place.',
    examples: [
      {
        token: 'eyJhbGciOiJFZERTQSJ9.eyJwbGFjZSI6InN0YXRpb24ifQ.c2lnbmF0dXJl',
        printed: false,
        expires_at: '2026-10-27T05:31:00.000000Z',
        svg: '<svg version="1.1"></svg>',
      },
    ],
  },
);

const query = Type.Object(
  {
    printed: Type.Optional(
      Type.Boolean({ default: false, description: 'For paper: without an end, and flagged wherever it is used.' }),
    ),
  },
  closed,
);

export function registerShowing(app: App, service: Service): void {
  read(app, service, '/v1/stations/:id/qr', {
    roles: ['operator', 'coordinator'],
    operationId: 'showStationCode',
    summary: 'Show the QR code of a station',
    description:
      'For a screen: good for a minute, so ask again before it is over. Printed ones are good until the key of the station is rotated.',
    tags: ['orders'],
    params: Type.Object({ id: StationId }, closed),
    query,
    answer: ProofCode,
    refusals: ['station_not_found', 'station_closed'],
    read: async ({ params: { id }, query: { printed = false }, principal }, ledger) => {
      const generation = await readStationGeneration(service.sql, ledger.id, id, reachOf(principal));
      const { qr_valid_seconds: seconds } = await readRulesNow(service, ledger);
      return codeOf(service, principal.ledger, { place: 'station', id, generation, printed }, seconds);
    },
  });

  read(app, service, '/v1/members/:id/card', {
    roles: ['operator', 'coordinator', 'member'],
    operationId: 'showMemberCard',
    summary: 'Show the card of a member',
    description:
      'What a recipient shows to the volunteer who comes. On a phone it is good for a minute; printed by whoever looks after the recipient, until the card is replaced. It proves only for orders in which the member is a recipient.',
    tags: ['orders'],
    params: Type.Object({ id: ExternalId }, closed),
    query,
    answer: ProofCode,
    refusals: ['member_not_found'],
    read: async ({ params, query: { printed = false }, principal }, ledger) => {
      const { id } = await visibleMember(service, principal, ledger.id, params.id);
      const generation = await readCardGeneration(service.sql, ledger.id, id);
      const { qr_valid_seconds: seconds } = await readRulesNow(service, ledger);
      return codeOf(service, principal.ledger, { place: 'card', id, generation, printed }, seconds);
    },
  });
}

function codeOf(
  { secret, clock }: Service,
  ledger: string,
  place: Pick<ShownCode, 'place' | 'id' | 'generation' | 'printed'>,
  validSeconds: number,
) {
  const issuedAt = Math.floor(clock() / 1_000);
  const expiresAt = place.printed ? null : issuedAt + validSeconds;
  const token = signProofToken(secret, ledger, { ...place, issuedAt, expiresAt });
  const expires = expiresAt === null ? null : formatInstant(BigInt(expiresAt) * 1_000_000n);
  return { token, printed: place.printed, expires_at: expires, svg: pictureOf(token) };
}

/** As large as what shows it. A tenth of it may be dirty: correction level M. */
function pictureOf(token: string): string {
  const code = qrcode(0, 'M');
  code.addData(token, 'Byte');
  code.make();
  return code.createSvgTag({ scalable: true });
}
