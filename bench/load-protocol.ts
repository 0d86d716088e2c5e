/** What the bench and its load generator, another process, say to each other. Plain data, for it crosses as JSON. */
import type { Latency } from './histogram.js';

/** Which requests a stream sends; accounts and members are named by population.ts. */
export type RequestKind =
  | 'posting'
  | 'bulk'
  | 'intake'
  | 'redemption'
  | 'order'
  | 'balance'
  | 'statement'
  | 'health'
  | 'pages';

/** Connections that send one kind of request, each the next one as soon as the last is answered. */
export interface LoadStream {
  readonly name: string;
  readonly kind: RequestKind;
  readonly connections: number;
  /** Connections take them in turn: each is a client. Of kind `order`: see load-orders.ts. */
  readonly tokens: readonly string[];
  /** Accounts or members that requests are spread over. */
  readonly population: number;
  /** How long a connection rests after each answer; not at all when it is not said. */
  readonly pauseMilliseconds?: number;
  /** What kind `pages` reads from the first page to the last, one list after another. */
  readonly paths?: readonly string[];
}

export interface LoadJob {
  readonly host: string;
  readonly port: number;
  readonly streams: readonly LoadStream[];
  readonly warmupSeconds: number;
  /** The measuring window; it ends earlier when `stopAfterEntries` have been acknowledged. */
  readonly seconds: number;
  readonly stopAfterEntries?: number;
}

/** Ends the job at hand before its time. */
export interface LoadStop {
  readonly type: 'stop';
}

export interface StreamResult {
  readonly name: string;
  /** Answered in the measuring window. */
  readonly requests: number;
  /** Entries those requests posted. */
  readonly entries: number;
  readonly latency: Latency;
  /** Entries acknowledged from the first request to the last, warm-up included. */
  readonly acknowledged: number;
  /** Answers other than the expected one, lost connections too; over the whole run. */
  readonly errors: number;
  readonly firstError: string | null;
}

export interface LoadResult {
  readonly seconds: number;
  /** Processor time of the generator in the window. */
  readonly cpuSeconds: number;
  readonly streams: readonly StreamResult[];
}

/** `window` opens and closes the measuring window; `tick` says how many entries have been acknowledged so far. */
export type LoadMessage =
  | { readonly type: 'window'; readonly state: 'open' | 'closed' }
  | { readonly type: 'tick'; readonly acknowledged: number }
  | { readonly type: 'result'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly message: string };
