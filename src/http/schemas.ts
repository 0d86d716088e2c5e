/**
 * The words that every route's schemas are made of: amounts, dates, codes, pages, problems. They are type, validator and
 * document in one; what a noun looks like is said beside its routes.
 */
import { type Static, type TArray, type TSchema, type TUnsafe, Type } from 'typebox';
import { birthDatePattern, datePattern, instantPattern } from '../lib/clock.js';
import { externalIdPattern } from '../lib/ids.js';
import { longestName, namePattern } from '../timebank/words.js';
import { annotated, exampleOf, named, namedObject } from './named.js';

/** Decimal, never a JSON number: 0.1 + 0.2 is not an amount. The asset's scale is checked where the asset is known. */
export const AmountString = named(
  'Amount',
  Type.String({
    pattern: '^(?:0|[1-9][0-9]{0,15})(?:\\.[0-9]{1,4})?$',
    description: 'A decimal amount of an asset, as a string, with no more decimals than the asset has.',
    examples: ['1.50'],
  }),
);

/** An amount that may be below zero: balances, differences. */
export const SignedAmountString = named(
  'SignedAmount',
  Type.String({
    pattern: '^-?(?:0|[1-9][0-9]{0,18})(?:\\.[0-9]{1,4})?$',
    description: 'A decimal amount of an asset, as a string; negative with a leading minus.',
    examples: ['-12.00'],
  }),
);

export const DateString = named(
  'Date',
  Type.String({
    format: 'date',
    pattern: datePattern,
    description: "A calendar date in the ledger's zone, from 2000-01-01 to 2099-12-31.",
    examples: ['2026-10-01'],
  }),
);

export const BirthDate = named(
  'BirthDate',
  Type.String({
    format: 'date',
    pattern: birthDatePattern,
    description: 'A day of birth, from 1900-01-01 to today.',
    examples: ['1949-02-20'],
  }),
);

export const Instant = named(
  'Instant',
  Type.String({
    format: 'date-time',
    pattern: instantPattern,
    description: 'An instant, RFC 3339 with an offset, on a date from 2000-01-01 to 2099-12-31 in every zone.',
    examples: ['2026-10-01T09:30:00+08:00'],
  }),
);

/** A string, as every number that could outgrow what JSON readers keep exact. */
export const EntryNumber = named(
  'EntryNumber',
  Type.String({
    pattern: '^[1-9][0-9]{0,14}$',
    description: "The entry's number in the ledger's journal: gapless, from 1.",
    examples: ['17'],
  }),
);

const accountCodePattern = `^[a-z][a-z0-9-]*(?::${externalIdPattern.slice(1, -1)}){0,4}$`;
export const accountCodeShape = new RegExp(accountCodePattern);

export const AccountCode = named(
  'AccountCode',
  Type.String({
    pattern: accountCodePattern,
    maxLength: 200,
    description: 'The code of an account: what it is for, then whose it is.',
    examples: ['member:M00001:points'],
  }),
);

export const AssetCode = named(
  'AssetCode',
  Type.String({
    pattern: '^[A-Z]{1,16}$',
    description: 'The code of an asset.',
    examples: ['COIN'],
  }),
);

export const ExternalId = named(
  'ExternalId',
  Type.String({
    pattern: externalIdPattern,
    description: 'The id that an outside system uses for the thing.',
    examples: ['M00001'],
  }),
);

/** Kept in NFC and without the white space around it: see `tidied`. */
export const PersonalName = named(
  'PersonalName',
  Type.String({
    minLength: 1,
    maxLength: longestName,
    pattern: namePattern,
    description:
      'A name of 1 to 100 characters, none of them invisible, unassigned or a replacement for a lost one. It is kept in NFC and without white space around it.',
    examples: ['何根仙'],
  }),
);

export const Uuid = named(
  'Uuid',
  Type.String({
    format: 'uuid',
    description: 'The id of the thing in this service.',
    examples: ['0199a2b4-7c3e-7d10-8f5a-2b6c9d0e1f23'],
  }),
);

