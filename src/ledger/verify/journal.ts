/** Verifying the journal: every entry against its leaf, every leaf against its hash, every posting against the replay. */
import type { TransactionSql } from 'postgres';
import { commitText, type Leaf, readLeaf } from '../leaf.js';
import { leafHash } from '../log/merkle.js';
import type { Findings } from './findings.js';
import type { Replay, ReplayedPosting } from './replay.js';

const chunk = 5_000;

interface StoredPosting {
  readonly account_id: number;
  readonly entry: string;
  readonly version: string;
  readonly amount: string;
  readonly balance: string;
  readonly effective_on: string;
}

/** The postings in the order of the journal, read on as the replay comes to them. */
class PostingStream {
  private buffer: StoredPosting[] = [];
  private position = 0;
  private ended = false;

  constructor(private readonly sql: TransactionSql) {}

  async open(ledgerId: number): Promise<void> {
    await this.sql.unsafe(`declare timeledger_postings no scroll cursor for
      select account_id, entry::text, version::text, amount::text, balance::text, effective_on::text
      from timeledger.postings where ledger_id = ${Number(ledgerId)} order by postings.entry, account_id, postings.version`);
  }

  /** Postings of entries up to and with a number. */
  async upTo(number: number): Promise<StoredPosting[]> {
    const taken: StoredPosting[] = [];
    for (;;) {
      const next = this.buffer[this.position];
      if (next === undefined) {
        if (this.ended) return taken;
        this.buffer = (await this.sql.unsafe(
          `fetch ${chunk * 2} from timeledger_postings`,
        )) as unknown as StoredPosting[];
        this.position = 0;
        this.ended = this.buffer.length === 0;
      } else if (Number(next.entry) <= number) {
        taken.push(next);
        this.position += 1;
      } else return taken;
    }
  }

  async rest(): Promise<StoredPosting[]> {
    return this.upTo(Number.MAX_SAFE_INTEGER);
  }

  async close(): Promise<void> {
    await this.sql.unsafe('close timeledger_postings');
  }
}

/** Replays the whole journal of a ledger; `progress` hears how many entries are done. */
export async function verifyJournal(
  sql: TransactionSql,
  ledger: { id: number; code: string },
  replay: Replay,
  findings: Findings,
  progress: (done: number) => void,
): Promise<void> {
  const stream = new PostingStream(sql);
  await stream.open(ledger.id);
  let last = 0;
  for (;;) {
    const rows = await readEntries(sql, ledger.id, last);
    if (rows.length === 0) break;
    for (const row of rows) {
      const number = Number(row['number']);
      for (let gap = last + 1; gap < number; gap++) findings.add('entries', gap, 'is missing');
      last = number;
      const postings = verifyEntry(ledger.code, number, row, replay, findings);
      comparePostings(number, row['effective_on'] as string, postings, await stream.upTo(number), findings);
    }
    progress(last);
  }
  for (const posting of await stream.rest())
    findings.add('postings', keyOf(posting), `belongs to entry ${posting.entry}, which is not there`);
  await stream.close();
}

async function readEntries(sql: TransactionSql, ledgerId: number, after: number) {
  return sql.unsafe(
    `select e.number::text, e.kind, e.effective_on::text, e.reverses::text, e.leaf,
       to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at,
       t.number is not null as has_text, t.salt, t.reference, t.description
     from timeledger.entries e left join timeledger.entry_texts t on t.ledger_id = e.ledger_id and t.number = e.number
     where e.ledger_id = $1 and e.number > $2::text::bigint order by e.number limit ${chunk}`,
    [ledgerId, String(after)],
    { prepare: true },
  );
}

function verifyEntry(
  code: string,
  number: number,
  row: Record<string, unknown>,
  replay: Replay,
  findings: Findings,
): ReplayedPosting[] {
  const text = row['leaf'] as string;
  const hash = leafHash(text);
  let leaf: Leaf;
  try {
    leaf = readLeaf(text);
  } catch {
    findings.add('entries', number, 'the leaf is not JSON');
    return [];
  }
  findings.compare(
    'entries',
    number,
    { ...row, ledger: leaf.ledger },
    {
      number: leaf.number,
      kind: leaf.kind,
      effective_on: leaf.effective_on,
      recorded_at: leaf.recorded_at,
      reverses: leaf.reverses ?? null,
      ledger: code,
    },
  );
  verifyText(number, row, leaf, findings);
  try {
    return replay.take(number, leaf, hash, (detail) => findings.add('entries', number, detail));
  } catch (error) {
    findings.add('entries', number, `cannot be replayed: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function verifyText(number: number, row: Record<string, unknown>, leaf: Leaf, findings: Findings): void {
  if (row['has_text'] !== (leaf.text !== undefined)) {
    findings.add('entry_texts', number, leaf.text === undefined ? 'is not in the log' : 'is missing');
    return;
  }
  if (leaf.text === undefined) return;
  const salt = row['salt'] as Buffer | null;
  const committed =
    salt &&
    commitText({
      salt,
      reference: row['reference'] as string | null,
      description: row['description'] as string | null,
    });
  if (committed !== leaf.text) findings.add('entry_texts', number, 'does not match its commitment in the log');
}

function comparePostings(
  number: number,
  day: string,
  expected: readonly ReplayedPosting[],
  stored: readonly StoredPosting[],
  findings: Findings,
): void {
  const rest = new Map(stored.map((posting) => [`${posting.account_id} ${posting.version}`, posting]));
  if (rest.size !== stored.length) findings.add('postings', number, 'has the same account and version twice');
  for (const { account, version, amount, balance } of expected) {
    const key = `${account.id} ${version}`;
    const posting = rest.get(key);
    rest.delete(key);
    if (!posting) findings.add('postings', `entry ${number}, ${account.code}`, `version ${version} is missing`);
    else {
      const values = {
        entry: String(number),
        amount: amount.toString(),
        balance: balance.toString(),
        effective_on: day,
      };
      if (
        posting.entry !== values.entry ||
        posting.amount !== values.amount ||
        posting.balance !== values.balance ||
        posting.effective_on !== day
      ) {
        findings.compare('postings', keyOf(posting), { ...posting }, values);
      }
    }
  }
  for (const posting of rest.values()) findings.add('postings', keyOf(posting), 'does not follow from its entry');
}

function keyOf(posting: StoredPosting): string {
  return `entry ${posting.entry}, account ${posting.account_id}, version ${posting.version}`;
}
