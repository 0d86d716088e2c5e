/**
 * Verifying the free texts of entries: each must be what the leaf's commitment was made of, none may be there without one, and
 * those that are not there any more were erased by a later entry. It holds the numbers of texts that are gone until that entry comes.
 */
import type { TransactionSql } from 'postgres';
import { commitText, type Leaf } from '../leaf.js';
import { type Findings, notInLog } from './findings.js';
import type { CheckedEntry, PageCheck } from './journal.js';
import { isFault, parseLeaf } from './leaf-check.js';
import type { EntryPage } from './pages.js';
import { type EntryRow, EntryStream } from './stream.js';

interface StoredText extends EntryRow {
  readonly salt: Buffer | null;
  readonly reference: string | null;
  readonly description: string | null;
}

export class TextCheck implements PageCheck {
  /** Entries whose text is not there, and no entry so far says why. */
  private readonly gone = new Set<string>();
  /** Entries said to be without their text that were not seen to be, and which entry says so. */
  private readonly doubtful = new Map<string, string>();

  private constructor(
    private readonly sql: TransactionSql,
    private readonly ledgerId: number,
    private readonly texts: EntryStream<StoredText>,
    private readonly findings: Findings,
  ) {}

  static async open(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<TextCheck> {
    const query = `select t.number::text as entry, t.salt, t.reference, t.description
      from timeledger.entry_texts t where t.ledger_id = ${Number(ledgerId)} order by t.number`;
    return new TextCheck(sql, ledgerId, await EntryStream.open<StoredText>(sql, 'texts', query), findings);
  }

  async check(entries: readonly CheckedEntry[], page: Pick<EntryPage, 'last'> | null): Promise<void> {
    const rows = await this.texts.through(page && Number(page.last));
    const stored = new Map(rows.map((row) => [row.entry, row]));
    for (const { number, leaf } of entries) {
      // Of an entry that cannot be read nobody knows whether it had a text.
      if (leaf) this.compare(number, leaf, stored.get(number));
      stored.delete(number);
    }
    for (const number of stored.keys())
      this.findings.add('entry_texts', number, { en: 'belongs to no entry', zh: '没有对应的凭证' });
    if (page === null) await this.end();
  }

  private compare(number: string, leaf: Leaf, text: StoredText | undefined): void {
    if (leaf.text === undefined) {
      if (text) this.findings.add('entry_texts', number, notInLog);
    } else if (!text) this.gone.add(number);
    else if (!text.salt || commitText({ ...text, salt: text.salt }) !== leaf.text)
      this.findings.add('entry_texts', number, {
        en: 'does not match its commitment in the log',
        zh: '与日志中的承诺值不符',
      });
    if (leaf.erases !== undefined && !this.gone.delete(leaf.erases)) this.doubtful.set(leaf.erases, number);
  }

  private async end(): Promise<void> {
    for (const number of this.gone)
      this.findings.add('entry_texts', number, {
        en: 'is missing, and no entry erased it',
        zh: '缺失，且没有凭证将其删除',
      });
    if (this.doubtful.size === 0) return;
    const rows = await this.sql.unsafe(
      `select e.number::text, e.leaf, t.number is not null as kept
       from jsonb_array_elements_text($2::text::jsonb) k(number)
       join timeledger.entries e on e.ledger_id = $1 and e.number = k.number::bigint
       left join timeledger.entry_texts t on t.ledger_id = $1 and t.number = e.number order by e.number`,
      [this.ledgerId, JSON.stringify([...this.doubtful.keys()])],
    );
    for (const { number, leaf, kept } of rows) {
      const by = this.doubtful.get(number) ?? '';
      if (kept)
        this.findings.add('entry_texts', number, {
          en: `is still there, and entry ${by} erased it`,
          zh: `仍然存在，而凭证 ${by} 已将其删除`,
        });
      else if (!isFault(parseLeaf(leaf)))
        this.findings.add('entries', by, {
          en: `erases the text of entry ${number}, which has none to be erased`,
          zh: `删除凭证 ${number} 的文字，而该凭证没有可删除的文字`,
        });
    }
  }
}
