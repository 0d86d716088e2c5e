/** `timeledger doctor`: looks at everything that the service needs and prints what it found; exit 1 when something is wrong. */
import { resolve } from 'node:path';
import type { Config } from '../../config.js';
import { attachEmbedded } from '../../db/embedded/embedded.js';
import { systemClock } from '../../lib/clock.js';
import { padEndColumns } from '../../lib/columns.js';
import { inLanguage, type Language, type Words } from '../../lib/language.js';
import { checkDatabase } from './books.js';
import { checkCalendar } from './calendar.js';
import { type Check, checkNamesZh } from './check.js';
import { checkDataDirectory, checkDisk, checkKeys, checkNode, checkPackages, checkPorts } from './machine.js';

export async function doctor(
  config: Config,
  { json, language }: { readonly json: boolean; readonly language: Language },
): Promise<void> {
  // Before the database is asked, which may start it: whoever runs it now is the service.
  const serving = config.databaseUrl === undefined && (await attachEmbedded(resolve(config.dataDir))) !== undefined;
  const checks = [
    checkNode(),
    checkPackages(),
    checkDataDirectory(config),
    checkDisk(config),
    checkKeys(config),
    await checkPorts(config, serving),
    checkCalendar(systemClock),
    ...(await checkDatabase(config, systemClock)),
  ];
  const told = json ? JSON.stringify(inLanguage(checks, language), null, 2) : linesOf(checks, language);
  console.log(told);
  if (checks.some(({ state }) => state === 'wrong')) process.exitCode = 1;
}

function linesOf(checks: readonly Check[], language: Language): string {
  const lines = checks.map(
    ({ name, state, found }): Words => ({
      en: `${state.padEnd(7)}${name.padEnd(16)}${found.en}`,
      zh: `${statesZh[state].padEnd(5)}${padEndColumns(checkNamesZh[name], 12)}${found.zh}`,
    }),
  );
  return lines.map((line) => line[language]).join('\n');
}

const statesZh: Readonly<Record<Check['state'], string>> = { ok: '正常', note: '注意', wrong: '有误' };
