/** JSON Pointers (RFC 6901) into requests. */

/** The pointer one step down. A property's name comes from the client: it is escaped, and cut at 100 characters. */
export function child(pointer: string, name: unknown): string {
  return `${pointer}/${String(name).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
