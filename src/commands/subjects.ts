/** `timeledger subjects erase`: forgets who is behind a pseudonym of the journal, for good. */
import type { Config } from '../config.js';
import { openCommandDatabase } from '../database.js';
import { openPool } from '../db/connect.js';
import type { Words } from '../lib/language.js';
import { Refusal } from '../lib/refusal.js';
import { eraseSubject } from '../timebank/access/subjects.js';

/** Refuses: `subject_not_found`. */
export async function forgetSubject(config: Config, pseudonym: string, { ledger }: { ledger: string }): Promise<Words> {
  const database = await openCommandDatabase(config);
  const sql = openPool(database.target, { max: 1, applicationName: 'timeledger subjects' });
  try {
    if (!(await eraseSubject(sql, ledger, pseudonym)))
      throw new Refusal('subject_not_found', {
        en: `nobody is known as ${pseudonym} in ledger ${ledger}`,
        zh: `账本 ${ledger} 中，代号 ${pseudonym} 没有对应的人员`,
      });
    return { en: `${pseudonym} names nobody any more`, zh: `代号 ${pseudonym} 已不再对应任何人员` };
  } finally {
    await sql.end({ timeout: 5 });
    await database.stop();
  }
}
