/** How hours of a week stand in requests and answers: of stations and of people. */
import { Type } from 'typebox';
import { named, namedObject } from '../../http/named.js';
import { timeFromPattern, timeToPattern } from '../../timebank/people/weekly-hours.js';

/** Spans at most: three a day. */
const mostSpans = 21;

export const hoursExample = [{ weekday: 1, from: '09:00', to: '11:30' }];

export const WeeklyHours = named(
  'WeeklyHours',
  Type.Array(
    namedObject('WeeklySpan', {
      weekday: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday, 7 Sunday.', examples: [1] }),
      from: Type.String({
        pattern: timeFromPattern,
        description: "A time of day in the ledger's zone.",
        examples: ['09:00'],
      }),
      to: Type.String({
        pattern: timeToPattern,
        description: 'Later than `from`, 24:00 at most.',
        examples: ['11:30'],
      }),
    }),
    { maxItems: mostSpans, description: 'Spans of a week that do not overlap.', examples: [hoursExample] },
  ),
);
