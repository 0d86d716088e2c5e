/** Verifying the free texts of entries: each must be what the leaf's commitment was made of, and none may be there without one. */
import type { TransactionSql } from 'postgres';
import { commitText } from '../leaf.js';
import type { Findings } from './findings.js';
import type { CheckedEntry, PageCheck } from './journal.js';
import type { EntryPage } from './pages.js';
import { type EntryRow, EntryStream } from './stream.js';

interface StoredText extends EntryRow {
  readonly salt: Buffer | null;
  readonly reference: string | null;
  readonly description: string | null;
}

export class TextCheck implements PageCheck {
  private constructor(
    private readonly texts: EntryStream<StoredText>,
    private readonly findings: Findings,
  ) {}

  static async open(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<TextCheck> {
    const query = `select t.number::text as entry, t.salt, t.reference, t.description
      from timeledger.entry_texts t where t.ledger_id = ${Number(ledgerId)} order by t.number`;
    return new TextCheck(await EntryStream.open<StoredText>(sql, 'texts', query), findings);
  }

  async check(entries: readonly CheckedEntry[], page: Pick<EntryPage, 'last'> | null): Promise<void> {
    const rows = await this.texts.through(page && Number(page.last));
    const stored = new Map(rows.map((row) => [row.entry, row]));
    for (const { number, leaf } of entries) {
      const text = stored.get(number);
      stored.delete(number);
      // Of an entry that cannot be read nobody knows whether it had one.
      if (!leaf || leaf.text === undefined) {
        if (leaf && text) this.findings.add('entry_texts', number, 'is not in the log');
      } else if (!text) this.findings.add('entry_texts', number, 'is missing');
      else if (!text.salt || commitText({ ...text, salt: text.salt }) !== leaf.text)
        this.findings.add('entry_texts', number, 'does not match its commitment in the log');
    }
    for (const number of stored.keys()) this.findings.add('entry_texts', number, 'belongs to no entry');
  }
}
