/** Qualifications of talents over HTTP: recorded with evidence in words, ended, and the words erased. */
import { Type } from 'typebox';
import { reachOf } from '../../http/reach.js';
import { command } from '../../http/routes.js';
import { closed, ExternalId, NoBody } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { requireMemberWithin } from '../../timebank/people/reach.js';
import { endQualification, eraseEvidence, recordQualification } from '../../timebank/people/talents/qualifications.js';
import { NewTextErasure } from '../ledger/entry-shapes.js';
import { ChangeReceipt, receiptOf } from './receipts.js';
import { NewQualification, QualificationNumber, Registry } from './talent-shapes.js';

const params = { member: ExternalId, registry: Registry };
const ofTalent = Type.Object(params, closed);
const ofQualification = Type.Object({ ...params, n: QualificationNumber }, closed);
const keepers = ['operator', 'coordinator'] as const;

export function registerTalentQualifications(app: App, service: Service): void {
  command(app, service, '/v1/talents/:member/:registry/qualifications', {
    roles: keepers,
    operationId: 'recordQualification',
    summary: 'Record a qualification',
    description:
      'Its number is the last part of the id in the answer. It counts up to its last day, in whichever registry it stands.',
    tags: ['people'],
    dryRun: false,
    params: ofTalent,
    body: NewQualification,
    answer: ChangeReceipt,
    refusals: ['talent_not_found', 'member_not_found', 'talent_ended', 'member_erased'],
    prepare: ({ params: name, body, principal }) => ({
      decide: (stage) => {
        requireMemberWithin(stage, reachOf(principal), name.member);
        const { kind, evidence, valid_until: validUntil } = body;
        const { entry, number } = recordQualification(stage, name, { kind, evidence, validUntil });
        return receiptOf(stage, `${name.member}/${name.registry}/${number}`, entry);
      },
    }),
  });

  command(app, service, '/v1/talents/:member/:registry/qualifications/:n/end', {
    roles: keepers,
    operationId: 'endQualification',
    summary: 'End a qualification',
    description:
      'It counts for nothing that lies ahead, whatever its last day was to be. Service that was given until today, today included, is judged by it as before.',
    tags: ['people'],
    dryRun: false,
    params: ofQualification,
    body: NoBody,
    answer: ChangeReceipt,
    refusals: [
      'talent_not_found',
      'member_not_found',
      'talent_ended',
      'qualification_not_found',
      'qualification_ended',
    ],
    prepare: ({ params: { member, registry, n }, principal }) => ({
      decide: (stage) => {
        requireMemberWithin(stage, reachOf(principal), member);
        const ended = endQualification(stage, { member, registry, number: Number(n) });
        return receiptOf(stage, `${member}/${registry}/${n}`, ended);
      },
    }),
  });

  command(app, service, '/v1/talents/:member/:registry/qualifications/:n/text-erasure', {
    roles: ['operator'],
    operationId: 'eraseQualificationText',
    summary: 'Erase the evidence of a qualification',
    description:
      'Erases the words and the salt that hides them in the log; the qualification itself stays. It cannot be undone.',
    tags: ['people'],
    dryRun: false,
    params: ofQualification,
    body: NewTextErasure,
    answer: ChangeReceipt,
    refusals: ['qualification_not_found', 'text_absent'],
    prepare: ({ params: { member, registry, n }, body }) => ({
      decide: (stage) =>
        receiptOf(
          stage,
          `${member}/${registry}/${n}`,
          eraseEvidence(stage, { member, registry, number: Number(n) }, body.reason),
        ),
    }),
  });
}
