/** Shapes that service records and orders share. */
import { Type } from 'typebox';
import { named } from '../../http/named.js';
import { serviceTypePattern } from '../../timebank/words.js';

export const ServiceType = named(
  'ServiceType',
  Type.String({
    pattern: serviceTypePattern,
    description: 'One of the types that the rules weigh.',
    examples: ['errand'],
  }),
);
