/** Accounts over HTTP: opening, listing, one account, its balance at a moment, its statement. */
import { type TSchema, Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { command, list, read } from '../../http/routes.js';
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
import type { App, Service } from '../../http/service.js';
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

const Prefix = Type.String({
  pattern: '^[A-Za-z0-9_.:-]*$',
  maxLength: 200,
  description: 'Only codes that begin with this.',
  examples: ['member:M00001:'],
});

const params = Type.Object({ code: AccountCode }, closed);
const readers = ['operator', 'auditor'] as const;

export function registerAccounts(app: App, service: Service): void {
  command(app, service, '/v1/accounts', {
    roles: ['operator'],
    operationId: 'openAccount',
    summary: 'Open an account',
    description:
      "Opens an account with a balance of zero. It is journalled like everything that changes the books. Codes under `record:`, `coin:`, `pool:`, `point:`, `sponsor:`, `member:`, `held:` and `partner:` are the time bank's own.",
    tags: ['ledger'],
    dryRun: false,
    body: AccountRequest,
    answer: Account,
    refusals: ['account_exists', 'account_restricted', 'asset_not_found', 'amount_invalid'],
    prepare: ({ body }) => ({
      decide: (stage) => openAccount(stage, openableByHand(body)),
      show: viewAccount,
    }),
  });

  list(app, service, '/v1/accounts', {
    roles: readers,
    operationId: 'listAccounts',
    summary: 'List accounts',
    description: 'Accounts in the order of their codes; `prefix` narrows to codes that begin with it.',
    tags: ['ledger'],
    filters: { prefix: Type.Optional(Prefix) },
    answer: AccountPage,
    key: accountCodeShape,
    rows: ({ query: { prefix = '' } }, ledger, page) => listAccounts(service.sql, ledger.id, { prefix, ...page }),
    keyOf: ({ code }) => code,
    show: (accounts) => ({ accounts: accounts.map(viewAccount) }),
  });

  read(app, service, '/v1/accounts/:code', {
    roles: readers,
    operationId: 'getAccount',
    summary: 'One account',
    description: 'The account as it stands now.',
    tags: ['ledger'],
    params,
    answer: Account,
    refusals: ['account_not_found'],
    read: async ({ params }, ledger) => viewAccount(await readAccount(service.sql, ledger.id, params.code)),
  });

  read(app, service, '/v1/accounts/:code/balance', {
    roles: readers,
    operationId: 'getBalance',
    summary: 'The balance of an account',
    description:
      'Now, with effect up to and with a day (`as_of`), or as it was recorded when an entry was written (`at_entry`).',
    tags: ['ledger'],
    params,
    query: Type.Object({ as_of: Type.Optional(DateString), at_entry: Type.Optional(EntryNumber) }, closed),
    answer: Balance,
    refusals: ['account_not_found', 'entry_not_found'],
    read: async ({ params: { code }, query }, ledger) => {
      const balance = await readBalance(service.sql, ledger.id, code, momentOf(query));
      return { account: code, ...balance, ...query };
    },
  });

  read(app, service, '/v1/accounts/:code/statement', {
    roles: readers,
    operationId: 'getStatement',
    summary: 'The statement of an account',
    description:
      'Postings by day of effect. Opening and closing balance are those of the range, on every page; each line carries the balance after it.',
    tags: ['ledger'],
    params,
    query: Type.Object({ from: Type.Optional(DateString), to: Type.Optional(DateString), ...pageQuery }, closed),
    answer: Statement,
    refusals: ['account_not_found'],
    read: ({ params, query }, ledger) => statementPage(service, ledger.id, params.code, query),
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
