/** The journal over HTTP: posting an entry, reversing one, reading and proving them. */
import { Type } from 'typebox';
import { namedObject } from '../../http/named.js';
import { afterOf } from '../../http/pages.js';
import { command, read } from '../../http/routes.js';
import { closed, DateString, EntryNumber, OptionalBody, pageQuery } from '../../http/schemas.js';
import type { App, Service } from '../../http/service.js';
import { listEntries, readEntry } from '../../ledger/reads/entries.js';
import { readEntryProof } from '../../ledger/reads/log.js';
import { encodeCursor } from '../../lib/cursor.js';
import { postByHand } from '../../timebank/by-hand.js';
import { reverseByHand } from '../../timebank/credit/reversal.js';
import { freeHolds } from '../../timebank/free-holds.js';
import { description, Entry, EntryPage, NewEntry, Proof } from './entry-shapes.js';
import { viewWithoutText, withTexts } from './entry-texts.js';

const params = Type.Object({ number: EntryNumber }, closed);
const readers = ['operator', 'auditor'] as const;
const postRefusals = [
  'account_not_found',
  'balance_insufficient',
  'account_restricted',
  'account_frozen',
  'account_closed',
  'leg_invalid',
  'asset_mismatch',
  'amount_invalid',
  'ceiling_exceeded',
  'period_closed',
  'date_in_future',
] as const;

const NewReversal = OptionalBody(
  namedObject(
    'NewReversal',
    { effective_on: Type.Optional(DateString), description: Type.Optional(description) },
    {
      description: 'When and why.',
      examples: [{ description: 'posted twice' }],
    },
  ),
);

export function registerEntries(app: App, service: Service): void {
  registerPosting(app, service);
  registerReading(app, service);
}

function registerPosting(app: App, service: Service): void {
  command(app, service, '/v1/entries', {
    roles: ['operator'],
    operationId: 'postEntry',
    summary: 'Post an entry',
    description:
      "Journals one entry and moves its amounts between accounts that were opened by hand; the time bank's own are corrected by an adjustment. Every asset balances by construction: a leg debits and credits the same amount.",
    tags: ['ledger'],
    body: NewEntry,
    answer: Entry,
    refusals: postRefusals,
    prepare: ({ body: entry }) => ({
      decide: (stage) => postByHand(stage, entry),
      show: viewWithoutText,
      reveal: (body) => withTexts(body, [entry]),
    }),
  });

  command(app, service, '/v1/entries/:number/reversal', {
    roles: ['operator'],
    operationId: 'reverseEntry',
    summary: 'Reverse an entry',
    description:
      'Posts the opposite of an entry, once, net for each account. What a member has spent meanwhile becomes a debt in `member:…:receivable:…`; what comes back to a member repays one first. Opening points that were taken back can be brought in anew. Entries that changed a redemption or a record are corrected there instead.',
    tags: ['ledger'],
    params,
    body: NewReversal,
    answer: Entry,
    refusals: [
      ...postRefusals,
      'entry_not_found',
      'entry_already_reversed',
      'entry_not_reversible',
      'member_merged',
      'date_before_original',
    ],
    prepare: ({ params, body: reversal = {} }) => ({
      decide: (stage) => reverseByHand(stage, Number(params.number), reversal, freeHolds),
      show: viewWithoutText,
      reveal: (body) => withTexts(body, [reversal]),
    }),
  });
}

function registerReading(app: App, service: Service): void {
  read(app, service, '/v1/entries', {
    roles: readers,
    operationId: 'listEntries',
    summary: 'List entries',
    description:
      'The journal in the order it was written. With `kind` a page looks at 100,000 entries at most: it may have fewer than asked for, or none, and yet a next_cursor.',
    tags: ['ledger'],
    query: Type.Object(
      {
        kind: Type.Optional(
          Type.String({ pattern: '^[a-z_]{1,64}$', description: 'Only entries of this kind.', examples: ['gift'] }),
        ),
        ...pageQuery,
      },
      closed,
    ),
    answer: EntryPage,
    read: async ({ query: { cursor, kind = null, limit = 50 } }, ledger) => {
      const after = Number(afterOf(cursor, /^[1-9][0-9]{0,14}$/));
      const { entries, next } = await listEntries(service.sql, ledger.id, { after, limit, kind });
      return { entries, next_cursor: next === null ? null : encodeCursor([String(next)]) };
    },
  });

  read(app, service, '/v1/entries/:number', {
    roles: readers,
    operationId: 'getEntry',
    summary: 'One entry',
    description: 'The entry with its legs and the balances it left.',
    tags: ['ledger'],
    params,
    answer: Entry,
    refusals: ['entry_not_found'],
    read: ({ params }, ledger) => readEntry(service.sql, ledger.id, Number(params.number)),
  });

  read(app, service, '/v1/entries/:number/proof', {
    roles: readers,
    operationId: 'getEntryProof',
    summary: 'Prove an entry',
    description: "An RFC 6962 inclusion proof against the log's checkpoint of this moment.",
    tags: ['ledger'],
    params,
    answer: Proof,
    refusals: ['entry_not_found'],
    read: ({ params }, ledger) =>
      readEntryProof(service.sql, ledger.id, Number(params.number), service.logSigner(ledger)),
  });
}
