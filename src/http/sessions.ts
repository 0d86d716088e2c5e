/**
 * Tokens that were found good, so that each is verified once and then looked up. Bounded by the bytes they take and, for each client, by
 * their number: nobody pushes others out. It does not know how a token is verified.
 */
import type { Opened } from './tokens.js';

export interface Session extends Opened {
  /** `ledger role subject`: whom limits count, and for whom a key of a request is unique. */
  readonly client: string;
}

export interface SessionBounds {
  readonly bytes: number;
  readonly perClient: number;
}

/** What an entry takes beside its token. */
const overheadBytes = 512;

/** Tokens of 30,000 people, or of 60,000 devices; more systems than a partner has. */
const usualBounds: SessionBounds = { bytes: 64 * 1_048_576, perClient: 64 };

export class Sessions {
  private readonly byToken = new Map<string, Session>();
  /** Tokens of each client, the oldest first. */
  private readonly byClient = new Map<string, Set<string>>();
  private bytes = 0;

  constructor(private readonly bounds: SessionBounds = usualBounds) {}

  get size(): number {
    return this.byToken.size;
  }

  /** The session of a token; one that is over is not found again. `now` is milliseconds since the epoch. */
  find(token: string, now: number): Session | undefined {
    const session = this.byToken.get(token);
    if (session === undefined || now < session.expiresAt) return session;
    this.drop(token, session);
    return undefined;
  }

  remember(token: string, session: Session): void {
    const known = this.byToken.get(token);
    if (known) this.drop(token, known);
    const tokens = this.byClient.get(session.client) ?? new Set<string>();
    if (tokens.size >= this.bounds.perClient) this.dropFirst(tokens.keys());
    // Again, for dropping its last token has taken the client out.
    this.byClient.set(session.client, tokens.add(token));
    this.byToken.set(token, session);
    this.bytes += token.length + overheadBytes;
    while (this.bytes > this.bounds.bytes) this.dropFirst(this.byToken.keys());
  }

  /** Ends the sessions of a client's credentials. */
  endClient(clientId: string): void {
    for (const [token, session] of this.byToken) {
      if (session.principal.client === clientId) this.drop(token, session);
    }
  }

  /** Ends all: each token is verified anew when it comes again. */
  endAll(): void {
    this.byToken.clear();
    this.byClient.clear();
    this.bytes = 0;
  }

  private dropFirst(tokens: Iterator<string>): void {
    const { value: token, done } = tokens.next();
    const session = done ? undefined : this.byToken.get(token);
    if (session) this.drop(token, session);
  }

  private drop(token: string, session: Session): void {
    if (!this.byToken.delete(token)) return;
    this.bytes -= token.length + overheadBytes;
    const tokens = this.byClient.get(session.client);
    tokens?.delete(token);
    if (tokens?.size === 0) this.byClient.delete(session.client);
  }
}
