/**
 * The composite types of the commit statement, each described once: a record whose fields are columns, most of them arrays. The
 * migration that makes the function declares the same types, and a test holds the two together. Knows nothing of what is in them.
 */

/** Field names in the order of the type's declaration. */
export const composites = {
  /** What is compared and set: the batch that must be the last one so far, and the head after this one. */
  batch_head: ['expected_seq', 'expected_batch', 'batch', 'entries', 'accounts', 'recorded_at', 'frontier'],
  /** Entries in order; `first_instant` is when the first was recorded, the others follow by a microsecond each. */
  journal_columns: ['first_instant', 'days', 'kinds', 'reverses'],
  posting_columns: ['accounts', 'entries', 'versions', 'amounts', 'balances'],
  /** Accounts that moved, as they now stand, with their latest day. */
  account_columns: [
    'accounts',
    'debits',
    'credits',
    'versions',
    'days',
    'day_debits',
    'day_credits',
    'day_first',
    'day_last',
  ],
  /** What is to be added to earlier days. */
  day_columns: ['accounts', 'days', 'debits', 'credits', 'first', 'last'],
  /** Keys and fingerprints in the order of their answers. */
  answer_columns: ['answered_at', 'digest', 'keys', 'fingerprints'],
} as const;

export type CompositeName = keyof typeof composites;

/** Values that need no quoting inside quotes: numbers, dates, instants without spaces, plain codes, UUIDs, hex. */
type Values<Name extends CompositeName> = Readonly<Record<(typeof composites)[Name][number], string | null>>;

/** A record literal of PostgreSQL. */
export function composite<Name extends CompositeName>(name: Name, values: Values<Name>): string {
  const fields: readonly (keyof Values<Name>)[] = composites[name];
  return `(${fields.map((field) => (values[field] === null ? '' : `"${values[field]}"`)).join(',')})`;
}

/** An array literal of PostgreSQL, of values that need no quoting. */
export function array(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}