const Cursor = Type.String({
  minLength: 1,
  maxLength: 2_048,
  description: 'Where a page begins: the next_cursor of the page before it. Opaque.',
  examples: ['WyIxNyJd'],
});

/** Where the next page begins, in every list. */
export const NextCursor = named(
  'NextCursor',
  Type.Union([Type.String(), Type.Null()], {
    description: 'The cursor of the page that follows; null: this is the last.',
    examples: ['WyIxNyJd'],
  }),
);

/** The query of every list. Spread into an object that has filters too: `Type.Object({ ...pageQuery, kind: ... }, closed)`. */
export const pageQuery = {
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      default: 50,
      description: 'How many rows a page has at most.',
      examples: [50],
    }),
  ),
};

/** One page of a list under a name; its example is made of that of the item. */
export function pageOf<K extends string, T extends TSchema>($id: string, key: K, item: T, description: string) {
  const properties = { [key]: Type.Array(item), next_cursor: NextCursor } as Record<K, TArray<T>> & {
    next_cursor: typeof NextCursor;
  };
  const example = { [key]: [exampleOf(item)], next_cursor: null };
  return named($id, Type.Object(properties, { ...closed, description, examples: [example] }));
}

/** For every object schema: what is not named is refused. */
export const closed = { additionalProperties: false } as const;

export const PageQuery = Type.Object(pageQuery, closed);
export type PageQuery = Static<typeof PageQuery>;

export const Problem = namedObject(
  'Problem',
  {
    type: Type.String({
      format: 'uri',
      description: 'Names the kind of problem, one for each code.',
      examples: ['urn:timeledger:problem:balance_insufficient'],
    }),
    title: Type.String({
      description: 'The kind of problem in words, the same every time.',
      examples: ['The balance is too low'],
    }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status.', examples: [422] }),
    code: Type.String({
      pattern: '^[a-z_]+$',
      description: 'For programs; docs/errors.md explains each.',
      examples: ['balance_insufficient'],
    }),
    detail: Type.String({
      description: 'What went wrong this time.',
      examples: ['member:M00001:points holds 20, 50 are needed'],
    }),
    request_id: Type.String({ description: 'Finds the request in the log.', examples: ['k3v9x1-2s'] }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            pointer: Type.String({
              description: 'A JSON Pointer into the body, or /query/…, /path/…, /headers/…, /lines/….',
              examples: ['/legs/0/amount'],
            }),
            detail: Type.String({ description: 'What is wrong there.', examples: ['must be string'] }),
          },
          closed,
        ),
        { description: 'The places in the request that are wrong.' },
      ),
    ),
  },
  {
    description: 'Why a request was refused (RFC 9457).',
    examples: [
      {
        type: 'urn:timeledger:problem:balance_insufficient',
        title: 'The balance is too low',
        status: 422,
        code: 'balance_insufficient',
        detail: 'test:a holds 0.50, 1.50 are needed',
        request_id: 'k3v9x1-2s',
      },
    ],
  },
);

/** What a request of many answers for one that was refused. */
export const RefusedItem = namedObject('RefusedItem', { status: Type.Integer({ minimum: 400 }), problem: Problem });

/** Marks a body schema that a request may leave out. */
export const optionalBody = 'x-optional-body';

/** A body that may be left out: the handler then sees `undefined`. */
export function OptionalBody<T extends TSchema>(schema: T): TUnsafe<Static<T> | undefined> {
  return annotated(schema, { [optionalBody]: true });
}

/** The body of a command that needs none. */
export const NoBody = OptionalBody(namedObject('NoBody', {}, { description: 'Nothing is asked for.', examples: [{}] }));

/** A schema that also allows null. */
export function Nullable<T extends TSchema>(schema: T, options: { description?: string; examples?: unknown[] } = {}) {
  return Type.Union([schema, Type.Null()], options);
}

/** For every command that can be tried: `dryRun: request.query.dry_run`. */
export const dryRunQuery = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Decide and answer with 200, commit nothing; needs no Idempotency-Key.',
      }),
    ),
  },
  closed,
);
