/** How requests and answers name the days they speak of: a calendar month by its name, any range by its first and last day. */
import { Type } from 'typebox';
import { annotated, named } from '../../http/named.js';
import { isAnothers, ownPartner } from '../../http/reach.js';
import { DateString, Nullable } from '../../http/schemas.js';
import type { Principal } from '../../http/tokens.js';
import { daysIn, periodBounds, periodPattern } from '../../lib/clock.js';
import type { Words } from '../../lib/language.js';
import { Refusal } from '../../lib/refusal.js';
import { type DateRange, longestRange } from '../../timebank/audit/range.js';
import { PartnerId } from '../partners/partners.js';

export const Period = named(
  'Period',
  Type.String({
    pattern: periodPattern,
    description: 'A calendar month, from 2000-01 to 2099-12.',
    examples: ['2026-10'],
  }),
);

/** Spread into a body or a query; read it with `rangeOf` or `optionalRangeOf`. */
export const rangeFields = {
  period: Type.Optional(
    annotated(Period, { description: 'Short for the first and the last day of a calendar month.' }),
  ),
  from: Type.Optional(annotated(DateString, { description: 'First day, with `to`.' })),
  to: Type.Optional(
    annotated(DateString, {
      description: `Last day, with \`from\`: at most ${longestRange} days.`,
      examples: ['2026-10-31'],
    }),
  ),
};

/** The filters of a list of what is a partner's and speaks of days; read them with `partnerRangeOf`. */
export const partnerRangeFilters = { partner: Type.Optional(PartnerId), ...rangeFields };

/** The partner's own number of a statement. */
export const Sequence = named(
  'StatementSequence',
  Type.Integer({
    minimum: 1,
    maximum: 999_999,
    description:
      "The partner's number of the statement among those for the same days; the highest came last and is what counts.",
    examples: [1],
  }),
);

/** The days that a statement speaks of, in answers. */
export const rangeShown = {
  period: Nullable(Period, { description: 'The calendar month; null when the days are none.' }),
  from: annotated(DateString, { description: 'First day.' }),
  to: annotated(DateString, { description: 'Last day.', examples: ['2026-10-31'] }),
  sequence: Sequence,
};

export const rangeExample = { period: '2026-10', from: '2026-10-01', to: '2026-10-31', sequence: 1 };

export interface RangeRequest {
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The range that a request names; null: none. `root` is where the fields stand: `/query`, or '' in a body. Refuses: as `rangeOf`. */
export function optionalRangeOf(request: RangeRequest, root: string): DateRange | null {
  const { period, from, to } = request;
  return period === undefined && from === undefined && to === undefined ? null : rangeOf(request, root);
}

/** Whose are asked for, and of which days; null: nothing can be found, for a partner asks for another's. Refuses: as `rangeOf`. */
export function partnerRangeOf(
  query: RangeRequest & { readonly partner?: string },
  principal: Principal,
): { partner: string | null; range: DateRange | null } | null {
  const own = ownPartner(principal);
  const { partner = own } = query;
  const range = optionalRangeOf(query, '/query');
  return isAnothers(partner, own) ? null : { partner, range };
}

/**
 * Refuses: `request_invalid` (neither a period nor both days, or both ways at once; it ends before it begins, or is longer than a year
 * and a day).
 */
export function rangeOf({ period, from, to }: RangeRequest, root: string): DateRange {
  if (period !== undefined) {
    if (from !== undefined || to !== undefined)
      throw invalid(`${root}/period`, { en: 'cannot be combined with from and to', zh: '不能与 from 和 to 同用' });
    const { first, last } = periodBounds(period);
    return { from: first, to: last };
  }
  if (from === undefined && to === undefined)
    throw invalid(`${root}/period`, {
      en: 'is required, or from and to in its place',
      zh: '必须填写，或改填 from 和 to',
    });
  if (from === undefined) throw invalid(`${root}/from`, { en: 'is required with to', zh: '填写 to 时必须填写' });
  if (to === undefined) throw invalid(`${root}/to`, { en: 'is required with from', zh: '填写 from 时必须填写' });
  if (to < from) throw invalid(`${root}/to`, { en: 'must not lie before from', zh: '不能早于 from' });
  if (daysIn(from, to) > longestRange)
    throw invalid(`${root}/to`, {
      en: `must lie within ${longestRange} days from from`,
      zh: `距 from 不得超过 ${longestRange} 天`,
    });
  return { from, to };
}

function invalid(pointer: string, detail: Words): Refusal {
  return new Refusal(
    'request_invalid',
    { en: 'Name a period, or its first and last day.', zh: '请指定会计期间，或者起止日期。' },
    { errors: [{ pointer, detail }] },
  );
}
