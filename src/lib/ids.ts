/** Identifiers: UUID version 7 (RFC 9562), so that rows made together lie together; and the shape outside ids must have. */
import { v7 } from 'uuid';

export function newId(): string {
  return v7();
}

/** What an outside system may use as an id: it enters account codes and the public log, so it is plain and short. */
export const externalIdPattern = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$';
