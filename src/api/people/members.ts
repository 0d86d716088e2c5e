/**
 * Members over HTTP. A member sees themselves, a coordinator the subtree of the token's scope, an auditor everybody but no name:
 * the books hold ids only, and so does the audit. Partners and platforms see no member.
 */
import { Type } from 'typebox';
import { annotated, named, namedObject } from '../../http/named.js';
import { reachOf } from '../../http/reach.js';
import { command, list, read } from '../../http/routes.js';
import { BirthDate, EntryNumber, ExternalId, Nullable, PersonalName, pageOf } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import type { StagedEntry } from '../../ledger/drafts.js';
import type { Stage } from '../../ledger/stage.js';
import { externalIdShape } from '../../lib/ids.js';
import { tidied } from '../../lib/text.js';
import { talentCategories } from '../../timebank/community-words.js';
import { type MemberRequest, registerMember } from '../../timebank/people/members.js';
import type { PersonalKeys } from '../../timebank/people/personal-data/personal-keys.js';
import { masked, noFields } from '../../timebank/people/personal-data/shown-fields.js';
import { type Reach, requireUnitWithin } from '../../timebank/people/reach.js';
import { listMembers, type MemberView } from '../../timebank/people/reads.js';
import { genders } from '../../timebank/people-words.js';
import { registerKin } from './kin.js';
import { State, secondUnit } from './member-change-shapes.js';
import { registerMemberChanges } from './member-changes.js';
import { registerMemberMerge } from './member-merge.js';
import { memberReaders, registerMemberPurses } from './member-purses.js';
import { readMemberAs, shownMembers } from './sealed-fields.js';
import { memberParams, Phone, shownFieldSchemas, unmaskQuery } from './sealed-shapes.js';

const UnitId = annotated(ExternalId, {
  description: 'The organisation unit the member belongs to.',
  examples: ['XC-01-02-01-02'],
});
const Gender = named('Gender', Type.Enum([...genders], { examples: ['female'] }));
const Category = named(
  'TalentCategory',
  Type.Enum([...talentCategories], {
    description: 'The category of the talent registry.',
    examples: ['culture_education'],
  }),
);

const NewMember = namedObject(
  'NewMember',
  {
    external_id: ExternalId,
    name: PersonalName,
    gender: Gender,
    birth_date: BirthDate,
    phone: Nullable(Phone),
    org_unit: UnitId,
    talent_category: Nullable(Category),
  },
  {
    description: 'A member to register.',
    examples: [
      {
        external_id: 'M00001',
        name: '何根仙',
        gender: 'female',
        birth_date: '1949-02-20',
        phone: '13900000001',
        org_unit: 'XC-01-02-01-02',
        talent_category: 'theory_talks',
      },
    ],
  },
);

const Member = namedObject(
  'Member',
  {
    id: ExternalId,
    org_unit: UnitId,
    second_org_unit: secondUnit,
    state: State,
    merged_into: Nullable(ExternalId, { description: 'Who the member is now, if they were merged.' }),
    merged_from: Type.Array(ExternalId, { description: 'The ids that were merged into this one and still find it.' }),
    talent_category: Nullable(Category),
    name: Nullable(PersonalName, {
      description: 'Null for an auditor, and once the person was erased; so are the next two.',
    }),
    gender: Nullable(Gender),
    birth_date: Nullable(BirthDate),
    ...shownFieldSchemas,
    entry: EntryNumber,
  },
  {
    description: 'A member; `entry` is the number of the entry that last changed the particulars.',
    examples: [
      {
        id: 'M00001',
        org_unit: 'XC-01-02-01-02',
        second_org_unit: null,
        state: 'active',
        merged_into: null,
        merged_from: [],
        talent_category: 'theory_talks',
        name: '何根仙',
        gender: 'female',
        birth_date: '1949-02-20',
        phone: '139****0001',
        national_id: null,
        address: '***',
        health: null,
        hardship: null,
        entry: '12',
      },
    ],
  },
);

