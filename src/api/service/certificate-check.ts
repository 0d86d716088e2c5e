/**
 * Whether a certificate is good, for anybody who has its number and its code, without a token: a page for people, JSON for programs. A number
 * that was never issued cannot be told from a wrong code: the code is looked at first, and only then the books.
 */
import { type Static, Type } from 'typebox';
import { isCheckCode } from '../../http/check-codes.js';
import { formatOf } from '../../http/formats.js';
import { problemResponses } from '../../http/problem-responses.js';
import { closed } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { loadLedger } from '../../ledger/load.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { Refusal } from '../../lib/refusal.js';
import { type CertificateName, readCertificateNumber } from '../../timebank/service/certificates/number.js';
import { readCertificate } from '../../timebank/service/certificates/reads.js';
import { checkPage, pagePolicy } from './certificate-page.js';
import { CheckedCertificate } from './certificate-shapes.js';
import { viewPrinted, viewSaying, wholeCertificate } from './certificates.js';

const params = Type.Object(
  {
    number: Type.String({
      maxLength: 80,
      description: 'As it is printed; small letters will do.',
      examples: ['XINCHANG-2026-000173-5'],
    }),
  },
  closed,
);
const query = Type.Object(
  {
    code: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'The code beside the number. Without it the page asks for it.',
        examples: ['7K3Q9-TWX2M'],
      }),
    ),
  },
  closed,
);

export function registerCertificateCheck(app: App, service: Service): void {
  app.get('/certificates/:number', {
    config: { public: true },
    schema: {
      operationId: 'checkCertificate',
      summary: 'Check a certificate',
      description:
        'For anybody who has the paper, and no more than it says. A page for people, which answers 200 whatever it finds; JSON if that is preferred, which answers `certificate_not_found` for a wrong number and a wrong code alike.',
      tags: ['service'],
      security: [],
      params,
      querystring: query,
      response: {
        200: {
          description: 'What is in the books.',
          content: {
            'application/json': { schema: CheckedCertificate },
            'text/html': { schema: Type.String({ description: 'In Chinese.' }) },
          },
        },
        ...problemResponses(
          'certificate_not_found',
          'request_invalid',
          'rate_limited',
          'ledger_busy',
          'ledger_unavailable',
          'internal_error',
        ),
      },
    },
    handler: async (request, reply) => {
      const { code } = request.query;
      const { number } = request.params;
      const isPage = formatOf(request, undefined, ['html', 'json']) === 'html';
      reply.header('vary', 'accept').header('referrer-policy', 'no-referrer').header('x-robots-tag', 'noindex');
      if (isPage && code === undefined) return sendPage({ number, asked: false, found: null });
      const found = await checked(service, number, code ?? '');
      if (found === null) service.wrongCodes.count(request);
      if (isPage) return sendPage({ number, asked: true, found });
      if (found === null) throw notThere();
      return found;

      function sendPage(page: Parameters<typeof checkPage>[0]) {
        return reply
          .header('content-security-policy', pagePolicy)
          .header('content-language', 'zh')
          .type('text/html; charset=utf-8')
          .send(checkPage(page));
      }
    },
  });
}

/** Null: there is no such certificate, or the code is not its own. */
async function checked(
  service: Service,
  typed: string,
  code: string,
): Promise<Static<typeof CheckedCertificate> | null> {
  const name = readCertificateNumber(typed);
  if (!name || !isCheckCode(service.secret, name, code)) return null;
  const ledger = await loadLedger(service.sql, name.ledger);
  const certificate = ledger && (await certificateOf(service, ledger, name));
  if (!certificate) return null;
  const { row, status } = certificate;
  return { ...viewPrinted(row, status), ...viewSaying(await wholeCertificate(service, ledger, certificate)) };
}

async function certificateOf(service: Service, ledger: LedgerFacts, { number }: CertificateName) {
  return readCertificate(service.sql, ledger.id, number).catch((error) => {
    if (error instanceof Refusal && error.code === 'certificate_not_found') return null;
    throw error;
  });
}

function notThere(): Refusal {
  return new Refusal('certificate_not_found', {
    en: 'There is no certificate of this number with this code.',
    zh: '没有与该编号和验证码相符的证明。',
  });
}
