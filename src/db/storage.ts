/**
 * Whether the database has room to write. Where the embedded server's disk can be looked at, writing stops while there is still
 * room for PostgreSQL to work in: without any it would have to crash, for it cannot drop a log that it has promised to keep.
 * Elsewhere the database itself says so, when it refuses a write. It decides nothing: whoever writes and whoever is asked
 * whether the service is ready look here.
 */
import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

export interface StorageOptions {
  /** Where the embedded server's files are; unset: the database is somebody else's. */
  readonly directory?: string;
  /** Nothing is written while fewer bytes than this are free there. */
  readonly reserveBytes?: number;
  /** Hears when writing stops, and when it may go on. */
  readonly log?: (line: string) => void;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

const lookMilliseconds = 500;
/** How long a refused write speaks for the storage: then the next one finds out anew. */
const refusedMilliseconds = 30_000;

export class Storage {
  private readonly now: () => number;
  private readonly timer: NodeJS.Timeout | undefined;
  private free: number | undefined;
  private refusedAt: number | undefined;

  constructor(private readonly options: StorageOptions = {}) {
    this.now = options.now ?? (() => performance.now());
    const { directory } = options;
    if (directory === undefined) return;
    this.see(freeOf(statfsSync(directory)));
    this.timer = setInterval(() => void this.look(directory), lookMilliseconds).unref();
  }

  /** Bytes that are free for the embedded server; undefined when the database is somebody else's. */
  get freeBytes(): number | undefined {
    return this.free;
  }

  /** Whether writing has stopped: so little is free that nothing more is to be tried. */
  get stopped(): boolean {
    return this.free !== undefined && this.free < (this.options.reserveBytes ?? 0);
  }

  /** Whether a write would be, or lately was, refused for want of room. */
  get full(): boolean {
    return this.stopped || (this.refusedAt !== undefined && this.now() - this.refusedAt < refusedMilliseconds);
  }

  /** The database has refused a write for want of room. */
  refused(): void {
    this.refusedAt = this.now();
  }

  /** The database has taken a write. */
  written(): void {
    this.refusedAt = undefined;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(directory: string): Promise<void> {
    // A directory that cannot be looked at says nothing: the database will.
    const free = await statfs(directory).then(freeOf, () => undefined);
    if (free !== undefined) this.see(free);
  }

  private see(free: number): void {
    const before = this.stopped;
    this.free = free;
    if (this.stopped === before) return;
    const megabytes = `${Math.round(free / 1_048_576)} MiB free in ${this.options.directory}`;
    this.options.log?.(this.stopped ? `writing has stopped: only ${megabytes}` : `writing goes on: ${megabytes}`);
  }
}

function freeOf({ bavail, bsize }: { bavail: number; bsize: number }): number {
  return bavail * bsize;
}
