/** What requests and answers about corrections of service records hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, Instant, Nullable, pageOf } from '../../http/schemas.js';
import { serviceCorrectionStatuses } from '../../timebank/service-words.js';
import { Grade, RecordedBy, RecordId } from './service-record-shapes.js';
import { ServiceType } from './service-shapes.js';

const Reason = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'In words; only its digest is in the log, and it can be erased once the correction is decided.',
  examples: ['the check-out was entered an hour late'],
});

export const CorrectionStatus = named(
  'ServiceCorrectionStatus',
  Type.Enum([...serviceCorrectionStatuses], { description: 'What became of it.', examples: ['proposed'] }),
);

const asIs = { description: 'Left out: as it was recorded.' };

export const NewCorrection = namedObject(
  'NewServiceCorrection',
  {
    external_id: Type.Optional(
      annotated(RecordId, { description: 'The id of the record that takes its place; left out: a new UUID.' }),
    ),
    service_type: Type.Optional(annotated(ServiceType, asIs)),
    planned_start: Type.Optional(annotated(Instant, asIs)),
    planned_end: Type.Optional(annotated(Instant, asIs)),
    check_in: Type.Optional(annotated(Instant, asIs)),
    check_out: Type.Optional(annotated(Instant, asIs)),
    proof_grade: Type.Optional(annotated(Grade, asIs)),
    recorded_by: Type.Optional(annotated(RecordedBy, asIs)),
    annul: Type.Optional(
      Type.Literal(true, { description: 'Nothing takes its place. Nothing else can be changed with it.' }),
    ),
    reason: Reason,
  },
  {
    description: 'What was really so. Volunteer and recipient cannot be changed: annul the record, and record it anew.',
    examples: [
      {
        external_id: 'V000001-2',
        check_out: '2026-10-27T14:30:00+08:00',
        reason: 'the check-out was entered an hour late',
      },
    ],
  },
);

const whole = { description: 'Of what takes its place, changed or not; null where nothing does.' };
const Person = (description: string) => Type.String({ description, examples: ['operator:wang'] });

export const ServiceCorrection = namedObject(
  'ServiceCorrection',
  {
    service_record: annotated(RecordId, { description: 'The record that is wrong.' }),
    status: CorrectionStatus,
    annul: Type.Boolean({ description: 'Whether nothing takes its place.', examples: [false] }),
    external_id: Nullable(RecordId, { description: 'The id that was asked for; null: none was.' }),
    service_type: Nullable(ServiceType, whole),
    planned_start: Nullable(Instant, whole),
    planned_end: Nullable(Instant, whole),
    check_in: Nullable(Instant, whole),
    check_out: Nullable(Instant, whole),
    proof_grade: Nullable(Grade, whole),
    recorded_by: Nullable(RecordedBy, whole),
    reason: Nullable(Reason, { description: 'Null: it was erased.' }),
    proposed_by: Person('Who proposed it: role and subject.'),
    proposed_at: Instant,
    decided_by: Nullable(Person('Who carried it out, or withdrew it.')),
    decided_at: Nullable(Instant),
    corrected_by: Nullable(RecordId, { description: 'The record that took its place, once it is carried out.' }),
    reversed_on: Nullable(DateString, { description: 'The day the reversal takes effect, once it is carried out.' }),
    entry: EntryNumber,
  },
  {
    description:
      'A correction. `entry` is the number of the entry that last changed it: once carried out, the reversal, until the reason is erased.',
    examples: [
      {
        service_record: 'V000001',
        status: 'proposed',
        annul: false,
        external_id: 'V000001-2',
        service_type: 'errand',
        planned_start: '2026-10-27T05:30:00.000000Z',
        planned_end: '2026-10-27T07:30:00.000000Z',
        check_in: '2026-10-27T05:30:00.000000Z',
        check_out: '2026-10-27T06:30:00.000000Z',
        proof_grade: 'A',
        recorded_by: 'XC-01-01',
        reason: 'the check-out was entered an hour late',
        proposed_by: 'coordinator:wang',
        proposed_at: '2026-11-02T01:00:00.000000Z',
        decided_by: null,
        decided_at: null,
        corrected_by: null,
        reversed_on: null,
        entry: '31',
      },
    ],
  },
);

export const ServiceCorrectionPage = pageOf(
  'ServiceCorrectionPage',
  'corrections',
  ServiceCorrection,
  'Corrections in the order of the ids of the records.',
);
