/** The statement of an account over HTTP, page by page. */
import { Type } from 'typebox';
import { requireDaysInOrder } from '../../http/days.js';
import { annotated, namedObject } from '../../http/named.js';
import { AccountCode, AssetCode, DateString, EntryNumber, NextCursor, SignedAmountString } from '../../http/schemas.js';
import type { Service } from '../../http/service.js';
import { readStatement, type StatementPage } from '../../ledger/reads/statement.js';
import { isDate } from '../../lib/clock.js';
import { decodeCursor, encodeCursor, foreignCursor } from '../../lib/cursor.js';

/** Said of every balance as of a day. */
export const BelowFloor = Type.Boolean({
  description:
    'Floors hold as recorded. With effect on a day an entry that was dated back may have taken the balance below its floor: then true.',
  examples: [false],
});

export const Statement = namedObject(
  'Statement',
  {
    account: AccountCode,
    asset: AssetCode,
    opening: annotated(SignedAmountString, {
      description: 'Before the first day of the range; the same on every page.',
    }),
    lines: Type.Array(
      namedObject('StatementLine', {
        entry: EntryNumber,
        effective_on: DateString,
        kind: Type.String({ description: 'The kind of entry; docs/ledger.md explains each.', examples: ['gift'] }),
        debit: SignedAmountString,
        credit: SignedAmountString,
        balance: annotated(SignedAmountString, { description: 'After this line.' }),
        below_floor: BelowFloor,
      }),
    ),
    closing: annotated(SignedAmountString, { description: 'After the last day of the range; the same on every page.' }),
    below_floor: { ...BelowFloor, description: 'Whether opening or closing lie below the floor of the account.' },
    next_cursor: NextCursor,
  },
  {
    description:
      'Opening and closing balance of the whole range and one page of its lines: opening + all lines = closing, and each line carries the balance after it.',
    examples: [
      {
        account: 'member:M00001:points',
        asset: 'POINT',
        opening: '590',
        lines: [
          {
            entry: '17',
            effective_on: '2026-10-01',
            kind: 'redemption_captured',
            debit: '50',
            credit: '0',
            balance: '540',
            below_floor: false,
          },
        ],
        closing: '540',
        below_floor: false,
        next_cursor: null,
      },
    ],
  },
);

/** A page of a statement with its cursor. Refuses: `request_invalid` (from after to, or a foreign cursor), `account_not_found`. */
export async function statementPage(
  service: Service,
  ledgerId: number,
  code: string,
  query: { from?: string; to?: string; cursor?: string; limit?: number },
) {
  requireDaysInOrder(query);
  const { from = null, to = null, cursor, limit = 50 } = query;
  const { next, ...page }: StatementPage = await readStatement(service.sql, ledgerId, code, {
    from,
    to,
    limit,
    after: cursor === undefined ? null : positionOf(cursor),
  });
  return { ...page, next_cursor: next && encodeCursor([next.day, String(next.entry), String(next.version)]) };
}

function positionOf(cursor: string) {
  const [day = '', entry, version] = decodeCursor(cursor, 3);
  const position = { day, entry: Number(entry), version: Number(version) };
  if (isDate(day) && Number.isSafeInteger(position.entry) && Number.isSafeInteger(position.version)) return position;
  throw foreignCursor();
}
