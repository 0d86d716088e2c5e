/** The files of a county's month, found in a directory: six CSV files, the statement's name telling the period. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '#src/db/connect.js';
import { addDays, isPeriod, periodBounds } from '#src/lib/clock.js';

export interface CountyFiles {
  /** `2026-10` */
  readonly period: string;
  /** The last day before the period: opening points take effect on it. */
  readonly openingDay: string;
  readonly statementName: string;
  readonly statement: Buffer;
  readonly orgUnits: Buffer;
  readonly members: Buffer;
  readonly openingPoints: Buffer;
  readonly visits: Buffer;
  readonly redemptions: Buffer;
}

const statementPattern = /^bank-statement-(.*)\.csv$/;

/** Refuses (StartError, one line): no such directory, a file missing, not exactly one statement. */
export function readCountyFiles(directory: string): CountyFiles {
  if (!existsSync(directory))
    throw new StartError({ en: `there is no directory ${directory}`, zh: `目录 ${directory} 不存在` });
  if (!statSync(directory).isDirectory())
    throw new StartError({ en: `${directory} is not a directory`, zh: `${directory} 不是目录` });
  const statements = readdirSync(directory).filter((name) => isPeriod(statementPattern.exec(name)?.[1] ?? ''));
  const [statementName] = statements;
  if (statementName === undefined || statements.length > 1) {
    throw new StartError({
      en: `${directory} must hold one bank-statement-YYYY-MM.csv; it holds ${statements.length}`,
      zh: `${directory} 中应有且仅有一个 bank-statement-YYYY-MM.csv，现有 ${statements.length} 个`,
    });
  }
  const period = statementPattern.exec(statementName)?.[1] ?? '';
  const read = (name: string) => {
    const path = join(directory, name);
    if (!existsSync(path)) throw new StartError({ en: `${path} is missing`, zh: `缺少 ${path}` });
    return readFileSync(path);
  };
  return {
    period,
    openingDay: addDays(periodBounds(period).first, -1),
    statementName,
    statement: read(statementName),
    orgUnits: read('org-units.csv'),
    members: read('members.csv'),
    openingPoints: read('opening-points.csv'),
    visits: read('visits.csv'),
    redemptions: read('redemptions.csv'),
  };
}
