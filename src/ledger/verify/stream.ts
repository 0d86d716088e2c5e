/**
 * Reading a table in the order of the entries its rows belong to, a piece ahead of whoever consumes it, so that the database
 * works on the next piece while this one is compared. It holds two pieces, whatever the size of the table.
 */
import type { TransactionSql } from 'postgres';

/** A row that belongs to an entry, its number as text. */
export interface EntryRow {
  readonly entry: string;
}

const piece = 2_000;

export class EntryStream<Row extends EntryRow> {
  private buffer: Row[] = [];
  private position = 0;
  private ahead: Promise<Row[]> | null = null;

  private constructor(
    private readonly sql: TransactionSql,
    private readonly cursor: string,
    private readonly size: number,
  ) {}

  /** The query must order its rows by the number of the entry, and name that `entry`. */
  static async open<Row extends EntryRow>(
    sql: TransactionSql,
    table: string,
    query: string,
    size = piece,
  ): Promise<EntryStream<Row>> {
    const stream = new EntryStream<Row>(sql, `"timeledger verify ${table}"`, size);
    await sql.unsafe(`declare ${stream.cursor} no scroll cursor for ${query}`);
    stream.read();
    return stream;
  }

  /** The first row that was not taken. Waits for the next piece only when this one is used up. */
  async peek(): Promise<Row | undefined> {
    if (this.position === this.buffer.length && this.ahead) {
      this.buffer = await this.ahead;
      this.position = 0;
      this.ahead = null;
      if (this.buffer.length === this.size) this.read();
      else await this.sql.unsafe(`close ${this.cursor}`);
    }
    return this.buffer[this.position];
  }

  take(): void {
    this.position += 1;
  }

  /** Takes the rows that belong to entries up to and with this number; all that are left when it is null. */
  async through(number: number | null): Promise<Row[]> {
    const taken: Row[] = [];
    for (;;) {
      const row = await this.peek();
      if (row === undefined || (number !== null && Number(row.entry) > number)) return taken;
      taken.push(row);
      this.take();
    }
  }

  private read(): void {
    this.ahead = this.sql.unsafe(`fetch ${this.size} from ${this.cursor}`) as unknown as Promise<Row[]>;
    // A failure is told to whoever awaits it; it may come before anybody does.
    this.ahead.catch(() => {});
  }
}
