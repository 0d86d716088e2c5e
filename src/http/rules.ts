/** The rules by which reads judge what is so now. */
import type { LedgerFacts } from '../ledger/state.js';
import { dateInZone } from '../lib/clock.js';
import type { RuleSet } from '../timebank/credit/rule-set.js';
import { readRulesOn } from '../timebank/credit/rule-set-reads.js';
import type { Service } from './service.js';

export function readRulesNow({ sql, clock }: Service, { id, zone }: LedgerFacts): Promise<RuleSet> {
  return readRulesOn(sql, id, dateInZone(clock(), zone));
}
