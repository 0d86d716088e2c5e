/** Which rules an order goes by: those of the day it is planned for, as its service will be judged. */
import type { Stage } from '../../../ledger/stage.js';
import { parseInstant } from '../../../lib/clock.js';
import type { RuleSet } from '../../credit/rule-set.js';
import { approvedList, approvedSets, latestOn, rulesToday } from '../../credit/rules-in-force.js';
import { dayOf } from '../service-times.js';
import { offerRows, orderPeopleRows, orderRows } from './rows.js';

/** Of an order by when it is planned to begin, RFC 3339. */
export function rulesOfPlan(stage: Stage, plannedStart: string): RuleSet {
  return latestOn(approvedSets(stage), dayOf(parseInstant(plannedStart), stage.zone));
}

/** Of an order by its id; of one that is not there, what it is refused by matters not. */
export function rulesOfOrder(stage: Stage, id: string): RuleSet {
  // What every command on an order reads first.
  stage.prefetch({ rows: [[orderRows, id]], lists: [[orderPeopleRows, 'order', id], approvedList] });
  const order = stage.row(orderRows, id);
  return order ? rulesOfPlan(stage, order.planned_start) : rulesToday(stage);
}

/** Of the order that an offer is of. */
export function rulesOfOffer(stage: Stage, id: string): RuleSet {
  const offer = stage.row(offerRows, id);
  return offer ? rulesOfOrder(stage, offer.order_id) : rulesToday(stage);
}
