/** Accounts over HTTP: opening, listing, one account, its balance at a moment, its statement. */
import { type TSchema, Type } from 'typebox';
import { runCommand } from '../../http/commands.js';
import { named, namedObject } from '../../http/named.js';
import { readPage } from '../../http/pages.js';
import { commandRefusals, guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import {
  AccountCode,
  AssetCode,
  accountCodeShape,
  closed,
  DateString,
  EntryNumber,
  Nullable,
  pageOf,
  pageQuery,
  SignedAmountString,
} from '../../http/schemas.js';
import { type App, ledgerIdOf, type Service } from '../../http/service.js';
import { accountTypes } from '../../ledger/accounts.js';
import { openAccount, viewAccount } from '../../ledger/entries.js';
import { listAccounts, type Moment, readAccount, readBalance } from '../../ledger/reads/accounts.js';
import { Refusal } from '../../lib/refusal.js';
import { openableByHand } from '../../timebank/by-hand.js';
import { BelowFloor, Statement, statementPage } from './statement-page.js';

export const AccountType = named(
  'AccountType',
  Type.Enum([...accountTypes], {
    description: 'Asset and expense accounts grow by debits, the others by credits.',
    examples: ['liability'],
  }),
);
const bound = <T extends TSchema>(which: string, amount: T) =>
  Nullable(amount, {
    description: `The balance never goes ${which} this; null: no bound.`,
    examples: ['0.00'],
  });

/** As large as an amount that can be posted; what an account holds can be larger. */
const newBound = Type.String({ pattern: '^-?(?:0|[1-9][0-9]{0,15})(?:\\.[0-9]{1,4})?$' });

const AccountRequest = namedObject(
  'NewAccount',
  {
    code: AccountCode,
    asset: AssetCode,
    type: AccountType,
    floor: Type.Optional(bound('below', newBound)),
    ceiling: Type.Optional(bound('above', newBound)),
  },
  {
    description: 'An account to open.',
    examples: [{ code: 'test:a', asset: 'COIN', type: 'liability', floor: '0.00', ceiling: null }],
  },
);

const Account = namedObject(
  'Account',
  {
    code: AccountCode,
    asset: AssetCode,
    type: AccountType,
    state: Type.Enum(['open', 'frozen', 'closed'], { description: 'Only an open account is posted to.' }),
    control: Type.Boolean({ description: 'A control account mirrors a sub-ledger and is not posted to by hand.' }),
    balance: SignedAmountString,
    debits: SignedAmountString,
    credits: SignedAmountString,
    floor: bound('below', SignedAmountString),
    ceiling: bound('above', SignedAmountString),
    version: Type.Integer({ description: 'How many postings the account has had.' }),
  },
  {
    description: 'An account as it stands.',
    examples: [
      {
        code: 'member:M00001:points',
        asset: 'POINT',
        type: 'liability',
        state: 'open',
        control: true,
        balance: '540',
        debits: '50',
        credits: '590',
        floor: '0',
        ceiling: null,
        version: 2,
      },
    ],
  },
);

const AccountPage = pageOf('AccountPage', 'accounts', Account, 'Accounts in the order of their codes.');

const Balance = namedObject(
  'Balance',
  {
    account: AccountCode,
    balance: SignedAmountString,
    below_floor: BelowFloor,
    as_of: Type.Optional(DateString),
    at_entry: Type.Optional(EntryNumber),
  },
  {
    description: 'A balance at a moment.',
    examples: [{ account: 'member:M00001:points', balance: '540', below_floor: false, as_of: '2026-10-31' }],
  },
);

const statementQuery = Type.Object(
  {
    from: Type.Optional(DateString),
    to: Type.Optional(DateString),
    ...pageQuery,
  },
  closed,
);

const params = Type.Object({ code: AccountCode }, closed);
const readers = ['operator', 'auditor'] as const;

export function registerAccounts(app: App, service: Service): void {
  app.post('/v1/accounts', {
    config: { roles: ['operator'] },
    schema: {
      operationId: 'openAccount',
      summary: 'Open an account',
      description:
        "Opens an account with a balance of zero. It is journalled like everything that changes the books. Codes under `record:`, `coin:`, `pool:`, `point:`, `sponsor:`, `member:`, `held:` and `partner:` are the time bank's own.",
      tags: ['ledger'],
      body: AccountRequest,
      response: {
        201: Account,
        ...problemResponses(
          ...commandRefusals,
          'account_exists',
          'account_restricted',
          'asset_not_found',
          'amount_invalid',
        ),
      },
    },
    handler: (request, reply) =>
      runCommand(service, request, reply, {
        decide: (stage) => openAccount(stage, openableByHand(request.body)),
        show: viewAccount,
      }),
  });

  app.get('/v1/accounts', {
    config: { roles: readers },
    schema: {
      operationId: 'listAccounts',
      summary: 'List accounts',
      description: 'Accounts in the order of their codes; `prefix` narrows to codes that begin with it.',
      tags: ['ledger'],
      querystring: Type.Object(
        {
          prefix: Type.Optional(
            Type.String({
              pattern: '^[A-Za-z0-9_.:-]*$',
              maxLength: 200,
              description: 'Only codes that begin with this.',
              examples: ['member:M00001:'],
            }),
          ),
          ...pageQuery,
        },
        closed,
      ),
      response: { 200: AccountPage, ...problemResponses(...guardedRefusals) },
    },
    handler: async (request) => {
      const { prefix = '' } = request.query;
      const ledgerId = await ledgerIdOf(service, request.principal);
      const { page, next_cursor } = await readPage(
        request.query,
        accountCodeShape,
        (rows) => listAccounts(service.sql, ledgerId, { prefix, ...rows }),
        (account) => account.code,
      );
      return { accounts: page.map(viewAccount), next_cursor };
    },
  });

  app.get('/v1/accounts/:code', {
    config: { roles: readers },
    schema: {
      operationId: 'getAccount',
      summary: 'One account',
      description: 'The account as it stands now.',
      tags: ['ledger'],
      params,
      response: { 200: Account, ...problemResponses(...guardedRefusals, 'account_not_found') },
    },
    handler: async (request) =>
      viewAccount(await readAccount(service.sql, await ledgerIdOf(service, request.principal), request.params.code)),
  });

  app.get('/v1/accounts/:code/balance', {
    config: { roles: readers },
    schema: {
      operationId: 'getBalance',
      summary: 'The balance of an account',
      description:
        'Now, with effect up to and with a day (`as_of`), or as it was recorded when an entry was written (`at_entry`).',
      tags: ['ledger'],
      params,
      querystring: Type.Object({ as_of: Type.Optional(DateString), at_entry: Type.Optional(EntryNumber) }, closed),
      response: { 200: Balance, ...problemResponses(...guardedRefusals, 'account_not_found', 'entry_not_found') },
    },
    handler: async (request) => {
      const { code } = request.params;
      const balance = await readBalance(
        service.sql,
        await ledgerIdOf(service, request.principal),
        code,
        momentOf(request.query),
      );
      return { account: code, ...balance, ...request.query };
    },
  });

  app.get('/v1/accounts/:code/statement', {
    config: { roles: readers },
    schema: {
      operationId: 'getStatement',
      summary: 'The statement of an account',
      description:
        'Postings by day of effect. Opening and closing balance are those of the range, on every page; each line carries the balance after it.',
      tags: ['ledger'],
      params,
      querystring: statementQuery,
      response: { 200: Statement, ...problemResponses(...guardedRefusals, 'account_not_found') },
    },
    handler: async (request) =>
      statementPage(service, await ledgerIdOf(service, request.principal), request.params.code, request.query),
  });
}

/** Refuses: `request_invalid` (both moments at once). */
export function momentOf(query: { as_of?: string; at_entry?: string }): Moment {
  const { as_of: asOf, at_entry: atEntry } = query;
  if (asOf !== undefined && atEntry !== undefined) {
    const detail = { en: 'cannot be combined with as_of', zh: '不能与 as_of 同用' };
    throw new Refusal(
      'request_invalid',
      { en: 'Ask for as_of or at_entry, not both.', zh: 'as_of 与 at_entry 只能选用其一。' },
      {
        errors: [{ pointer: '/query/at_entry', detail }],
      },
    );
  }
  if (asOf !== undefined) return { asOf };
  return atEntry !== undefined ? { atEntry: Number(atEntry) } : {};
}
