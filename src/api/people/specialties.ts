/** The lists of specialties and interests over HTTP: codes with a Chinese name, which talents are described by. */
import { Type } from 'typebox';
import { command, list } from '../../http/routes.js';
import type { App, Service } from '../../http/service.js';
import { tidied } from '../../lib/text.js';
import { listSpecialties } from '../../timebank/people/talents/reads.js';
import { registerSpecialty } from '../../timebank/people/talents/specialties.js';
import { ChangeReceipt, receiptOf } from './receipts.js';
import { NewSpecialty, SpecialtyKind, SpecialtyPage } from './specialty-shapes.js';

export function registerSpecialties(app: App, service: Service): void {
  command(app, service, '/v1/specialties', {
    roles: ['operator'],
    operationId: 'registerSpecialty',
    summary: 'Name a specialty or an interest',
    description: 'Adds a code to the list of specialties or to that of interests. It says for ever what it says.',
    tags: ['people'],
    dryRun: false,
    body: NewSpecialty,
    answer: ChangeReceipt,
    refusals: ['specialty_exists'],
    prepare: ({ body: { kind, code, name_zh, name_en = null } }) => {
      const request = { kind, code, name_zh: tidied(name_zh), name_en: name_en === null ? null : tidied(name_en) };
      return {
        decide: (stage) => receiptOf(stage, code, registerSpecialty(stage, request)),
      };
    },
  });

  list(app, service, '/v1/specialties', {
    roles: ['operator', 'auditor', 'coordinator', 'member'],
    operationId: 'listSpecialties',
    summary: 'List specialties and interests',
    description: 'Interests, then specialties, each in the order of their codes; `kind` narrows.',
    tags: ['people'],
    filters: { kind: Type.Optional(SpecialtyKind) },
    answer: SpecialtyPage,
    key: /^[a-z]+\/[a-z][a-z0-9_]{0,63}$/,
    rows: ({ query: { kind = null } }, ledger, page) => listSpecialties(service.sql, ledger.id, { kind, ...page }),
    keyOf: ({ kind, code }) => `${kind}/${code}`,
    show: (specialties) => ({ specialties }),
  });
}
