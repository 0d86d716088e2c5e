/**
 * `timeledger backup`: the books and the keys in a directory, while the service runs or not. The directory gets its name when all
 * of it is there: what bears the name is a whole backup.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ISql } from 'postgres';
import type { Config } from '../config.js';
import { bookSchemas, keyDirectory, openCommandDatabase } from '../database.js';
import { StartError } from '../db/connect.js';
import type { DumpManifest } from '../db/dump/manifest.js';
import { writeDump } from '../db/dump/write.js';
import { type LedgerHead, readHeads } from '../ledger/reads/heads.js';
import { systemClock } from '../lib/clock.js';
import type { Language, Words } from '../lib/language.js';
import { masterKeyFile } from '../master-keys.js';
import { readGenerations } from '../timebank/people/personal-data/key-rotation.js';
import { packageVersion } from '../version.js';
import { Cleanup } from './cleanup.js';
import { progressBar } from './progress.js';

export interface BackupOptions {
  /** False: the books alone, for whoever keeps the keys elsewhere. */
  readonly keys: boolean;
  readonly language: Language;
}

/** What a backup notes beside its tables. */
export interface BackupNotes {
  /** Where each ledger stood: a restore must come to the same. */
  readonly ledgers: readonly LedgerHead[];
  readonly keys: readonly { readonly name: string; readonly sha256: string }[];
}

/** Refuses (StartError): a directory that is there already and not empty; a database without books, or half restored. */
export async function backup(config: Config, directory: string, options: BackupOptions): Promise<Words[]> {
  const place = resolve(directory);
  refuseTaken(place);
  const cleanup = new Cleanup(options.language);
  try {
    const draft = `${place}.part`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    cleanup.add(() => rmSync(draft, { recursive: true, force: true }));
    const manifest = await writeTo(draft, config, options, cleanup);
    renameSync(draft, place);
    return describeBackup(place, manifest);
  } finally {
    await cleanup.run();
  }
}

function refuseTaken(place: string): void {
  if (!existsSync(place)) return;
  if (!statSync(place).isDirectory())
    throw new StartError({
      en: `${place} is a file: name a directory that is not there yet`,
      zh: `${place} 是文件：请指定一个尚不存在的目录`,
    });
  if (readdirSync(place).length > 0)
    throw new StartError({
      en: `${place} is not empty: name a directory that is not there yet`,
      zh: `目录 ${place} 不为空：请指定一个尚不存在的目录`,
    });
}

async function writeTo(draft: string, config: Config, { keys, language }: BackupOptions, cleanup: Cleanup) {
  const database = await openCommandDatabase(config);
  cleanup.add(() => database.stop());
  const before = keys ? readKeyFiles(keyDirectory(config)) : new Map<string, Buffer>();
  const bar = progressBar({ en: 'backing up', zh: '正在备份' }, language);
  try {
    return await writeDump(database.target, {
      directory: draft,
      schemas: bookSchemas,
      program: packageVersion,
      madeAt: new Date(systemClock()).toISOString(),
      progress: (done, total) => bar.show(done, total),
      notes: async (snapshot) => {
        const [books] = await snapshot`select to_regclass('timeledger.ledgers') is not null as there`;
        if (!books?.['there'])
          throw new StartError({ en: 'there are no books in this database yet', zh: '此数据库中尚无账簿' });
        const ledgers = await readHeads(snapshot);
        if (!keys) return { ledgers, keys: [] };
        // A key is in its file before the books speak of it, and may be removed once newer books do not: those of before and after count.
        const copied = copyKeys(keyDirectory(config), join(draft, 'keys'), before);
        if (!config.masterKeys) await requireGenerations(snapshot, copied);
        return { ledgers, keys: copied };
      },
    });
  } finally {
    bar.end();
  }
}

/** The key files as they are now, by name. */
function readKeyFiles(directory: string): Map<string, Buffer> {
  if (!existsSync(directory)) return new Map();
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  // One that a rotation removes meanwhile was read before it did, or is not needed.
  const read = files.flatMap(({ name }) => {
    const path = join(directory, name);
    return existsSync(path) ? [[name, readFileSync(path)] as const] : [];
  });
  return new Map(read);
}

/** Copies the key files, 0600, those that were there before, too, and says what they are. */
function copyKeys(from: string, to: string, before: ReadonlyMap<string, Buffer>): BackupNotes['keys'] {
  const files = new Map([...before, ...readKeyFiles(from)]);
  if (files.size === 0) return [];
  mkdirSync(to, { mode: 0o700 });
  return [...files].map(([name, content]) => {
    writeFileSync(join(to, name), content, { mode: 0o600, flag: 'wx', flush: true });
    return { name, sha256: sha256(content) };
  });
}

/** Refuses (StartError): a generation that wraps keys of people in the snapshot, and of which there is no file. */
async function requireGenerations(snapshot: ISql, copied: BackupNotes['keys']): Promise<void> {
  const [table] = await snapshot`select to_regclass('timebank.person_keys') is not null as there`;
  if (!table?.['there']) return;
  for (const generation of await readGenerations(snapshot)) {
    const name = masterKeyFile(generation);
    if (copied.some((file) => file.name === name)) continue;
    throw new StartError({
      en: `personal data is sealed under ${name}, of which there is no file: back up again, or restore it from its backup`,
      zh: `个人信息以 ${name} 加密，但没有该密钥文件：请重新备份，或从备份恢复该文件`,
    });
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A backup for people to read; the SHA-256 of the manifest stands for all of it. */
function describeBackup(place: string, manifest: DumpManifest): Words[] {
  const { ledgers, keys } = manifest.notes as unknown as BackupNotes;
  const tables = manifest.tables.length;
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0).toLocaleString('en');
  const digest = sha256(readFileSync(join(place, 'manifest.json')));
  const lines: Words[] = [
    {
      en: `${place}: ${tables} tables, ${rows} rows, ${keys.length} key files`,
      zh: `${place}：${tables} 张表，${rows} 行，${keys.length} 个密钥文件`,
    },
    ...ledgers.map(({ ledger, tree_size, root }) => ({
      en: `  ledger ${ledger}: ${tree_size} entries, root ${root}`,
      zh: `  账本 ${ledger}：${tree_size} 张凭证，根 ${root}`,
    })),
    { en: `  manifest SHA-256 ${digest}`, zh: `  清单 SHA-256 ${digest}` },
  ];
  if (keys.length > 0)
    lines.push({
      en: '  it holds private keys and names of people: keep it as the service itself is kept',
      zh: '  备份含私钥和人员姓名：请按服务本身的保密要求妥善保管',
    });
  return lines;
}
