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
  if (!existsSync(directory)) throw new StartError(`there is no directory ${directory}`);
  if (!statSync(directory).isDirectory()) throw new StartError(`${directory} is not a directory`);
  const statements = readdirSync(directory).filter((name) => isPeriod(statementPattern.exec(name)?.[1] ?? ''));
  const [statementName] = statements;
  if (statementName === undefined || statements.length > 1) {
    throw new StartError(`${directory} must hold one bank-statement-YYYY-MM.csv; it holds ${statements.length}`);
  }
  const period = statementPattern.exec(statementName)?.[1] ?? '';
  const read = (name: string) => {
    const path = join(directory, name);
    if (!existsSync(path)) throw new StartError(`${path} is missing`);
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
