/**
 * `timeledger restore`: a backup becomes a database again, of this version and of any PostgreSQL, once everything in it has been
 * verified. Nothing stands where the service looks for it before that.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.js';
import { bookSchemas, migrationsFolder } from '../database.js';
import { type ConnectionTarget, describeTarget, type Pool, StartError } from '../db/connect.js';
import { loadDump } from '../db/dump/load.js';
import { type DumpManifest, readManifest } from '../db/dump/manifest.js';
import { startEmbedded } from '../db/embedded/embedded.js';
import type { Language, Words } from '../lib/language.js';
import { type BackupNotes, sha256 } from './backup.js';
import { Cleanup } from './cleanup.js';
import { progressBar } from './progress.js';
import { describe } from './verify/report.js';
import { verifyAll } from './verify/verify.js';

/** What is restored, and in which language it is told how far that is. */
interface Backup {
  readonly directory: string;
  readonly manifest: DumpManifest;
  readonly language: Language;
}

/**
 * Refuses (StartError): what `readManifest` and `loadDump` refuse; a data directory that holds a database, or other keys; books that
 * do not verify, or do not end where the backup says they did.
 */
export async function restore(config: Config, directory: string, language: Language): Promise<Words> {
  const from = resolve(directory);
  const manifest = readManifest(from);
  const { keys } = manifest.notes as unknown as BackupNotes;
  const keyDirectory = join(resolve(config.dataDir), 'keys');
  refuseOtherKeys(from, keys, keyDirectory);
  const cleanup = new Cleanup(language);
  try {
    if (config.databaseUrl === undefined)
      await restoreEmbedded(config, { directory: from, manifest, language }, cleanup, () => placeKeys());
    else {
      await restoreInto({ url: config.databaseUrl }, { directory: from, manifest, language });
      placeKeys();
    }
  } finally {
    await cleanup.run();
  }
  const where =
    config.databaseUrl === undefined ? resolve(config.dataDir) : describeTarget({ url: config.databaseUrl });
  return {
    en: `restored to ${where}: everything agrees, and ends where the backup of ${manifest.made_at} did`,
    zh: `已恢复到 ${where}：核验全部相符，末尾与 ${manifest.made_at} 的备份一致`,
  };

  function placeKeys(): void {
    for (const { name } of keys) placeKey(join(from, 'keys', name), keyDirectory, name);
  }
}

/** In a directory beside, so that the cluster appears whole and verified, or not at all. */
async function restoreEmbedded(
  { dataDir }: Config,
  backup: Backup,
  cleanup: Cleanup,
  beforePlacing: () => void,
): Promise<void> {
  const place = join(resolve(dataDir), 'postgres');
  if (existsSync(place) && readdirSync(place).length > 0)
    throw new StartError({
      en: `${place} holds a database: move it away, or choose another DATA_DIR`,
      zh: `${place} 中已有数据库：请将其移走，或更改 DATA_DIR`,
    });
  const staging = join(resolve(dataDir), 'restore.new');
  rmSync(staging, { recursive: true, force: true });
  cleanup.add(() => rmSync(staging, { recursive: true, force: true }));
  const server = await startEmbedded({ dataDirectory: staging });
  cleanup.add(() => server.stop());
  await restoreInto(server.connection, backup);
  await server.stop();
  beforePlacing();
  renameSync(join(staging, 'postgres'), place);
}

/** Fills a database with a backup, and verifies it before it is anything but a restore. */
export async function restoreInto(target: ConnectionTarget, { directory, manifest, language }: Backup): Promise<void> {
  const bar = progressBar({ en: 'restoring', zh: '正在恢复' }, language);
  const accept = async (sql: Pool) => {
    bar.end();
    await judge(sql, manifest, language);
  };
  try {
    await loadDump(
      target,
      {
        directory,
        manifest,
        schemas: bookSchemas,
        folder: migrationsFolder,
        progress: (done, total) => bar.show(done, total),
      },
      accept,
    );
  } finally {
    bar.end();
  }
}

/** Replays everything, and compares the end with what the backup noted. */
async function judge(sql: Pool, manifest: DumpManifest, language: Language): Promise<void> {
  const { ledgers } = manifest.notes as unknown as BackupNotes;
  const results = await verifyAll(sql, language);
  for (const result of results.filter(({ ok }) => !ok)) console.error(describe(result, language));
  if (results.some(({ ok }) => !ok))
    throw new StartError({
      en: 'the books of this backup do not agree: nothing is restored',
      zh: '此备份中的账簿核验未通过：未作恢复',
    });
  const found = results.map(({ ledger, tree_size, root }) => `${ledger} ${tree_size} ${root}`).sort();
  const noted = ledgers.map(({ ledger, tree_size, root }) => `${ledger} ${tree_size} ${root}`).sort();
  if (found.join('\n') === noted.join('\n')) return;
  throw new StartError({
    en: `the books end at ${found.join(', ')} and the backup at ${noted.join(', ')}: nothing is restored`,
    zh: `账簿的末尾为 ${found.join('、')}，备份所记为 ${noted.join('、')}，两者不一致：未作恢复`,
  });
}

/** Before anything is done: keys of the backup that are damaged, and keys in the data directory that are others. */
function refuseOtherKeys(from: string, keys: BackupNotes['keys'], keyDirectory: string): void {
  for (const { name, sha256: noted } of keys) {
    const source = join(from, 'keys', name);
    if (!/^[\w.-]+$/.test(name) || !existsSync(source) || sha256(readFileSync(source)) !== noted)
      throw new StartError({
        en: `${source} is not the file that was backed up`,
        zh: `${source} 不是当时备份的文件`,
      });
    const there = join(keyDirectory, name);
    if (existsSync(there) && sha256(readFileSync(there)) !== noted)
      throw new StartError({
        en: `${there} is another key than the backup's: move ${keyDirectory} away`,
        zh: `${there} 与备份中的密钥不同：请移走 ${keyDirectory}`,
      });
  }
}

function placeKey(source: string, keyDirectory: string, name: string): void {
  mkdirSync(keyDirectory, { recursive: true, mode: 0o700 });
  const there = join(keyDirectory, name);
  if (!existsSync(there)) writeFileSync(there, readFileSync(source), { mode: 0o600, flag: 'wx', flush: true });
}
