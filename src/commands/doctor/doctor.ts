/** `timeledger doctor`: looks at everything that the service needs and prints what it found; exit 1 when something is wrong. */
import { resolve } from 'node:path';
import type { Config } from '../../config.js';
import { attachEmbedded } from '../../db/embedded/embedded.js';
import { systemClock } from '../../lib/clock.js';
import type { Language } from '../../lib/language.js';
import { checkDatabase } from './books.js';
import type { Check } from './check.js';
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
    ...(await checkDatabase(config, systemClock)),
  ];
  console.log(json ? JSON.stringify(checks, null, 2) : checks.map((check) => describe(check, language)).join('\n'));
  if (checks.some(({ state }) => state === 'wrong')) process.exitCode = 1;
}

/** What was found is for whoever runs the machine, and English. */
function describe({ name, state, found }: Check, language: Language): string {
  return `${language === 'zh' ? statesZh[state] : state.padEnd(7)}${name.padEnd(16)}${found}`;
}

const statesZh: Readonly<Record<Check['state'], string>> = { ok: '正常   ', note: '注意   ', wrong: '有误   ' };