const UnitAbove = annotated(ExternalId, {
  description: 'Only members of this unit and of those below it.',
  examples: ['XC-01'],
});

const MemberPage = pageOf('MemberPage', 'members', Member, 'Members in the order of their ids.');

export function registerMembers(app: App, service: Service): void {
  registerEnrolment(app, service);
  registerReading(app, service);
  registerMemberPurses(app, service);
  registerMemberChanges(app, service);
  registerMemberMerge(app, service);
  registerKin(app, service);
}

function registerEnrolment(app: App, service: Service): void {
  command(app, service, '/v1/members', {
    roles: ['operator', 'coordinator'],
    operationId: 'registerMember',
    summary: 'Register a member',
    description:
      'Names and days of birth stay in the person’s row, the telephone number is sealed: the journal holds the id alone. The signed application is the consent to `service` of that day. A coordinator registers members within the subtree of the scope; any other unit is not found.',
    tags: ['people'],
    dryRun: false,
    body: NewMember,
    answer: Member,
    refusals: ['org_unit_not_found', 'org_unit_closed', 'member_exists', 'date_in_future'],
    prepare: ({ body: asked, principal }) => ({
      personal: true,
      decide: (stage) => enrol(stage, service.personal, reachOf(principal), tidiedMember(asked)),
      // The answer is remembered for weeks, and a person can be erased: all but the number is the request's own.
      show: ({ number }) => ({ entry: String(number) }),
      reveal: (body) => JSON.stringify(enrolled(tidiedMember(asked), JSON.parse(body).entry)),
    }),
  });
}

function tidiedMember(request: MemberRequest): MemberRequest {
  return { ...request, name: tidied(request.name) };
}

/** Refuses: `org_unit_not_found`, also when it lies out of reach, `member_exists`, `date_in_future` (born after today). */
function enrol(stage: Stage, keys: PersonalKeys, reach: Reach, request: MemberRequest): StagedEntry {
  requireUnitWithin(stage, reach, request.org_unit);
  return registerMember(stage, request, keys);
}

function enrolled({ external_id: id, phone, ...particulars }: MemberRequest, entry: string): MemberView {
  const standing = { second_org_unit: null, state: 'active', merged_into: null, merged_from: [] as string[] } as const;
  const sealed = { ...noFields, phone: phone === null ? null : masked('phone', phone) };
  return { id, ...particulars, ...standing, ...sealed, entry };
}

function registerReading(app: App, service: Service): void {
  list(app, service, '/v1/members', {
    roles: ['operator', 'auditor', 'coordinator'],
    operationId: 'listMembers',
    summary: 'List members',
    description:
      'In the order of their ids. A coordinator sees the subtree of the scope; an auditor sees ids and units, no names.',
    tags: ['people'],
    filters: { org_unit: Type.Optional(UnitAbove) },
    answer: MemberPage,
    key: externalIdShape,
    rows: ({ query: { org_unit: orgUnit = null }, principal }, ledger, page) =>
      listMembers(service.sql, ledger.id, { reach: reachOf(principal), orgUnit, ...page }),
    keyOf: ({ id }) => id,
    show: async (members, { principal }) => ({ members: await shownMembers(service, principal, members) }),
  });

  read(app, service, '/v1/members/:id', {
    roles: memberReaders,
    operationId: 'getMember',
    summary: 'One member',
    description:
      'A member asks for themselves; an auditor gets no personal data. Telephone number, identity card, address, health and hardship are masked; `unmask` with a `purpose` answers them in the clear to operators, coordinators and the member, and leaves a row in the access log. The id of a member that was merged finds who they are now.',
    tags: ['people'],
    params: memberParams,
    query: unmaskQuery,
    answer: Member,
    refusals: ['member_not_found', 'unmask_not_allowed', 'member_erased', 'storage_full'],
    read: ({ params: { id }, query, principal }, ledger) => readMemberAs(service, principal, ledger, { id, ...query }),
  });
}
