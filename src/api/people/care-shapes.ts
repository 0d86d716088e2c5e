/** What requests and answers about the care registry hold. */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { DateString, EntryNumber, ExternalId, Instant, Nullable, pageOf } from '../../http/schemas.js';
import {
  careChangeKinds,
  careModes,
  careReadKinds,
  careReadPurposes,
  careReasons,
} from '../../timebank/community-words.js';
import { UnitId } from './org-unit-shapes.js';

export const SubjectId = annotated(ExternalId, { description: 'The member who is visited.', examples: ['M00003'] });
export const Purpose = named(
  'CareReadPurpose',
  Type.Enum([...careReadPurposes], {
    description: 'What the registry is read for; it is written down with the reading.',
    examples: ['planning'],
  }),
);
const Reason = named(
  'CareReason',
  Type.Enum([...careReasons], {
    description:
      'Why somebody is visited: as a matter of course, in distress, in need, in illness, on an occasion of old age.',
    examples: ['routine'],
  }),
);
const Mode = named(
  'CareMode',
  Type.Enum([...careModes], { description: 'At a place that is fixed, or at the door.', examples: ['doorstep'] }),
);
const Note = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'In words; kept beside the journal, only its digest in the log, and erasable.',
  examples: ['腿脚不便，请先打电话'],
});
const reasons = Type.Array(Reason, { minItems: 1, maxItems: 5, uniqueItems: true, examples: [['routine', 'illness']] });
const plan = {
  reasons,
  mode: Mode,
  interval_days: Type.Integer({
    minimum: 1,
    maximum: 366,
    description: 'Days from a visit to the next.',
    examples: [30],
  }),
  starts_on: annotated(DateString, { description: 'The day of the first visit.', examples: ['2026-11-10'] }),
};
const planExample = {
  reasons: ['routine' as const, 'illness' as const],
  mode: 'doorstep' as const,
  interval_days: 30,
  starts_on: '2026-11-10',
};
const newNote = { note: Type.Optional(Nullable(Note)) };

/** As it is shown: of an erased person there are no reasons. */
const shownPlan = {
  ...plan,
  reasons: Type.Array(Reason, {
    maxItems: 5,
    description: 'None: they were erased with the person.',
    examples: [['routine', 'illness']],
  }),
};

export const NewCareSubject = namedObject(
  'NewCareSubject',
  { member: SubjectId, ...plan, ...newNote },
  {
    description: 'Somebody who is to be visited.',
    examples: [{ member: 'M00003', ...planExample, note: '腿脚不便，请先打电话' }],
  },
);
export const CarePlan = namedObject(
  'CarePlan',
  { ...plan, ...newNote },
  { description: 'How somebody is to be visited from now on; all of it is replaced.', examples: [planExample] },
);

export const CareSubject = namedObject(
  'CareSubject',
  {
    member: SubjectId,
    org_unit: annotated(UnitId, { description: 'The unit the member belongs to.' }),
    ...shownPlan,
    note: Nullable(Note, { description: 'Null: there is none, or it was erased.' }),
    visits: Type.Integer({ minimum: 0, description: 'How many there were.', examples: [3] }),
    last_visited_on: Nullable(DateString, { description: 'Null: not yet.' }),
    next_due_on: annotated(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }), {
      description: 'The day of the next visit: an interval after the last, though not before the plan begins.',
      examples: ['2026-12-10'],
    }),
    overdue_days: Type.Integer({ minimum: 0, description: 'How many days that is past, today.', examples: [0] }),
    ended_on: Nullable(DateString, { description: 'Since when there are no visits any more; null: there are.' }),
    entry: EntryNumber,
  },
  {
    description: 'Somebody in the care registry; `entry` is the number of the entry that last changed it.',
    examples: [
      {
        member: 'M00003',
        org_unit: 'XC-01-01',
        ...planExample,
        note: null,
        visits: 1,
        last_visited_on: '2026-11-10',
        next_due_on: '2026-12-10',
        overdue_days: 0,
        ended_on: null,
        entry: '31',
      },
    ],
  },
);
export const CareSubjectPage = pageOf(
  'CareSubjectPage',
  'care_subjects',
  CareSubject,
  'Who is to be visited, by the day of the next visit.',
);

const visit = {
  visited_on: annotated(DateString, { description: 'The day of the visit.', examples: ['2026-11-10'] }),
  reason: Reason,
  visitor: annotated(ExternalId, {
    description: "Who visited: a member's id, or one of the county's own.",
    examples: ['M00001'],
  }),
};
const visitExample = { visited_on: '2026-11-10', reason: 'routine' as const, visitor: 'M00001' };
export const NewCareVisit = namedObject(
  'NewCareVisit',
  { ...visit, ...newNote },
  { description: 'A visit that was made.', examples: [visitExample] },
);
const CareVisit = namedObject(
  'CareVisit',
  {
    number: Type.Integer({ minimum: 1, description: 'Of the visits to this member, from 1.', examples: [1] }),
    ...visit,
    reason: Nullable(Reason, { description: 'Why; null: it was erased with the person.' }),
    note: Nullable(Note, { description: 'Null: there is none, or it was erased.' }),
    recorded_by: Type.String({ description: 'Who recorded it, as role and subject.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'A visit.',
    examples: [{ number: 1, ...visitExample, note: null, recorded_by: 'operator:wang', entry: '32' }],
  },
);
export const CareVisitPage = pageOf(
  'CareVisitPage',
  'visits',
  CareVisit,
  'Visits in the order in which they were recorded.',
);

const CareChange = namedObject(
  'CareChange',
  {
    number: Type.Integer({ minimum: 1, description: 'Of the plans of this member, from 1.', examples: [2] }),
    change: Type.Enum([...careChangeKinds], { description: 'What became of the plan.', examples: ['changed'] }),
    effective_on: annotated(DateString, { description: 'From when on.' }),
    ...shownPlan,
    changed_by: Type.String({ description: 'Who changed it, as role and subject.', examples: ['operator:wang'] }),
    entry: EntryNumber,
  },
  {
    description: 'What became of a plan, and how it stands from then on.',
    examples: [
      {
        number: 2,
        change: 'changed',
        effective_on: '2026-11-01',
        ...planExample,
        changed_by: 'operator:wang',
        entry: '31',
      },
    ],
  },
);
export const CareChangePage = pageOf('CareChangePage', 'changes', CareChange, 'The plans there were, oldest first.');

const CareRead = namedObject(
  'CareRead',
  {
    kind: Type.Enum([...careReadKinds], { description: 'What of the registry was read.', examples: ['subject'] }),
    member: Nullable(SubjectId, { description: 'About whom; null for a list, and for an auditor.' }),
    asked: Nullable(Type.String(), { description: 'What a list was narrowed by, as a query; null: by nothing.' }),
    purpose: Nullable(Purpose, { description: 'What for; null: that was not said.' }),
    actor: Type.String({ description: 'Who read it, as role and subject.', examples: ['coordinator:li'] }),
    at: Instant,
    entry: EntryNumber,
  },
  {
    description: 'A reading of the care registry.',
    examples: [
      {
        kind: 'subject',
        member: 'M00003',
        asked: null,
        purpose: 'visit',
        actor: 'coordinator:li',
        at: '2026-11-02T09:00:00+08:00',
        entry: '33',
      },
    ],
  },
);
export const CareReadPage = pageOf(
  'CareReadPage',
  'care_reads',
  CareRead,
  'Readings of the care registry, oldest first.',
);
