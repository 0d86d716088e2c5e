/** Somebody's part in an order as it begins: nobody has come or gone, and nothing is held. */
import { weekOf } from '../../../lib/clock.js';
import { dayOf, intervalOf } from '../service-times.js';
import type { Order, OrderPerson } from './state.js';

type Part = Pick<OrderPerson, 'member_id' | 'role' | 'attendance' | 'service_record_id'>;

export function newPart({ order_id, planned_start, planned_end }: Order, zone: string, part: Part): OrderPerson {
  return {
    ...{ order_id, planned_start, planned_end },
    week: weekOf(dayOf(intervalOf(planned_start, planned_end).start, zone)),
    ...part,
    held: 0n,
    ...{ check_in: null, check_in_proof: null, check_in_by: null },
    ...{ check_out: null, check_out_proof: null, check_out_by: null, verdict_minutes: null },
    grants_year: null,
  };
}
