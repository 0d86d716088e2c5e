/** The first and the last day that a request asks for, either of which may be left open. */
import { Refusal } from '../lib/refusal.js';

/** Refuses: `request_invalid` (from after to). */
export function requireDaysInOrder(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  where: 'query' | 'body' = 'query',
): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new Refusal(
    'request_invalid',
    { en: 'from lies after to.', zh: 'from 晚于 to。' },
    {
      errors: [
        {
          pointer: where === 'query' ? '/query/from' : '/from',
          detail: { en: 'must not be after to', zh: '不能晚于 to' },
        },
      ],
    },
  );
}
