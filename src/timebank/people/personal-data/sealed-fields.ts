/** The sealed fields of a person as the lane writes them. It does not know whether the person has consented, nor who reads them. */
import { change, type RowChange } from '../../../ledger/drafts.js';
import type { Stage } from '../../../ledger/stage.js';
import { newSalt } from '../../../lib/salt.js';
import { type SealedField, sealedFields } from '../../personal-words.js';
import { memberRows, personRows } from '../rows.js';
import type { PersonalKeys } from './personal-keys.js';
import { consentRows, keyGenerationRows, personKeyRows, sealedFieldRows } from './rows.js';
import { type Owner, sealValue } from './seal.js';

/** What is to be kept of a person's fields: null empties one, those that are not named stay. */
export type FieldValues = Partial<Readonly<Record<SealedField, string | null>>>;

/** Whose what the lane writes is. */
export function ownerIn(stage: Stage, memberId: string): Owner {
  return { ledger: stage.ledgerCode, memberId };
}

/** The row of the generation that wraps, for `prefetch`. */
export const generationRow = [keyGenerationRows, 'person_keys'] as const;

/** The generation of the master key that wraps now, as the books have it; an older one never wraps again. */
export function wrappingGeneration(stage: Stage): number {
  return stage.row(...generationRow)?.generation ?? 1;
}

/**
 * What comes with a member who is registered: the consent to the service, which the signed application gives on that day, and the
 * telephone number, sealed. Nothing else is looked up: there was no such member. Throws as `PersonalKeys.wrapping`.
 */
export function rowsOfApplication(
  stage: Stage,
  keys: PersonalKeys,
  memberId: string,
  phone: string | null,
): RowChange[] {
  const rows = [change(consentRows, serviceConsent(stage, memberId, 1, stage.today), false)];
  if (phone === null) return rows;
  const owner = ownerIn(stage, memberId);
  const { key, row } = keys.newKey(owner, wrappingGeneration(stage));
  return [
    ...rows,
    change(personKeyRows, { member_id: memberId, ...row }, false),
    change(sealedFieldRows, { slot: 1, ...sealedRow(keys, key, owner, 'phone', phone) }, false),
  ];
}

/** The consent that an application is. */
export function serviceConsent(stage: Stage, memberId: string, number: number, givenOn: string) {
  return {
    member_id: memberId,
    purpose: 'service',
    number,
    given_on: givenOn,
    given_by: stage.actingAs,
    evidence: null,
    salt: newSalt(),
    revoked_on: null,
    revoked_by: null,
  };
}

/** The rows by which a person's fields come to hold these values; the key is made with the first of them. Throws as `PersonalKeys.wrapping`. */
export function rowsOfValues(stage: Stage, keys: PersonalKeys, memberId: string, values: FieldValues): RowChange[] {
  const owner = ownerIn(stage, memberId);
  const held = stage.row(personKeyRows, memberId);
  const known = stage.rows(sealedFieldRows, 'member', memberId);
  let slots = known.length;
  const rows: RowChange[] = [];
  let key = held && keys.open(owner, held);
  for (const field of sealedFields) {
    const value = values[field];
    if (value === undefined) continue;
    if (value === null) {
      rows.push(...emptied(stage, memberId, [field]));
      continue;
    }
    if (!key) {
      const made = keys.newKey(owner, wrappingGeneration(stage));
      key = made.key;
      rows.push(change(personKeyRows, { member_id: memberId, ...made.row }));
    }
    const slot = known.find((row) => row.field === field)?.slot ?? ++slots;
    rows.push(change(sealedFieldRows, { slot, ...sealedRow(keys, key, owner, field, value) }));
  }
  return values.phone === undefined ? rows : [...rows, ...plainPhoneGone(stage, memberId)];
}

/** The rows by which fields come to hold nothing. */
export function rowsWithout(stage: Stage, memberId: string, fields: readonly SealedField[]): RowChange[] {
  const rows = emptied(stage, memberId, fields);
  return fields.includes('phone') ? [...rows, ...plainPhoneGone(stage, memberId)] : rows;
}

function emptied(stage: Stage, memberId: string, fields: readonly SealedField[]): RowChange[] {
  return stage
    .rows(sealedFieldRows, 'member', memberId)
    .filter(({ field, ciphertext }) => ciphertext !== null && fields.some((one) => one === field))
    .map((row) => change(sealedFieldRows, { ...row, ciphertext: null, lookup: null, salt: newSalt() }));
}

/** Earlier versions kept the number in the person's row. */
function plainPhoneGone(stage: Stage, memberId: string): RowChange[] {
  const person = stage.row(personRows, memberId);
  return person === null || person.phone === null
    ? []
    : [change(personRows, { ...person, phone: null, salt: newSalt() })];
}

function sealedRow(keys: PersonalKeys, key: Buffer, owner: Owner, field: SealedField, value: string) {
  const findable = field === 'phone' || field === 'national_id';
  return {
    member_id: owner.memberId,
    field,
    ciphertext: sealValue(key, owner, field, value),
    lookup: findable ? keys.lookup(owner.ledger, field, value) : null,
    salt: newSalt(),
  };
}

/** Whether a member's telephone number is this one, in the sealed row or in the row of an earlier version. */
export function isPhoneOf(stage: Stage, keys: PersonalKeys, memberId: string, phone: string | null): boolean {
  const [sealed] = stage.rows(sealedFieldRows, 'field', memberId, 'phone');
  if (sealed && sealed.lookup !== null) {
    return phone !== null && sealed.lookup === keys.lookup(stage.ledgerCode, 'phone', phone);
  }
  return (stage.row(personRows, memberId)?.phone ?? null) === phone;
}

/** What `prefetch` is to load for `isPhoneOf` and the member's rows. */
export function needsOfMember(memberId: string) {
  return {
    rows: [
      [memberRows, memberId],
      [personRows, memberId],
    ],
    lists: [[sealedFieldRows, 'field', memberId, 'phone']],
  } as const;
}
