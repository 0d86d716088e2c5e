/**
 * Where a database URL points, in the forms that PostgreSQL's own programs take and the driver (3.4.9) does not: a Unix socket as the
 * host, percent-encoded (`postgres://clerk@%2Fvar%2Frun%2Fpostgresql/books`), or as a parameter (`postgres:///books?host=/var/run/postgresql`).
 */

export interface ParsedUrl {
  /** For the driver, without what it would not understand. */
  readonly url: string;
  /** The directory of the socket, when it is one. */
  readonly host?: string;
}

/** Leaves a URL of another form as it is. */
export function parseDatabaseUrl(text: string): ParsedUrl {
  if (!URL.canParse(text)) return { url: text };
  const url = new URL(text);
  const named = url.searchParams.get('host');
  const host = named ?? decodeURIComponent(url.hostname);
  if (!host.startsWith('/')) return { url: text };
  url.searchParams.delete('host');
  url.hostname = 'localhost';
  return { url: url.href, host };
}
