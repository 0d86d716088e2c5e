/** Who is behind a pseudonym of the journal, for an operator who must know. Others see pseudonyms only. */
import { Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { pseudonymPattern } from '../../http/pseudonyms.js';
import { read } from '../../http/routes.js';
import { closed, Instant } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { Refusal } from '../../lib/refusal.js';
import { readSubject } from '../../timebank/access/subjects.js';

const Pseudonym = named(
  'Pseudonym',
  Type.String({
    pattern: pseudonymPattern,
    description: 'What the journal calls a person who signed in at the OpenID provider.',
    examples: ['p-4kz7m2q5xw3nb6ta'],
  }),
);

const KnownSubject = namedObject(
  'Subject',
  {
    pseudonym: Pseudonym,
    issuer: Type.String({ description: 'The provider.', examples: ['https://id.example'] }),
    subject: Type.String({ description: 'What the provider calls the person.', examples: ['13900000001'] }),
    first_seen: Instant,
  },
  {
    description: 'The person behind a pseudonym.',
    examples: [
      {
        pseudonym: 'p-4kz7m2q5xw3nb6ta',
        issuer: 'https://id.example',
        subject: '13900000001',
        first_seen: '2026-10-01T01:00:00.000Z',
      },
    ],
  },
);

export function registerSubjects(app: App, service: Service): void {
  read(app, service, '/v1/subjects/:pseudonym', {
    roles: ['operator'],
    operationId: 'getSubject',
    summary: 'Who is behind a pseudonym',
    description:
      'The journal calls people who sign in at the OpenID provider by a pseudonym. Whom it stands for is kept beside the books and can be erased; then nobody is found.',
    tags: ['system'],
    params: Type.Object({ pseudonym: Pseudonym }, closed),
    answer: KnownSubject,
    refusals: ['subject_not_found'],
    read: async (request, ledger) => {
      const { pseudonym } = request.params;
      const known = await readSubject(service.sql, ledger.id, pseudonym);
      if (!known)
        throw new Refusal('subject_not_found', {
          en: `nobody is known as ${pseudonym}`,
          zh: `代号 ${pseudonym} 没有对应的人员`,
        });
      request.log.info({ route: request.routeOptions.url, pseudonym }, 'a pseudonym was looked up');
      return known;
    },
  });
}
