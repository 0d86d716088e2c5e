/** Reports over HTTP: the trial balance, both ways, whole or by pages, account by account or by class. */
import { type Static, Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { sendPieces } from '../../http/pieces.js';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import {
  AccountCode,
  AssetCode,
  closed,
  DateString,
  EntryNumber,
  NextCursor,
  pageQuery,
  SignedAmountString,
} from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import {
  type ClassLine,
  type TrialLine,
  type TrialMoment,
  type TrialPosition,
  type TrialSelection,
  trialClasses,
  trialLines,
  trialPage,
} from '../../ledger/reads/trial-balance.js';
import type { LedgerFacts } from '../../ledger/state.js';
import { dateInZone } from '../../lib/clock.js';
import { decodeCursor, encodeCursor, foreignCursor } from '../../lib/cursor.js';
import { Refusal } from '../../lib/refusal.js';
import { accountClasses } from '../../timebank/chart.js';
import { AccountType, momentOf } from '../ledger/accounts.js';
import { BelowFloor } from '../ledger/statement-page.js';

const AccountClass = named(
  'AccountClass',
  Type.String({
    pattern: '^[a-z][A-Za-z0-9_.:*-]*$',
    maxLength: 200,
    description: 'The code of an account with a star in the place of whose it is.',
    examples: ['member:*:points'],
  }),
);

const accounts = Type.Array(
  namedObject('AccountBalance', {
    code: AccountCode,
    type: AccountType,
    balance: SignedAmountString,
    below_floor: BelowFloor,
  }),
  { description: 'In the order of their codes; none when classes were asked for.' },
);

const classes = Type.Array(
  namedObject('ClassBalance', {
    class: AccountClass,
    type: AccountType,
    accounts: Type.Integer({ minimum: 1, description: 'How many accounts are summed up.' }),
    balance: SignedAmountString,
  }),
  { description: 'Only when they were asked for.' },
);

const TrialBalance = namedObject(
  'TrialBalance',
  {
    as_of: Type.Optional(DateString),
    at_entry: Type.Optional(EntryNumber),
    assets: Type.Array(
      namedObject(
        'AssetTrialBalance',
        {
          asset: AssetCode,
          debits: SignedAmountString,
          credits: SignedAmountString,
          accounts,
          classes: Type.Optional(classes),
        },
        {
          description: 'Debits and credits are those of every account asked for, on whichever page.',
        },
      ),
    ),
    next_cursor: Type.Optional(NextCursor),
  },
  {
    description: 'Debit balances equal credit balances for every asset.',
    examples: [
      {
        as_of: '2026-10-31',
        assets: [
          {
            asset: 'POINT',
            debits: '590',
            credits: '590',
            accounts: [
              { code: 'member:M00001:points', type: 'liability', balance: '540', below_floor: false },
              { code: 'partner:xc-bank:redeemed', type: 'liability', balance: '50', below_floor: false },
              { code: 'point:issuance', type: 'expense', balance: '590', below_floor: false },
            ],
          },
        ],
      },
    ],
  },
);

const trialQuery = Type.Object(
  {
    as_of: Type.Optional(DateString),
    at_entry: Type.Optional(EntryNumber),
    type: Type.Optional(AccountType),
    class: Type.Optional(AccountClass),
    by: Type.Optional(
      Type.Enum(['account', 'class'], { description: 'A line for each account (the default), or for each class.' }),
    ),
    cursor: pageQuery.cursor,
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, description: 'Asks for a page of so many accounts.', examples: [50] }),
    ),
  },
  closed,
);

export function registerReports(app: App, service: Service): void {
  app.get('/v1/reports/trial-balance', {
    config: { roles: ['operator', 'auditor'], expensive: true },
    schema: {
      operationId: 'getTrialBalance',
      summary: 'The trial balance',
      description:
        'With effect up to and with a day (`as_of`, default today), or as it was recorded when an entry was written (`at_entry`). Accounts without a posting by then are left out. Whole, unless `limit` or `cursor` asks for a page; `at_entry` keeps all pages at one moment.',
      tags: ['audit'],
      querystring: trialQuery,
      response: { 200: TrialBalance, ...problemResponses(...guardedRefusals, 'entry_not_found') },
    },
    handler: async (request, reply) => {
      const { query } = request;
      const { facts } = await laneOf(service, request.principal);
      const { named, selection } = selectionOf(service, facts, query);
      if (query.by === 'class') return { ...named, ...(await classesOf(service, facts, selection, query)) };
      if (query.limit !== undefined || query.cursor !== undefined) {
        return { ...named, ...(await pageOf(service, facts, selection, query)) };
      }
      reply.header('content-type', 'application/json; charset=utf-8');
      return sendPieces(reply, wholeOf(named, trialLines(service.reports, facts.id, selection)));
    },
  });
}

