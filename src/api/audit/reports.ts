/** Reports over HTTP: the trial balance, both ways. */
import { Type } from 'typebox';
import { guardedRefusals, problemResponses } from '../../http/problem-responses.js';
import { AccountCode, AssetCode, closed, DateString, EntryNumber, SignedAmountString } from '../../http/schemas.js';
import { type App, laneOf, type Service } from '../../http/service.js';
import { trialBalanceAsOf, trialBalanceAtEntry } from '../../ledger/reads/trial-balance.js';
import { dateInZone } from '../../lib/clock.js';
import { AccountType, momentOf } from '../ledger/accounts.js';

const TrialBalance = Type.Object(
  {
    as_of: Type.Optional(DateString),
    at_entry: Type.Optional(EntryNumber),
    assets: Type.Array(
      Type.Object(
        {
          asset: AssetCode,
          debits: SignedAmountString,
          credits: SignedAmountString,
          accounts: Type.Array(
            Type.Object(
              { code: AccountCode, type: AccountType, balance: SignedAmountString },
              { ...closed, title: 'AccountBalance' },
            ),
          ),
        },
        { ...closed, title: 'AssetTrialBalance' },
      ),
    ),
  },
  { ...closed, title: 'TrialBalance', description: 'Debit balances equal credit balances for every asset.' },
);

export function registerReports(app: App, service: Service): void {
  app.get('/v1/reports/trial-balance', {
    config: { roles: ['operator', 'auditor'], expensive: true },
    schema: {
      operationId: 'getTrialBalance',
      summary: 'The trial balance',
      description:
        'With effect up to and with a day (`as_of`, default today), or as it was recorded when an entry was written (`at_entry`). Accounts without a posting by then are left out.',
      tags: ['audit'],
      querystring: Type.Object({ as_of: Type.Optional(DateString), at_entry: Type.Optional(EntryNumber) }, closed),
      response: { 200: TrialBalance, ...problemResponses(...guardedRefusals, 'entry_not_found') },
    },
    handler: async (request) => {
      const { facts } = await laneOf(service, request.principal);
      const moment = momentOf(request.query);
      if ('atEntry' in moment) {
        const assets = await trialBalanceAtEntry(service.sql, facts.id, moment.atEntry as number);
        return { at_entry: String(moment.atEntry), assets };
      }
      const asOf = 'asOf' in moment ? (moment.asOf as string) : dateInZone(service.clock(), facts.zone);
      return { as_of: asOf, assets: await trialBalanceAsOf(service.sql, facts.id, asOf) };
    },
  });
}
