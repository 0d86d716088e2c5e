/** The words that the values of a rule set are said in: amounts, factors, counts, each with its bounds; Chinese first. */
import { type TSchema, Type } from 'typebox';
import { annotated } from '../../../http/named.js';
import { externalIdPattern } from '../../../lib/ids.js';
import { timeFromPattern, timeToPattern } from '../../../timebank/people/weekly-hours.js';
import { proofGrades } from '../../../timebank/service-words.js';
import { serviceTypePattern } from '../../../timebank/words.js';

/** A value, in the words of both languages. */
export const said = <T extends TSchema>(schema: T, zh: string, en: string, example: unknown) =>
  annotated(schema, { description: `${zh} / ${en}`, examples: [example] });

export const decimal = (pattern: string) => Type.String({ pattern });
/** COIN or HOUR to the hundredth, from 0 and above 0. */
export const hundredths = decimal('^(?:0|[1-9][0-9]{0,5})(?:\\.[0-9]{1,2})?$');
export const aboveZero = decimal('^(?:[1-9][0-9]{0,5}(?:\\.[0-9]{1,2})?|0\\.(?:[1-9][0-9]?|0[1-9]))$');
/** COIN for many members together. */
export const largeAboveZero = decimal('^(?:[1-9][0-9]{0,8}(?:\\.[0-9]{1,2})?|0\\.(?:[1-9][0-9]?|0[1-9]))$');
export const factor = decimal('^(?:0|[1-9][0-9]?)(?:\\.[0-9]{1,2})?$');
export const share = decimal('^(?:0(?:\\.[0-9]{1,2})?|1(?:\\.00?)?)$');
export const wholePoints = decimal('^(?:0|[1-9][0-9]{0,5})$');
export const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
export const serviceType = Type.String({ pattern: serviceTypePattern });
export const byServiceType = (value: TSchema) =>
  Type.Record(serviceType, value, { additionalProperties: false, maxProperties: 200 });
export const unitId = Type.String({ pattern: externalIdPattern });
export const weeklyHours = Type.Object(
  {
    weekday: whole(1, 7),
    from: Type.String({ pattern: timeFromPattern }),
    to: Type.String({ pattern: timeToPattern }),
  },
  { additionalProperties: false },
);
export const grades = Type.Array(Type.Enum([...proofGrades]), { minItems: 1, maxItems: 3, uniqueItems: true });
export const days = (maximum: number) => whole(0, maximum);
