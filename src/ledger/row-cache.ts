/**
 * Rows of the floors above as the lane holds them, in lists by table, index and key. A mutable row is one object wherever it is
 * held, so that a change replaces it in every list: whoever holds a list holds its rows by primary key, too. `undefined` means not
 * loaded; an empty list, known to be absent.
 */
import { Generations } from './generations.js';
import { indexKey, type RowTable } from './rows.js';

type Lists = Generations<string, object[]>;

export class RowCache {
  private readonly tables = new Map<string, Map<string, Lists>>();

  /** Lists in the young generation at most. */
  constructor(private readonly limit: number) {}

  get(table: RowTable<unknown>, index: string, key: string): object[] | undefined {
    return this.tables.get(table.name)?.get(index)?.get(key);
  }

  set(table: RowTable<unknown>, index: string, key: string, rows: object[]): void {
    this.lists(table, index).set(key, rows);
  }

  /** The rows under a key are not known any more. */
  forget(table: RowTable<unknown>, index: string, key: string): void {
    this.tables.get(table.name)?.get(index)?.delete(key);
  }

  /**
   * Puts `next` in the place of `previous` in every loaded list it belongs to; either may be absent. A primary key that is not loaded
   * is now fully known, and is held if that is asked for; any other index may have rows this memory has not seen.
   */
  replace(table: RowTable<unknown>, previous: object | undefined, next: object | undefined, held: boolean): void {
    for (const [index, columns] of table.indexes) {
      // Most tables have an index by which nothing was looked up yet: then there is no list to be kept.
      if (index !== 'key' && !this.tables.get(table.name)?.has(index)) continue;
      if (previous) {
        // In place and from the end: what changes is mostly a list's last row.
        const list = this.get(table, index, indexKey(columns, previous));
        const at = list?.lastIndexOf(previous) ?? -1;
        if (at >= 0) list?.splice(at, 1);
      }
      if (next) {
        const key = indexKey(columns, next);
        const list = this.get(table, index, key);
        if (list) list.push(next);
        else if (index === 'key' && held) this.set(table, index, key, [next]);
      }
    }
  }

  /** Forgets what was not used lately, once there is too much. */
  trim(): void {
    let size = 0;
    for (const indexes of this.tables.values()) for (const lists of indexes.values()) size += lists.size;
    if (size <= this.limit) return;
    for (const indexes of this.tables.values()) for (const lists of indexes.values()) lists.age();
  }

  private lists(table: RowTable<unknown>, index: string): Lists {
    const indexes = this.tables.get(table.name) ?? new Map<string, Lists>();
    this.tables.set(table.name, indexes);
    let lists = indexes.get(index);
    if (!lists) {
      const keepKeys = (rows: object[]) => {
        for (const row of rows) this.get(table, 'key', indexKey(table.key, row));
      };
      lists = index === 'key' ? new Generations() : new Generations(keepKeys);
      indexes.set(index, lists);
    }
    return lists;
  }
}
