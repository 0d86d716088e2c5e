/**
 * Verifying the postings: what the replay came to, against what is stored. A page is compared as one text; one that differs is
 * compared posting by posting, and then one fault of the books should be one finding, not one for each posting behind it.
 */
import type { TransactionSql } from 'postgres';
import type { Words } from '../../lib/language.js';
import type { Account } from '../accounts.js';
import { differences, entryKey, type Findings, joined } from './findings.js';
import type { CheckedEntry, PageCheck } from './journal.js';
import { type EntryPage, postingLine, postingPages } from './pages.js';
import type { ReplayedPosting } from './replay.js';
import { type EntryRow, EntryStream } from './stream.js';

interface PostingPage extends EntryRow {
  readonly lines: string;
}

interface StoredPosting {
  readonly entry: string;
  readonly account: number;
  readonly version: number;
  readonly amount: string;
  readonly balance: bigint;
  readonly effective_on: string;
}

/** How far the stored versions and balances of an account are from the replayed ones since the last fault that was told. */
interface Drift {
  readonly version: number;
  readonly balance: bigint;
}

const none: Drift = { version: 0, balance: 0n };

export class PostingCheck implements PageCheck {
  private readonly drifts = new Map<number, Drift>();
  /** Accounts with postings of an entry that is lost or unreadable, which was told: what follows from it is not told again. */
  private readonly excused = new Map<number, StoredPosting>();

  private constructor(
    private readonly pages: EntryStream<PostingPage>,
    private readonly findings: Findings,
  ) {}

  static async open(sql: TransactionSql, ledgerId: number, findings: Findings): Promise<PostingCheck> {
    return new PostingCheck(await EntryStream.open<PostingPage>(sql, 'postings', postingPages(ledgerId), 1), findings);
  }

  async check(entries: readonly CheckedEntry[], page: Pick<EntryPage, 'first' | 'last'> | null): Promise<void> {
    const stored = await this.storedLines(page);
    if (expectedLines(entries) !== stored) this.compare(entries, stored);
  }

  /** Whether an account's row may stand as it does because of a fault in its postings that was told. */
  explains(account: Account, stored: Drift): boolean {
    const drift = this.drifts.get(account.id);
    const last = this.excused.get(account.id);
    return (
      (drift !== undefined && same(drift, minus(stored, account.version, balance(account)))) ||
      (last !== undefined && same(last, stored))
    );
  }

  private async storedLines(page: Pick<EntryPage, 'first' | 'last'> | null): Promise<string> {
    let lines = '';
    for (;;) {
      const row = await this.pages.peek();
      if (row === undefined || (page && BigInt(row.entry) > page.first)) return lines;
      this.pages.take();
      lines += lines === '' ? row.lines : `\n${row.lines}`;
      // Not to wait for the page behind it.
      if (page && row.entry === String(page.first)) return lines;
    }
  }

  private compare(entries: readonly CheckedEntry[], lines: string): void {
    const stored = new Map<string, StoredPosting[]>();
    for (const posting of lines === '' ? [] : lines.split('\n').map(parseLine)) {
      const list = stored.get(posting.entry);
      if (list) list.push(posting);
      else stored.set(posting.entry, [posting]);
    }
    for (const entry of entries) {
      const found = stored.get(entry.number) ?? [];
      stored.delete(entry.number);
      if (entry.leaf) this.compareEntry(entry, entry.leaf.effective_on, found);
      else this.excuse(found);
    }
    for (const [number, lost] of stored) {
      this.findings.add('postings', entryKey(number), {
        en: `${lost.length} postings of an entry that is not there`,
        zh: `有 ${lost.length} 笔过账，但凭证不存在`,
      });
      this.excuse(lost);
    }
  }

  private excuse(postings: readonly StoredPosting[]): void {
    for (const posting of postings) this.excused.set(posting.account, posting);
  }

  private compareEntry(entry: CheckedEntry, day: string, stored: readonly StoredPosting[]): void {
    const rest = new Set(stored);
    for (const expected of entry.postings) {
      const posting = this.find(expected, rest);
      if (!posting) {
        const { code } = expected.account;
        this.findings.add(
          'postings',
          { en: `entry ${entry.number}, ${code}`, zh: `凭证 ${entry.number}，账户 ${code}` },
          { en: `version ${expected.version} is missing`, zh: `缺少版本 ${expected.version}` },
        );
        continue;
      }
      rest.delete(posting);
      const wrong = this.wrongIn(posting, expected, day);
      if (wrong.length > 0) this.findings.add('postings', keyOf(posting), joined(wrong));
    }
    for (const posting of rest)
      this.findings.add('postings', keyOf(posting), { en: 'does not follow from its entry', zh: '与凭证不符' });
  }

  /** The stored posting that stands for an expected one: of its version, or else one of its account and amount. */
  private find(
    { account, version, amount }: ReplayedPosting,
    stored: Iterable<StoredPosting>,
  ): StoredPosting | undefined {
    const own = [...stored].filter((posting) => posting.account === account.id);
    const drift = this.drifts.get(account.id) ?? none;
    return (
      own.find((posting) => posting.version === version + drift.version) ??
      own.find((posting) => posting.version === version) ??
      own.find((posting) => posting.amount === String(amount))
    );
  }

  private wrongIn(posting: StoredPosting, expected: ReplayedPosting, day: string): Words[] {
    const { id } = expected.account;
    const drift = minus(posting, expected.version, expected.balance);
    const known = this.drifts.get(id) ?? none;
    const told = same(drift, known) || same(drift, none) || this.excused.delete(id);
    this.drifts.set(id, drift);
    const { amount, effective_on, version, balance } = posting;
    return [
      ...differences({ amount, effective_on }, { amount: String(expected.amount), effective_on: day }),
      ...(told ? [] : differences({ version, balance }, { version: expected.version, balance: expected.balance })),
    ];
  }
}

/** The postings of the entries, in the order in which the database gives them. */
function expectedLines(entries: readonly CheckedEntry[]): string {
  const lines: string[] = [];
  for (const { number, leaf, postings } of entries) {
    if (!leaf) continue;
    const sorted = postings.length < 2 ? postings : [...postings].sort(byAccount);
    for (const posting of sorted) lines.push(postingLine(number, posting, leaf.effective_on));
  }
  return lines.join('\n');
}

function byAccount(a: ReplayedPosting, b: ReplayedPosting): number {
  return a.account.id - b.account.id || a.version - b.version;
}

function parseLine(line: string): StoredPosting {
  const [entry = '', account, version, amount = '', balance = '', effective_on = ''] = line.split(' ');
  const numbers = { account: Number(account), version: Number(version), balance: BigInt(balance) };
  return { entry, ...numbers, amount, effective_on };
}

function keyOf({ entry, account, version }: StoredPosting): Words {
  return {
    en: `entry ${entry}, account ${account}, version ${version}`,
    zh: `凭证 ${entry}，账户 ${account}，版本 ${version}`,
  };
}

function balance({ debitNormal, debits, credits }: Account): bigint {
  return debitNormal ? debits - credits : credits - debits;
}

function minus(stored: Drift, version: number, balance: bigint): Drift {
  return { version: stored.version - version, balance: stored.balance - balance };
}

function same(a: Drift, b: Drift): boolean {
  return a.version === b.version && a.balance === b.balance;
}