type TrialQuery = Static<typeof trialQuery>;

/** What is asked for, and how the answer names its moment. Refuses: `request_invalid` (both moments). */
function selectionOf(service: Service, { zone }: LedgerFacts, query: TrialQuery) {
  const asked = momentOf(query);
  const moment = (
    'atEntry' in asked || 'asOf' in asked ? asked : { asOf: dateInZone(service.clock(), zone) }
  ) as TrialMoment;
  const named = 'atEntry' in moment ? { at_entry: String(moment.atEntry) } : { as_of: moment.asOf };
  const { type = null, class: accountClass = null } = query;
  return { named, selection: { moment, type, accountClass, classes: accountClasses } satisfies TrialSelection };
}

/** Refuses: `request_invalid` (classes have no pages), `entry_not_found`. */
async function classesOf(service: Service, { id }: LedgerFacts, selection: TrialSelection, query: TrialQuery) {
  if (query.limit !== undefined || query.cursor !== undefined) {
    throw new Refusal(
      'request_invalid',
      { en: 'Classes come all at once.', zh: '按类别汇总时一次全部返回。' },
      {
        errors: [
          {
            pointer: '/query/by',
            detail: {
              en: 'cannot be class together with limit or cursor',
              zh: '为 class 时不能与 limit 或 cursor 同用',
            },
          },
        ],
      },
    );
  }
  const lines = await trialClasses(service.reports, id, selection);
  return { assets: grouped(lines, (own) => ({ accounts: [], classes: own.map((line: ClassLine) => line.class) })) };
}

/** Refuses: `request_invalid` (a foreign cursor), `entry_not_found`. */
async function pageOf(service: Service, { id }: LedgerFacts, selection: TrialSelection, query: TrialQuery) {
  const { cursor, limit = 50 } = query;
  const after = cursor === undefined ? null : positionOf(cursor);
  const lines = await trialPage(service.reports, id, selection, { after, limit: limit + 1 });
  const page = lines.slice(0, limit);
  const last = page.at(-1);
  const next_cursor = lines.length > limit && last ? encodeCursor([last.asset, last.account.code]) : null;
  return { assets: grouped(page, (own) => ({ accounts: own.map((line: TrialLine) => line.account) })), next_cursor };
}

function positionOf(cursor: string): TrialPosition {
  const [asset = '', code = ''] = decodeCursor(cursor, 2);
  if (!/^[A-Z][A-Z0-9_:-]*$/.test(asset) || !/^[a-z][A-Za-z0-9_.:-]*$/.test(code)) throw foreignCursor();
  return { asset, code };
}

/** Lines that come in the order of their assets, each asset's together. */
function grouped<Line extends { asset: string; debits: string; credits: string }, Own>(
  lines: readonly Line[],
  show: (own: readonly Line[]) => Own,
) {
  const assets = [...new Set(lines.map((line) => line.asset))];
  return assets.map((asset) => {
    const own = lines.filter((line) => line.asset === asset);
    const { debits = '', credits = '' } = own[0] ?? {};
    return { asset, debits, credits, ...show(own) };
  });
}

/** The whole report as JSON, in pieces. */
async function* wholeOf(named: object, portions: AsyncIterable<readonly TrialLine[]>): AsyncGenerator<string> {
  let piece = `${JSON.stringify(named).slice(0, -1)},"assets":[`;
  let asset: string | null = null;
  for await (const lines of portions) {
    for (const { account, ...sides } of lines) {
      if (sides.asset === asset) piece += ',';
      else piece += `${asset === null ? '' : ']},'}${JSON.stringify(sides).slice(0, -1)},"accounts":[`;
      asset = sides.asset;
      piece += JSON.stringify(account);
    }
    yield piece;
    piece = '';
  }
  yield `${piece}${asset === null ? '' : ']}'}]}`;
}
