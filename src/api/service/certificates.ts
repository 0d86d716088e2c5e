/** Certificates over HTTP: issued to whoever asks for their own or looks after a member, listed, shown as JSON and as a paper, revoked. */
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { checkCodeOf } from '../../http/check-codes.js';
import { fillIn } from '../../http/commands.js';
import { requireDaysInOrder } from '../../http/days.js';
import { formatOf, formatQuery } from '../../http/formats.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command, list } from '../../http/routes.js';
import { closed, ExternalId } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { readCheckpointAt } from '../../ledger/reads/log.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { formatAmount } from '../../lib/decimal.js';
import { Refusal } from '../../lib/refusal.js';
import { maskedId } from '../../timebank/people/masked.js';
import { memberNotFound } from '../../timebank/people/members.js';
import { shownFields } from '../../timebank/people/personal-data/shown-fields.js';
import { totalsOf } from '../../timebank/service/certificates/content.js';
import {
  certificateNotFound,
  issueCertificate,
  type RecordCertificate,
  revokeCertificate,
} from '../../timebank/service/certificates/issue.js';
import {
  certificatePaper,
  type PrintedCertificate,
  type ShownIdentity,
} from '../../timebank/service/certificates/paper.js';
import {
  type Holder,
  listCertificates,
  readCertificate,
  readHolder,
  type StoredCertificate,
} from '../../timebank/service/certificates/reads.js';
import type { CertificateStatus } from '../../timebank/service-words.js';
import { memberReaders, visibleMember } from '../people/member-purses.js';
import {
  Certificate,
  CertificateNumber,
  CertificatePage,
  certificateNumberShape,
  IssuedCertificate,
  NewCertificate,
  Revocation,
  WholeCertificate,
} from './certificate-shapes.js';

const formats = ['json', 'pdf'] as const;
const ofMember = Type.Object({ id: ExternalId }, closed);
const params = Type.Object({ number: CertificateNumber }, closed);

export function registerCertificates(app: App, service: Service): void {
  registerIssuing(app, service);
  registerListing(app, service);
  registerShowing(app, service);
  registerRevoking(app, service);
}

function registerIssuing(app: App, service: Service): void {
  // It cannot be tried: what is answered has the code of a number that another certificate would get.
  command(app, service, '/v1/members/:id/certificates', {
    roles: ['operator', 'coordinator', 'member'],
    operationId: 'issueCertificate',
    summary: 'Issue a certificate',
    description:
      'Of the service records of a member that stand now, of all days or of some; free of charge, for the member and for whoever looks after them. What it says stays as it is: once one of its records is corrected, it is superseded.',
    tags: ['service'],
    dryRun: false,
    params: ofMember,
    body: NewCertificate,
    answer: IssuedCertificate,
    refusals: ['member_not_found', 'member_merged', 'member_erased', 'certificate_empty', 'certificate_too_long'],
    prepare: ({ params: { id }, body, principal }) => {
      const { from, to } = body ?? {};
      requireDaysInOrder({ from, to }, 'body');
      const own = ownMember(principal);
      const issuing = { reach: reachOf(principal), member: id, from: from ?? null, to: to ?? null };
      return {
        decide: (stage) => {
          if (own !== null && own !== id) throw memberNotFound(id);
          return issueCertificate(stage, issuing);
        },
        show: (row) => ({ ...viewCertificate(row, 'valid'), check_code: null, check_url: null }),
        reveal: (answer) => fillIn(answer, checkOf(service, principal.ledger, JSON.parse(answer).number)),
      };
    },
  });
}

function registerListing(app: App, service: Service): void {
  list(app, service, '/v1/members/:id/certificates', {
    roles: memberReaders,
    operationId: 'listCertificates',
    summary: "A member's certificates",
    description: 'Whoever sees the member sees them, those under ids that were merged into the member as well.',
    tags: ['service'],
    params: ofMember,
    answer: CertificatePage,
    refusals: ['member_not_found'],
    key: certificateNumberShape,
    rows: async ({ params, principal }, ledger, page) => {
      const { id, merged_from } = await visibleMember(service, principal, ledger.id, params.id);
      return listCertificates(service.sql, ledger.id, { ...page, members: [id, ...merged_from] });
    },
    keyOf: ({ row }) => row.certificate_number,
    show: (rows) => ({ certificates: rows.map(({ row, status }) => viewCertificate(row, status)) }),
  });
}

function registerShowing(app: App, service: Service): void {
  app.get('/v1/certificates/:number', {
    config: { roles: memberReaders },
    schema: {
      operationId: 'getCertificate',
      summary: 'A certificate',
      description:
        'What it says, as JSON or as a paper in Chinese: the same bytes every time, as long as what is known of the person is the same.',
      tags: ['service'],
      params,
      querystring: Type.Object({ format: formatQuery(formats) }, closed),
      response: {
        200: {
          description: 'The certificate.',
          content: {
            'application/json': { schema: WholeCertificate },
            'application/pdf': { schema: Type.Unsafe<unknown>({ type: 'string', format: 'binary' }) },
          },
        },
        ...problemResponses(...guardedRefusals, 'certificate_not_found'),
      },
    },
    handler: async (request, reply) => {
      const { principal, query } = request;
      const { facts: ledger } = await laneOf(service, principal);
      const shown = await visibleCertificate(service, principal, ledger, request.params.number);
      reply.header('vary', 'accept');
      if (formatOf(request, query.format, formats) === 'pdf') return sendPaper(service, reply, shown);
      return viewWhole(shown);
    },
  });
}

