/** What somebody sends who places an order. */
import { Type } from 'typebox';
import { annotated, namedObject } from '../../../http/named.js';
import { DateString, ExternalId, Instant } from '../../../http/schemas.js';
import { ServiceType } from '../service-shapes.js';
import { Funding, Mode, OrderId, words } from './shapes.js';

/** That an order can take. */
export const mostVolunteers = 50;

const what = {
  external_id: Type.Optional(annotated(OrderId, { description: 'An id of your own; absent: one is made.' })),
  service_type: ServiceType,
  planned_start: Instant,
  planned_end: Instant,
  volunteers_needed: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostVolunteers,
      default: 1,
      description: 'How many volunteers it takes.',
      examples: [1],
    }),
  ),
  funding: Type.Optional(annotated(Funding, { default: 'mint' })),
  note: Type.Optional(words('What to know about it.', '三楼，按两次门铃')),
};
const planExample = {
  service_type: 'errand',
  planned_start: '2026-10-27T13:30:00+08:00',
  planned_end: '2026-10-27T15:30:00+08:00',
};

const Recurrence = namedObject(
  'Recurrence',
  {
    weekday: Type.Integer({ minimum: 1, maximum: 7, description: '1 for Monday to 7 for Sunday.', examples: [2] }),
    until: annotated(DateString, { description: 'The last day on which it may take place.' }),
  },
  {
    description: 'The same every week: the next order is placed once the former is closed.',
    examples: [{ weekday: 2, until: '2026-11-24' }],
  },
);

export const NewOrder = namedObject(
  'NewOrder',
  {
    ...what,
    recipient: annotated(ExternalId, { description: 'The member who needs it.', examples: ['M00259'] }),
    other_recipients: Type.Optional(
      Type.Array(ExternalId, { maxItems: 49, uniqueItems: true, description: 'Of a group: the other recipients.' }),
    ),
    mode: Mode,
    station: Type.Optional(annotated(ExternalId, { description: 'For `mode` `station`: which.', examples: ['ST-01'] })),
    recurrence: Type.Optional(Recurrence),
  },
  {
    description: 'What somebody needs, when and where.',
    examples: [{ recipient: 'M00259', mode: 'home', ...planExample }],
  },
);

export const NewCareOrder = namedObject('NewCareOrder', what, {
  description: 'When somebody is to be visited, and as what service.',
  examples: [{ ...planExample, service_type: 'companionship' }],
});
