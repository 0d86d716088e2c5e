/**
 * Which migrations there are, and which a database has seen: two lists of the same kind, and what it means when they differ. It
 * applies nothing.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { ISql } from 'postgres';
import type { Words } from '../lib/language.js';
import { reasonOf, StartError } from './connect.js';

export interface AppliedMigration {
  readonly when: number;
  readonly hash: string;
}

export interface Migration extends AppliedMigration {
  readonly name: string;
}

const journalFile = join('meta', '_journal.json');

/** The migrations of a folder as drizzle-kit writes it, oldest first. Refuses (StartError): a folder that holds none. */
export function readMigrations(folder: string): Migration[] {
  try {
    const journal = JSON.parse(readFileSync(join(folder, journalFile), 'utf8')) as {
      entries: { tag: string }[];
    };
    const files = readMigrationFiles({ migrationsFolder: folder });
    return files.map(({ hash, folderMillis }, index) => ({
      name: journal.entries[index]?.tag ?? '',
      when: folderMillis,
      hash,
    }));
  } catch (error) {
    throw new StartError(
      {
        en: `the migrations in ${folder} cannot be read: ${reasonOf(error)}`,
        zh: `无法读取 ${folder} 中的数据库迁移文件：${reasonOf(error)}`,
      },
      { cause: error },
    );
  }
}

/** A temporary folder with the first migrations of another alone; the caller removes it. */
export function firstMigrations(folder: string, count: number): string {
  const made = mkdtempSync(join(tmpdir(), 'timeledger-migrations-'));
  const journal = JSON.parse(readFileSync(join(folder, journalFile), 'utf8')) as { entries: { tag: string }[] };
  const entries = journal.entries.slice(0, count);
  mkdirSync(join(made, 'meta'));
  writeFileSync(join(made, journalFile), JSON.stringify({ ...journal, entries }));
  for (const { tag } of entries) cpSync(join(folder, `${tag}.sql`), join(made, `${tag}.sql`));
  return made;
}

/** What a database has seen, oldest first. */
export async function readApplied(sql: ISql): Promise<AppliedMigration[]> {
  const [found] = await sql<{ table: string | null }[]>`select to_regclass('drizzle.__drizzle_migrations') as table`;
  if (!found?.table) return [];
  const rows = await sql<{ hash: string; when: string }[]>`
    select hash, created_at as when from drizzle.__drizzle_migrations order by created_at`;
  return rows.map(({ hash, when }) => ({ hash, when: Number(when) }));
}

/**
 * Refuses (StartError): a migration edited, removed or put in between after it was applied; one that this program does not have.
 */
export function refuseUnknown(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
  where: Words,
): void {
  for (const { when, hash } of applied) {
    const file = migrations.find((migration) => migration.when === when);
    if (file === undefined) {
      const day = new Date(when).toISOString().slice(0, 10);
      throw new StartError({
        en: `${where.en} has a migration of ${day} that this program does not have: it is newer, use the newer program`,
        zh: `${where.zh}含有本程序没有的数据库迁移（${day}）：其版本较新，请使用更新版本的程序`,
      });
    }
    if (file.hash === hash) continue;
    throw new StartError({
      en: `migration ${file.name} was edited after ${where.en} had applied it: restore the file and write a new migration`,
      zh: `数据库迁移 ${file.name} 在${where.zh}执行之后被修改：请还原该文件，另写新的迁移`,
    });
  }
  // drizzle only looks at the time of the newest: one that a merge put in between would never run, silently.
  const last = applied.at(-1)?.when ?? 0;
  const skipped = migrations.find(({ when }) => when <= last && !applied.some((row) => row.when === when));
  if (skipped === undefined) return;
  throw new StartError({
    en: `migration ${skipped.name} is older than what ${where.en} has applied and would never run: generate it again`,
    zh: `数据库迁移 ${skipped.name} 早于${where.zh}已执行的迁移，将不会执行：请重新生成`,
  });
}
