/** A member's statement as CSV, page by page: what it opens with, a row for each line, what it closes with. Programs read its header. */

import type { JointPosition } from '../../../ledger/reads/joint-statement.js';
import { writeCsv } from '../../../lib/csv/write.js';
import { allPurses } from '../../chart.js';
import { type StatedPurse, statedPurses } from './purse-words.js';
import type { MemberStatementLine, MemberStatementPage, PurseFigures, PurseMovement } from './statement.js';

const purseColumns = allPurses.flatMap((purse) => [`${purse}_in`, `${purse}_out`, `${purse}_balance`, `${purse}_owed`]);

/**
 * Columns of the CSV. `kind` is `opening` in the first row and `closing` in the last, which bear balances alone. Of each purse: what came in
 * and went out, empty where the line did not move it; the balance and what is owed after the line, in every row. Grants are empty where there never were
 * any, or they are not for the reader to see; nobody owes any.
 */
export const memberStatementColumns = [
  'effective_on',
  'entry',
  'kind',
  'reason_zh',
  'reason_en',
  ...purseColumns,
  'grants_in',
  'grants_out',
  'grants_balance',
  'service_record',
  'partner',
  'reference',
];

/** Reads the page after a position, of one and the same statement. */
export type ReadPage = (after: JointPosition | null) => Promise<MemberStatementPage>;

export async function* memberStatementCsv(read: ReadPage): AsyncGenerator<string> {
  let page = await read(null);
  const { purses, receivables } = page;
  const balances = new Map(statedPurses.map((purse) => [purse, balanceOf(purse, 'opening', purses, receivables)]));
  yield writeCsv([memberStatementColumns, frameRow('opening', balances)]);
  for (;;) {
    yield writeCsv(page.lines.map((line) => lineRow(line, balances)));
    if (page.next === null) break;
    page = await read(page.next);
  }
  const closing = new Map(statedPurses.map((purse) => [purse, balanceOf(purse, 'closing', purses, receivables)]));
  yield writeCsv([frameRow('closing', closing)]);
}

interface Balance {
  held: string;
  owed: string;
}
type Balances = Map<StatedPurse, Balance>;

function balanceOf(
  purse: StatedPurse,
  end: 'opening' | 'closing',
  purses: readonly PurseFigures[],
  receivables: readonly PurseFigures[],
): Balance {
  const figure = (of: readonly PurseFigures[]) =>
    of.find((one) => one.purse === purse)?.[end] ?? (purse === 'grants' ? '' : '0');
  return { held: figure(purses), owed: figure(receivables) };
}

function frameRow(kind: string, balances: Balances): string[] {
  return [
    '',
    '',
    kind,
    '',
    '',
    ...statedPurses.flatMap((purse) => ['', '', ...afterLine(balances, purse)]),
    '',
    '',
    '',
  ];
}

function lineRow(line: MemberStatementLine, balances: Balances): string[] {
  const cells = statedPurses.flatMap((purse) => {
    const moved = find(line.movements, purse);
    const debt = find(line.owed, purse);
    const before = balances.get(purse);
    balances.set(purse, {
      held: moved?.balance ?? before?.held ?? '',
      owed: debt?.balance ?? before?.owed ?? '',
    });
    return [moved?.in ?? '', moved?.out ?? '', ...afterLine(balances, purse)];
  });
  const { effective_on, entry, kind, reason, service, partner, reference } = line;
  const about = [service?.id ?? '', partner ?? '', reference ?? ''];
  return [effective_on, entry, kind, reason.zh, reason.en, ...cells, ...about];
}

const find = (movements: readonly PurseMovement[], purse: StatedPurse) => movements.find((one) => one.purse === purse);

const afterLine = (balances: Balances, purse: StatedPurse) => {
  const { held = '', owed = '' } = balances.get(purse) ?? {};
  return purse === 'grants' ? [held] : [held, owed];
};
