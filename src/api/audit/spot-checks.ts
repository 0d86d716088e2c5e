/** Spot checks over HTTP: a draw that nobody chooses and anybody can repeat, and what was found. */
import { Type } from 'typebox';
import { actorOf } from '../../http/commands.js';
import { requireDaysInOrder } from '../../http/days.js';
import { annotated, named, namedObject } from '../../http/named.js';
import { command, list, read } from '../../http/routes.js';
import { closed, DateString, EntryNumber, Instant, Nullable, pageOf, Uuid } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import { dateInZone } from '../../lib/clock.js';
import { idShape, newId } from '../../lib/ids.js';
import { Refusal } from '../../lib/refusal.js';
import { listSpotChecks, readSpotCheck, viewResult, viewSpotCheck } from '../../timebank/audit/spot-checks/reads.js';
import { orderSpotCheck, recordResult } from '../../timebank/audit/spot-checks/spot-check.js';
import { spotCheckOutcomes } from '../../timebank/audit/spot-checks/spot-check-words.js';
import { proofGrades } from '../../timebank/service-words.js';
import { RecordId } from '../service/service-record-shapes.js';

const days = {
  from: annotated(DateString, { description: 'The first day of service.', examples: ['2026-10-01'] }),
  to: annotated(DateString, { description: 'The last day of service; not after today.', examples: ['2026-10-31'] }),
};
const Grade = Type.Enum([...proofGrades], { description: 'Only records of this proof.', examples: ['B'] });
const count = Type.Integer({ minimum: 1, maximum: 1_000, description: 'How many records are drawn.', examples: [20] });

const NewSpotCheck = namedObject(
  'NewSpotCheck',
  { ...days, proof_grade: Type.Optional(Grade), count },
  { description: 'What to draw from.', examples: [{ from: '2026-10-01', to: '2026-10-31', count: 20 }] },
);

const fields = {
  id: Uuid,
  ...days,
  proof_grade: Nullable(Grade, { description: 'Null: of whatever proof.' }),
  count,
  drawn_by: Type.String({ description: 'Who had it drawn, as the journal names them.', examples: ['auditor:sun'] }),
  drawn_at: Instant,
  entry: annotated(EntryNumber, { description: 'The entry of the draw: the log up to and with it is the seed.' }),
};

const example = {
  id: '0199a2c5-11aa-7d10-8f5a-2b6c9d0e1f23',
  from: '2026-10-01',
  to: '2026-10-31',
  proof_grade: null,
  count: 1,
  drawn_by: 'auditor:sun',
  drawn_at: '2026-11-02T01:00:00.000000Z',
  entry: '17',
};

const SpotCheck = namedObject('SpotCheck', fields, { description: 'A draw.', examples: [example] });
const SpotCheckPage = pageOf('SpotCheckPage', 'spot_checks', SpotCheck, 'Draws in their order.');

const outcome = named(
  'SpotCheckOutcome',
  Type.Enum([...spotCheckOutcomes], {
    description: 'confirmed: as recorded; deviates: otherwise, or not at all; unreachable: nobody could be asked.',
    examples: ['confirmed'],
  }),
);

