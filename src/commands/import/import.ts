/**
 * `timeledger import`: one file through the same jobs as over HTTP. Beside a running service they are the service's to carry out; if
 * nobody takes them up, or nobody can, this process does it itself.
 */

import type { Config } from '../../config.js';
import { migrateDatabase, openCommandDatabase, openPersonalKeys } from '../../database.js';
import { openPool } from '../../db/connect.js';
import { serviceRole } from '../../db/role.js';
import { Lanes } from '../../ledger/ledgers.js';
import { openStore } from '../../ledger/store.js';
import { systemClock } from '../../lib/clock.js';
import { type CsvPreview, previewOf } from '../../lib/csv/preview.js';
import { collectSooner } from '../../lib/heap.js';
import { newId } from '../../lib/ids.js';
import { keepLots } from '../../timebank/credit/lots/keep.js';
import type { Import, ImportLineState } from '../../timebank/imports/import.js';
import type { ImportCommit, ImportUpload, TriedImport } from '../../timebank/imports/import-jobs.js';
import { mappingFor } from '../../timebank/imports/mapping-reads.js';
import { listImportLines } from '../../timebank/imports/reads.js';
import { writeBlob } from '../../work/blobs.js';
import { carryOut, type Desk } from './carry-out.js';
import { approverOf, type ImportCommandOptions, requireDate, requirePartner, requirePlatform } from './options.js';
import { previewText, report } from './report.js';

const dayMilliseconds = 86_400_000;

/** Refuses: `request_invalid`, `ledger_not_found`, `import_mapping_not_found`, `file_invalid`, and what `openKeys` refuses. Rows in error are told and set the exit status to 2. */
export async function importFile(config: Config, options: ImportCommandOptions): Promise<void> {
  collectSooner();
  requireDate(options);
  requirePartner(options);
  requirePlatform(options);
  const approvedBy = approverOf(options);
  const decoded = previewOf(options.bytes, options.charset ?? null);
  if (!options.json) console.log(previewText(options.name, decoded, options.language));
  const database = await openCommandDatabase(config);
  const reach = { applicationName: 'timeledger import', role: serviceRole };
  const lanes = new Lanes(() => openStore(() => openPool(database.target, { ...reach, max: 1, plansAnew: true })), {
    clock: systemClock,
    completes: keepLots,
  });
  try {
    await migrateDatabase(database.target);
    const sql = openPool(database.target, { ...reach, max: 4 });
    try {
      const lane = await lanes.of(options.ledger);
      const personal = await openPersonalKeys(database.target, config);
      await run({ sql, lanes, lane, personal, alone: database.alone }, { ...options, approvedBy }, decoded);
    } finally {
      await sql.end({ timeout: 5 });
    }
  } finally {
    await lanes.close();
    await database.stop();
  }
}

async function run(desk: Desk, options: ImportCommandOptions, decoded: CsvPreview): Promise<void> {
  const tried = await tryFile(desk, options);
  if (options.dryRun) {
    report(tried.import, tried.lines.filter(isError), decoded, options);
    return;
  }
  const { import_id: id } = tried.import;
  const input = { id, client: null, approvedBy: options.approvedBy } satisfies ImportCommit;
  const committed = await carryOut(desk, { kind: 'import_commit', runsOn: 'lane', subject: id, input }, options);
  report((committed as { import: Import }).import, await readErrors(desk, id), decoded, options);
}

async function tryFile(desk: Desk, options: ImportCommandOptions): Promise<TriedImport> {
  const { kind, name, bytes, charset, effectiveOn, partner, platform, approvedBy, dryRun } = options;
  const mapping = await mappingFor(desk.sql, desk.lane.facts.id, options);
  const now = systemClock();
  const times = {
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + dayMilliseconds).toISOString(),
  };
  const { id, sha256 } = await writeBlob(desk.sql, desk.lane.facts.id, { id: newId(), ...times }, whole(bytes));
  const file = { id, sha256, kind, fileName: name, charset: charset ?? null, mapping };
  const terms = { effectiveOn: effectiveOn ?? null, partner: partner ?? null, platform, approvedBy };
  const upload = { ...file, ...terms, dryRun, client: null };
  const job = { kind: 'import_stage', runsOn: 'worker', input: upload satisfies ImportUpload } as const;
  return (await carryOut(desk, job, options)) as TriedImport;
}

async function* whole(bytes: Buffer) {
  yield bytes;
}

async function readErrors({ sql, lane }: Desk, id: string): Promise<ImportLineState[]> {
  const errors: ImportLineState[] = [];
  for (;;) {
    const after = errors.at(-1)?.line ?? 0;
    const page = await listImportLines(sql, lane.facts.id, id, { state: 'error', after, limit: 1_000 });
    if (page.length === 0) return errors;
    errors.push(...page);
  }
}

function isError({ state }: ImportLineState): boolean {
  return state === 'error';
}
