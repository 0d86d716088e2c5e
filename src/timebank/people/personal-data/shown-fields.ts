/** The sealed fields of a person as they are read: whole for whoever may, masked for everybody else. It does not know who may. */
import { type SealedField, sealedFields } from '../../personal-words.js';
import type { PersonalKeys, WrappedKey } from './personal-keys.js';
import { type Owner, openValue } from './seal.js';

/** SQL for the columns of `StoredFields`, of a query whose first parameter is the ledger, over members `m`, persons `p` and `storedSource`. */
export const storedColumns = `p.phone as plain_phone, k.generation, k.wrapped,
  (select json_object_agg(s.field, s.ciphertext) from timebank.sealed_fields s
   where s.ledger_id = $1 and s.member_id = m.member_id and s.ciphertext is not null) as sealed`;
export const storedSource = `left join timebank.person_keys k on k.ledger_id = m.ledger_id and k.member_id = m.member_id`;

/** A person's sealed fields as their rows hold them, and the telephone number that an earlier version kept in the person's row. */
export interface StoredFields extends WrappedKey {
  readonly sealed: Partial<Readonly<Record<SealedField, string>>> | null;
  readonly plain_phone: string | null;
}

export type ShownFields = Readonly<Record<SealedField, string | null>>;

/** Every field in the clear if it is among those that are unmasked, else masked; null where there is nothing. */
export function shownFields(
  keys: PersonalKeys,
  owner: Owner,
  stored: StoredFields,
  unmasked: readonly SealedField[] = [],
): ShownFields {
  const { sealed, plain_phone: plainPhone } = stored;
  const key = sealed && keys.open(owner, stored);
  const shown = (field: SealedField) => {
    const ciphertext = sealed?.[field];
    const clear = unmasked.includes(field);
    if (key && ciphertext !== undefined) {
      if (!clear && !isPartlyShown(field)) return hidden;
      const value = openValue(key, owner, field, ciphertext);
      return clear ? value : masked(field, value);
    }
    return field === 'phone' && plainPhone !== null ? (clear ? plainPhone : masked(field, plainPhone)) : null;
  };
  return Object.fromEntries(sealedFields.map((field) => [field, shown(field)])) as ShownFields;
}

const hidden = '***';

const isPartlyShown = (field: SealedField) => field === 'phone' || field === 'national_id';

/**
 * `139****0001`, `****************47`: of a national id no more, for region, day of birth and gender are shown beside it and leave few
 * to try; of other fields no more than that there is something.
 */
export function masked(field: SealedField, value: string): string {
  if (field === 'national_id') return `${'*'.repeat(16)}${value.slice(-2)}`;
  if (field !== 'phone') return hidden;
  const digits = value.replace(/[^0-9]/g, '');
  return digits.length < 11 ? `****${digits.slice(-2)}` : `${digits.slice(-11, -8)}****${digits.slice(-4)}`;
}

/** Nothing is known of any field. */
export const noFields: ShownFields = {
  phone: null,
  national_id: null,
  address: null,
  health: null,
  hardship: null,
};