const Result = namedObject(
  'SpotCheckResult',
  {
    outcome,
    checked_on: annotated(DateString, {
      description: 'The day on which somebody was asked.',
      examples: ['2026-11-02'],
    }),
    checked_by: Type.String({ description: 'Who says so, as the journal names them.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'What was found.',
    examples: [{ outcome: 'confirmed', checked_on: '2026-11-02', checked_by: 'operator:wang', entry: '18' }],
  },
);

const DrawnSpotCheck = namedObject(
  'DrawnSpotCheck',
  {
    ...fields,
    seed: Type.String({
      description: 'The root of the log of the size of `entry`, base64: what the checkpoint has in its third line.',
      examples: ['CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='],
    }),
    checkpoint: Type.String({
      description: 'The signed checkpoint of that size (C2SP tlog-checkpoint).',
      examples: ['…'],
    }),
    population: Type.Integer({ minimum: 0, description: 'From how many records it was drawn.', examples: [84] }),
    records: Type.Array(
      Type.Object(
        { record: RecordId, result: Nullable(Result, { description: 'Null: nothing was found yet.' }) },
        closed,
      ),
      { description: 'What was drawn, in the order of the draw.' },
    ),
  },
  {
    description: 'A draw with what was drawn and found.',
    examples: [
      {
        ...example,
        seed: 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
        checkpoint: '…',
        population: 84,
        records: [{ record: 'V000017', result: null }],
      },
    ],
  },
);

const NewResult = namedObject(
  'NewSpotCheckResult',
  {
    record: RecordId,
    outcome,
    checked_on: Type.Optional(annotated(DateString, { description: 'Default: today.', examples: ['2026-11-02'] })),
  },
  {
    description: 'What was found of a record that was drawn.',
    examples: [{ record: 'V000017', outcome: 'confirmed' }],
  },
);

const params = Type.Object({ id: Uuid }, closed);
const readers = ['operator', 'auditor'] as const;

export function registerSpotChecks(app: App, service: Service): void {
  command(app, service, '/v1/spot-checks', {
    roles: readers,
    operationId: 'drawSpotCheck',
    summary: 'Draw records for a spot check',
    description:
      'Draws among the service records of some days that stand now. The draw is an entry of the log, and the root of the log with that entry in it is the seed: nobody knows it before, and everybody can read it afterwards. Records are taken in the order of SHA-256 over the seed (base64), a line feed and the id of the record, so that anybody who has the ids can repeat the draw from the published log.',
    tags: ['audit'],
    dryRun: false,
    body: NewSpotCheck,
    answer: SpotCheck,
    refusals: ['date_in_future'],
    prepare: ({ body: { proof_grade: proofGrade = null, ...body } }) => {
      requireDaysInOrder(body);
      const request = { id: newId(), ...body, proofGrade };
      return { decide: (stage) => orderSpotCheck(stage, request), show: viewSpotCheck };
    },
  });
  list(app, service, '/v1/spot-checks', {
    roles: readers,
    operationId: 'listSpotChecks',
    summary: 'List draws',
    description: 'Every draw is kept, also one that nobody liked.',
    tags: ['audit'],
    answer: SpotCheckPage,
    key: idShape,
    rows: (_request, ledger, page) => listSpotChecks(service.sql, ledger.id, page),
    keyOf: ({ id }) => id,
    show: (spot_checks) => ({ spot_checks }),
  });
  read(app, service, '/v1/spot-checks/:id', {
    roles: readers,
    operationId: 'getSpotCheck',
    summary: 'A draw, with what was drawn and found',
    description: 'The same records whenever it is read, whatever was corrected since.',
    tags: ['audit'],
    expensive: true,
    params,
    answer: DrawnSpotCheck,
    refusals: ['spot_check_not_found'],
    read: ({ params: { id } }, ledger) => readSpotCheck(service.reports, ledger.id, id, service.logSigner(ledger)),
  });
  command(app, service, '/v1/spot-checks/:id/results', {
    roles: readers,
    operationId: 'recordSpotCheckResult',
    summary: 'Record what was found',
    description:
      'Of a record that was drawn, by somebody who had no part in it; a later word takes the place of an earlier one. It changes nothing of the record: what is wrong is corrected there.',
    tags: ['audit'],
    params,
    body: NewResult,
    answer: Result,
    refusals: [
      'spot_check_not_found',
      'service_record_not_found',
      'record_not_drawn',
      'self_approval',
      'date_in_future',
    ],
    prepare: async ({ params: { id }, body, principal }) => {
      const { facts } = await laneOf(service, principal);
      const { records } = await readSpotCheck(service.reports, facts.id, id, service.logSigner(facts));
      if (!records.some(({ record }) => record === body.record)) throw notDrawn(body.record);
      const checkedOn = body.checked_on ?? dateInZone(service.clock(), facts.zone);
      const { record, outcome } = body;
      const request = { id, record, outcome, checkedOn, actor: actorOf(principal), alias: principal.alias };
      return { decide: (stage) => recordResult(stage, request), show: viewResult };
    },
  });
}

function notDrawn(record: string): Refusal {
  return new Refusal('record_not_drawn', {
    en: `service record ${record} was not drawn`,
    zh: `志愿服务记录 ${record} 不在本次抽查之列`,
  });
}
