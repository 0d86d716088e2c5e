/**
 * Making an estate file, as a job for a worker: the books are read as they stand at one moment, of what they hold only what had been written by the entry
 * that was asked for, and the ZIP is kept under the id of the job.
 */
import type { Pool } from '../../../db/connect.js';
import { readSnapshot } from '../../../db/snapshot.js';
import { readLedger } from '../../../ledger/reads/ledgers.js';
import type { Clock } from '../../../lib/clock.js';
import { writeZip } from '../../../lib/zip.js';
import { dropBlob, writeBlob } from '../../../work/blobs.js';
import { keepJobsDays } from '../../../work/jobs.js';
import type { Outcome, Run } from '../../../work/runner.js';
import { Figures } from './figures.js';
import { filesInPack, filesOf, type PackedFile } from './pack.js';
import { type EstateFileAsked, readScope } from './scope.js';
import { readStays } from './stays.js';

/** `checkpoint` is that of the watermark, signed by who has the key: no worker does. */
export interface EstateFileRequest extends EstateFileAsked {
  readonly checkpoint: string;
}

export interface EstateFileResult extends EstateFileAsked {
  /** By which the ZIP is found. */
  readonly job: string;
  /** Of the ZIP. */
  readonly sha256: string;
  readonly bytes: number;
  readonly files: readonly PackedFile[];
}

/** Longer than its job, so that no job names a file that is gone. */
const keepMilliseconds = (keepJobsDays + 1) * 86_400_000;

/** Refuses: `org_unit_not_found` (there was none at that entry). */
export async function makeEstateFile({ sql, clock }: { sql: Pool; clock: Clock }, run: Run): Promise<Outcome> {
  const { ledgerId, id } = run.job;
  const { checkpoint, ...asked } = run.job.input as EstateFileRequest;
  const ledger = await readLedger(sql, ledgerId);
  // One that was cut short begins anew.
  await dropBlob(sql, ledgerId, id);
  const createdAt = new Date(clock()).toISOString();
  const expiresAt = new Date(clock() + keepMilliseconds).toISOString();
  const result = await readSnapshot(sql, async (snapshot): Promise<EstateFileResult> => {
    const scope = await readScope(snapshot, ledger, asked);
    const stays = await readStays(snapshot, scope);
    const source = { sql: snapshot, scope, stays, figures: new Figures(scope, stays) };
    const files: PackedFile[] = [];
    const proceed = () => run.progress(files.length, filesInPack);
    const zip = writeZip(filesOf(source, checkpoint, files, proceed));
    const { sha256, bytes } = await writeBlob(sql, ledgerId, { id, createdAt, expiresAt }, zip);
    await run.progress(filesInPack, filesInPack);
    return { ...asked, job: id, sha256, bytes, files };
  });
  return { result };
}
