/**
 * Verifying the rows of the floors above: each must digest to what the entry says that its row names, and none may be there that the
 * log does not know. They are read in the order of those entries. It holds the names of the rows that an entry wrote and
 * whose later state has not come up yet.
 */
import type { TransactionSql } from 'postgres';
import type { LeafRow } from '../leaf.js';
import { digestRows, type RowTable, rowName, storedText, type TextRow, textColumns } from '../rows.js';
import { entryKey, type Findings } from './findings.js';
import type { CheckedEntry, PageCheck } from './journal.js';
import type { EntryPage } from './pages.js';
import { type EntryRow, EntryStream } from './stream.js';

/** A row as its canonical text, and the entry it names. */
interface StoredRow extends EntryRow {
  readonly json: string;
}

export class RowCheck implements PageCheck {
  private readonly unknown = new Set<string>();

  private constructor(
    private readonly tables: ReadonlyMap<string, TableCheck>,
    private readonly findings: Findings,
  ) {}

  static async open(
    sql: TransactionSql,
    ledgerId: number,
    tables: readonly RowTable<unknown>[],
    findings: Findings,
  ): Promise<RowCheck> {
    const checks = new Map<string, TableCheck>();
    for (const table of tables) checks.set(table.name, await TableCheck.open(sql, ledgerId, table, findings));
    return new RowCheck(checks, findings);
  }

  /** Rows read so far. */
  get count(): number {
    let count = 0;
    for (const table of this.tables.values()) count += table.count;
    return count;
  }

  async check(entries: readonly CheckedEntry[], page: Pick<EntryPage, 'last'> | null): Promise<void> {
    const logged = this.group(entries);
    const unreadable = new Set(entries.filter(({ leaf }) => !leaf).map(({ number }) => number));
    for (const [name, table] of this.tables)
      await table.check(logged.get(name) ?? new Map(), unreadable, page && Number(page.last));
  }

  /** What the entries say of rows, by table and entry. */
  private group(entries: readonly CheckedEntry[]): Map<string, Map<string, LeafRow[]>> {
    const tables = new Map<string, Map<string, LeafRow[]>>();
    for (const { number, leaf } of entries) {
      for (const row of leaf?.rows ?? []) {
        if (!this.tables.has(row.table)) this.noteUnknown(row.table, number);
        const table = tables.get(row.table) ?? new Map<string, LeafRow[]>();
        tables.set(row.table, table.set(number, [...(table.get(number) ?? []), row]));
      }
    }
    return tables;
  }

  private noteUnknown(table: string, number: string): void {
    if (this.unknown.has(table)) return;
    this.unknown.add(table);
    this.findings.add('entries', number, {
      en: `wrote rows of "${table}", a table that this program does not know`,
      zh: `写有表“${table}”的记录，而本程序没有该表`,
    });
  }
}

class TableCheck {
  count = 0;
  /** Rows that may change: by name, the last entry that wrote one which was not found as that entry left it. */
  private readonly awaited = new Map<string, string>();

  private constructor(
    private readonly table: RowTable<unknown>,
    private readonly rows: EntryStream<StoredRow>,
    private readonly findings: Findings,
  ) {}

  static async open(
    sql: TransactionSql,
    ledgerId: number,
    table: RowTable<unknown>,
    findings: Findings,
  ): Promise<TableCheck> {
    const query = `select r.entry, ${storedText('r')} as json from
      (select ${textColumns(table, 't')} from timebank."${table.name}" t where t.ledger_id = ${Number(ledgerId)} order by t.entry) r`;
    return new TableCheck(table, await EntryStream.open<StoredRow>(sql, table.name, query), findings);
  }

  async check(
    logged: ReadonlyMap<string, readonly LeafRow[]>,
    unreadable: ReadonlySet<string>,
    last: number | null,
  ): Promise<void> {
    const stored = new Map<string, string[]>();
    for (const { entry, json } of await this.rows.through(last)) {
      this.count += 1;
      const list = stored.get(entry);
      if (list) list.push(json);
      else stored.set(entry, [json]);
    }
    for (const [entry, rows] of logged) {
      const texts = stored.get(entry) ?? [];
      stored.delete(entry);
      if (this.table.mutable) this.checkNamed(entry, rows, texts);
      else this.checkTogether(entry, rows, texts);
    }
    for (const [entry, texts] of stored) {
      if (unreadable.has(entry)) for (const text of texts) this.awaited.delete(this.nameOf(text));
      else
        this.findings.add(this.table.name, entryKey(entry), {
          en: `${texts.length} rows are not in the log`,
          zh: `有 ${texts.length} 行不在日志中`,
        });
    }
    if (last === null)
      for (const [name, entry] of this.awaited)
        this.findings.add(this.table.name, name, {
          en: `is not there as entry ${entry} left it`,
          zh: `没有凭证 ${entry} 所写的记录`,
        });
  }

  private checkNamed(entry: string, rows: readonly LeafRow[], texts: readonly string[]): void {
    // An entry that writes a row twice left what it wrote last.
    const digests = new Map(rows.map((row) => [row.key ?? '', row.digest]));
    for (const name of digests.keys()) this.awaited.set(name, entry);
    for (const text of texts) {
      const name = this.nameOf(text);
      const digest = digests.get(name);
      if (digest === undefined)
        this.findings.add(this.table.name, name, {
          en: `is not in the log: entry ${entry} did not write it`,
          zh: `不在日志中：凭证 ${entry} 没有写入该记录`,
        });
      else if (digest !== digestRows([text]))
        this.findings.add(this.table.name, name, {
          en: `differs from what entry ${entry} wrote`,
          zh: `与凭证 ${entry} 所写不同`,
        });
      this.awaited.delete(name);
    }
  }

  private checkTogether(entry: string, rows: readonly LeafRow[], texts: readonly string[]): void {
    const [row, another] = rows;
    if (!row || another || row.count !== String(texts.length) || row.digest !== digestRows(texts)) {
      const [found, count] = [texts.length, row?.count];
      this.findings.add(this.table.name, entryKey(entry), {
        en: `${found} rows are not the ${count ?? 'named'} that the entry wrote`,
        zh: `现有 ${found} 行，与凭证所写的${count === undefined ? '记录' : ` ${count} 行`}不符`,
      });
    }
  }

  private nameOf(text: string): string {
    return rowName(this.table, JSON.parse(text) as TextRow);
  }
}
