/**
 * Personal data over HTTP: recorded sealed, shown masked, and read in the clear for a purpose by whoever may. The access log has each such
 * read before it is answered.
 */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { actorOf } from '../../http/commands.js';
import { ownMember, reachOf } from '../../http/reach.js';
import { command } from '../../http/routes.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import type { Principal } from '../../http/tokens.js';
import { runInLane } from '../../ledger/run-in-lane.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { Refusal } from '../../lib/refusal.js';
import { tidied } from '../../lib/text.js';
import { recordAccess, requireUnmaskable } from '../../timebank/people/personal-data/access-log.js';
import { findMembers } from '../../timebank/people/personal-data/lookup.js';
import { recordPersonalData } from '../../timebank/people/personal-data/record-fields.js';
import type { FieldValues } from '../../timebank/people/personal-data/sealed-fields.js';
import { noFields, shownFields } from '../../timebank/people/personal-data/shown-fields.js';
import type { MemberView, StoredMember } from '../../timebank/people/reads.js';
import { type SealedField, sealedFields, type UnmaskPurpose } from '../../timebank/personal-words.js';
import { visibleMember } from './member-purses.js';
import {
  FoundMembers,
  memberParams,
  NewLookup,
  NewPersonalData,
  RecordedPersonalData,
  type UnmaskQuery,
} from './sealed-shapes.js';

/** Members whose fields are opened in one go: three or so things each, 20 µs apiece. */
const shownAtOnce = 20;

export function registerPersonalData(app: App, service: Service): void {
  registerRecording(app, service);
  registerLookup(app, service);
}

function registerRecording(app: App, service: Service): void {
  command(app, service, '/v1/members/:id/personal-data', {
    roles: ['operator', 'coordinator'],
    operationId: 'recordPersonalData',
    summary: 'Record personal data of a member',
    description:
      'Seals telephone number, identity card, address, health and hardship under a key of the member’s own. Each rests on a consent: phone, national_id and address on `service`, health on `health`, hardship on `special_identity`.',
    tags: ['people'],
    dryRun: false,
    params: memberParams,
    body: NewPersonalData,
    status: 200,
    answer: RecordedPersonalData,
    refusals: ['member_not_found', 'member_merged', 'member_erased', 'consent_missing', 'national_id_invalid'],
    prepare: ({ params: { id }, body, principal }) => {
      const values = tidiedValues(body);
      return {
        personal: true,
        decide: (stage) => recordPersonalData(stage, service.personal, reachOf(principal), id, values),
      };
    },
  });
}

/** A POST, because proxies keep the addresses of requests; a command, because who is found has been read in the clear. */
function registerLookup(app: App, service: Service): void {
  command(app, service, '/v1/members/lookup', {
    roles: ['operator', 'coordinator'],
    operationId: 'lookUpMembers',
    summary: 'Find members by a number',
    description:
      'Who has a telephone number or the number of an identity card, without anything being opened. Each who is found has a row in the access log. A coordinator finds members of the scope’s subtree.',
    tags: ['people'],
    dryRun: false,
    body: NewLookup,
    status: 200,
    answer: FoundMembers,
    prepare: ({ body, principal }) => {
      const [field, value] =
        'phone' in body ? (['phone', body.phone] as const) : (['national_id', body.national_id] as const);
      const wanted = { field, value, purpose: body.purpose };
      return {
        personal: true,
        decide: (stage) => findMembers(stage, service.personal, reachOf(principal), wanted),
        show: (members) => ({ members }),
      };
    },
  });
}

function tidiedValues(body: FieldValues): FieldValues {
  return Object.fromEntries(
    Object.entries(body).map(([field, value]) => [field, typeof value === 'string' ? tidied(value) : value]),
  );
}

/** What of a member somebody is shown: an auditor, what the books hold; others, the fields masked but for those that are `unmasked`. */
function shownMember(
  service: Service,
  principal: Principal,
  stored: StoredMember,
  unmasked: readonly SealedField[] = [],
): MemberView {
  const { plain_phone: _, generation: __, wrapped: ___, sealed: ____, ...member } = stored;
  if (principal.role === 'auditor') return { ...member, name: null, gender: null, birth_date: null, ...noFields };
  const owner = { ledger: principal.ledger, memberId: member.id };
  return { ...member, ...shownFields(service.personal, owner, stored, unmasked) };
}

/** Members of a page as somebody is shown them. Opening what is sealed takes its time: others get their turn between. */
export async function shownMembers(
  service: Service,
  principal: Principal,
  page: readonly StoredMember[],
): Promise<MemberView[]> {
  const shown: MemberView[] = [];
  for (const [at, stored] of page.entries()) {
    if (at > 0 && at % shownAtOnce === 0) await othersTurn();
    shown.push(shownMember(service, principal, stored));
  }
  return shown;
}

/**
 * A member, with fields in the clear if they are asked for. Refuses: `member_not_found`, `request_invalid` (fields without a purpose, or a
 * purpose without fields), `unmask_not_allowed`, `member_erased`.
 */
export async function readMemberAs(
  service: Service,
  principal: Principal,
  ledger: LedgerFacts,
  { id, unmask, purpose }: UnmaskQuery & { readonly id: string },
): Promise<MemberView> {
  const masked = await visibleMember(service, principal, ledger.id, id);
  if (unmask === undefined && purpose === undefined) return shownMember(service, principal, masked);
  if (unmask === undefined || purpose === undefined) throw incomplete(unmask === undefined ? 'unmask' : 'purpose');
  const fields = sealedFields.filter((field) => unmask.split(',').includes(field));
  requireMayUnmask(principal, fields, purpose);
  const lane = await laneOf(service, principal);
  const submission = { actor: actorOf(principal), client: principal.client };
  await runInLane(lane, submission, (stage) =>
    recordAccess(stage, reachOf(principal), { memberId: masked.id, fields, purpose }),
  );
  // Read again: what was erased meanwhile is gone.
  return shownMember(service, principal, await visibleMember(service, principal, ledger.id, id), fields);
}

/** Refuses: `unmask_not_allowed`. */
function requireMayUnmask(principal: Principal, fields: readonly SealedField[], purpose: UnmaskPurpose): void {
  if (principal.role === 'auditor')
    throw new Refusal('unmask_not_allowed', {
      en: 'an auditor sees no personal data',
      zh: '审计人员不得查看个人信息',
    });
  if (ownMember(principal) !== null && purpose !== 'own_request')
    throw new Refusal('unmask_not_allowed', {
      en: 'a member reads their own data with the purpose own_request',
      zh: '成员查看本人信息时，目的只能为 own_request',
    });
  if (principal.role === 'coordinator' && purpose === 'care_visit' && principal.care !== true)
    throw new Refusal('unmask_not_allowed', {
      en: 'who visits for the care registry has the claim care',
      zh: '以关爱走访为目的查看须具有关爱名册权限',
    });
  requireUnmaskable(fields, purpose);
}

function incomplete(missing: 'unmask' | 'purpose'): Refusal {
  return new Refusal(
    'request_invalid',
    { en: 'Fields are read in the clear for a purpose: name both.', zh: '查看明文须同时指明字段和目的。' },
    {
      errors: [
        {
          pointer: `/query/${missing}`,
          detail: { en: 'is required with the other', zh: 'unmask 与 purpose 须同时填写' },
        },
      ],
    },
  );
}
