/**
 * What a dump says of itself, in `manifest.json` beside its files. A dump is a directory: every table as PostgreSQL's COPY writes
 * it, compressed, and this list of them. It knows no table by name: which schemas are dumped is decided above.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { reasonOf, StartError } from '../connect.js';

const Count = Type.Integer({ minimum: 0 });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

const DumpedTable = Type.Object({
  schema: Type.String(),
  table: Type.String(),
  columns: Type.Array(Type.String()),
  /** Below the dump's directory. */
  file: Type.String({ pattern: '^tables/[A-Za-z0-9_.]+$' }),
  rows: Count,
  /** Of what COPY wrote, before it was compressed; the digest, too. */
  bytes: Count,
  sha256: Sha256,
});
export type DumpedTable = Static<typeof DumpedTable>;

const DumpManifest = Type.Object({
  format: Type.Literal('timeledger-dump/1'),
  /** The version of the program that wrote it. */
  program: Type.String(),
  postgres: Type.String(),
  made_at: Type.String(),
  /** The migrations its tables had seen: it is loaded into tables of that shape, and migrated from there. */
  migrations: Type.Array(Type.Object({ when: Type.Integer(), hash: Sha256 }), { minItems: 1 }),
  tables: Type.Array(DumpedTable, { minItems: 1 }),
  /** The last value that each sequence gave, where it gave one. */
  sequences: Type.Array(Type.Object({ schema: Type.String(), sequence: Type.String(), value: Type.String() })),
  /** What the floors above noted in the same snapshot. */
  notes: Type.Record(Type.String(), Type.Unknown()),
});
export type DumpManifest = Static<typeof DumpManifest>;

export const manifestFile = 'manifest.json';
export const dumpFormat = 'timeledger-dump/1';

/** Refuses (StartError): no dump there, or one that is cut off or of another format. */
export function readManifest(directory: string): DumpManifest {
  const path = join(directory, manifestFile);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new StartError({
      en: `${directory} is no backup: ${path} cannot be read (${reasonOf(error)})`,
      zh: `${directory} 不是备份目录：无法读取 ${path}（${reasonOf(error)}）`,
    });
  }
  if (isOf(DumpManifest, value)) return value;
  const [wrong] = Value.Errors(DumpManifest, value);
  const place = `${wrong?.instancePath || '/'} ${wrong?.message}`;
  throw new StartError({
    en: `${path} is not of the format ${dumpFormat}: ${place}`,
    zh: `${path} 不符合格式 ${dumpFormat}：${place}`,
  });
}

function isOf<Schema extends TSchema>(schema: Schema, value: unknown): value is Static<Schema> {
  return Value.Check(schema, value);
}
