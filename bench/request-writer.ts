/** What a connection of the load generator sends next, and what it makes of the answers. */

/** Makes the requests of one connection and reads from an answer how many entries it acknowledges. */
export interface RequestWriter {
  next(): string;
  /** Whether the body is wanted, to count what it acknowledges. */
  readonly readsBody: boolean;
  /** Of the request that was written last. */
  readonly expectedStatus: number;
  entriesIn(body: string): number;
  /** Hears the answers, where the next request depends on them. */
  hear?(body: string): void;
}