function registerRevoking(app: App, service: Service): void {
  command(app, service, '/v1/certificates/:number/revoke', {
    roles: ['operator', 'coordinator'],
    operationId: 'revokeCertificate',
    summary: 'Revoke a certificate',
    description: 'By the unit that issued it, or one above. Whoever checks it reads that it is good no more, and why.',
    tags: ['service'],
    params,
    body: Revocation,
    status: 200,
    answer: Certificate,
    refusals: ['certificate_not_found', 'certificate_revoked'],
    prepare: ({ params: { number }, body: { reason }, principal }) => ({
      decide: (stage) => revokeCertificate(stage, { reach: reachOf(principal), number, reason }),
      show: (row) => viewCertificate(row, 'revoked'),
    }),
  });
}

/** A certificate as somebody is shown it. */
interface Shown extends Pick<PrintedCertificate, 'certificate' | 'name' | 'identity' | 'checkpoint'> {
  readonly check: CheckAt | null;
}

interface CheckAt {
  readonly check_code: string;
  readonly check_url: string;
}

function checkOf(service: Service, ledger: string, number: string): CheckAt {
  const code = checkCodeOf(service.secret, { ledger, number });
  return { check_code: code, check_url: `${service.publicUrl}/certificates/${number}?code=${code}` };
}

/** Who sees the member sees the certificate. Refuses: `certificate_not_found`. */
async function visibleCertificate(
  service: Service,
  principal: Principal,
  ledger: LedgerFacts,
  number: string,
): Promise<Shown> {
  const certificate = await readCertificate(service.sql, ledger.id, number);
  await visibleMember(service, principal, ledger.id, certificate.row.member_id).catch((error) => {
    throw error instanceof Refusal && error.code === 'member_not_found' ? certificateNotFound(number) : error;
  });
  const whole = await wholeCertificate(service, ledger, certificate);
  if (principal.role !== 'auditor') return { ...whole, check: checkOf(service, ledger.code, number) };
  // The code would show the auditor the name.
  return { ...whole, name: null, identity: { ...whole.identity, masked: null }, check: null };
}

/** With all that the paper says. */
export async function wholeCertificate(
  service: Service,
  ledger: LedgerFacts,
  certificate: StoredCertificate,
): Promise<Omit<Shown, 'check'>> {
  const { row } = certificate;
  const [holder, checkpoint] = await Promise.all([
    readHolder(service.sql, ledger.id, row),
    readCheckpointAt(service.sql, ledger.id, Number(row.at_entry), service.logSigner(ledger)),
  ]);
  return { certificate, name: holder.name, identity: identityOf(service, ledger, row, holder), checkpoint };
}

/** What was sealed anew since, or emptied, is not what was on the paper, and is not shown. */
function identityOf(service: Service, ledger: LedgerFacts, row: RecordCertificate, holder: Holder): ShownIdentity {
  const { member_id: id, identity_entry: sealedBy } = row;
  if (sealedBy === null) return { kind: 'member_id', masked: holder.name === null ? null : maskedId(id) };
  if (sealedBy !== holder.identity_entry) return { kind: 'national_id', masked: null };
  const owner = { ledger: ledger.code, memberId: id };
  return { kind: 'national_id', masked: shownFields(service.personal, owner, holder.fields).national_id };
}

async function sendPaper(service: Service, reply: FastifyReply, { check, ...shown }: Shown): Promise<FastifyReply> {
  const { certificate_number: number } = shown.certificate.row;
  const bytes = await service.papers.draw(
    certificatePaper({ ...shown, checkCode: check?.check_code ?? null, checkUrl: check?.check_url ?? null }),
  );
  reply
    .header('content-type', 'application/pdf')
    .header('content-language', 'zh')
    .header('content-disposition', `inline; filename="${number}.pdf"`);
  return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function viewWhole(shown: Shown): Static<typeof WholeCertificate> {
  const { row, status } = shown.certificate;
  const { check_code = null, check_url = null } = shown.check ?? {};
  return { ...viewCertificate(row, status), ...viewSaying(shown), check_code, check_url };
}

/** What it says of the person and of the records. */
export function viewSaying({ certificate, name, identity, checkpoint }: Omit<Shown, 'check'>) {
  return {
    unit_name: certificate.unit_name,
    name,
    identity,
    totals: totalsOf(certificate.records).map((one) => ({ ...one, hours: formatAmount(one.hours, 2) })),
    lines: certificate.records.map(({ served_on, service_type, hours, proof_grade, unit_name: unit }) => ({
      served_on,
      service_type,
      hours: formatAmount(hours, 2),
      proof_grade,
      unit,
    })),
    checkpoint: checkpoint.note,
  };
}

/** What of its row is on the paper. */
export function viewPrinted(row: RecordCertificate, status: CertificateStatus) {
  return {
    number: row.certificate_number,
    status,
    from: row.first_on,
    to: row.last_on,
    issued_on: row.issued_on,
    records: row.records,
    hours: formatAmount(row.hours, 2),
    at_entry: String(row.at_entry),
    revocation: row.revocation,
  };
}

function viewCertificate(row: RecordCertificate, status: CertificateStatus): Static<typeof Certificate> {
  return {
    ...viewPrinted(row, status),
    member: row.member_id,
    unit: row.org_unit_id,
    issued_by: row.issued_by,
    sha256: row.content,
    revoked_at: row.revoked_at,
    revoked_by: row.revoked_by,
    entry: String(row.entry),
  };
}
