/**
 * Whether a second person is another than the first, where either may be a pseudonym in the journal who has a member's id beside it, the alias.
 * The first one's alias is kept sealed with what waits for the second, so that nobody who reads the books learns who a pseudonym is, and
 * is gone with the decision. It knows no right.
 */
import type { Stage } from '../../ledger/stage.js';
import { isOneOf, personOf } from './actors.js';
import { allIdsOf } from './members.js';
import { memberRows } from './rows.js';

/** What somebody has beside the name that the journal gives them. */
export interface Beside {
  /** A member's id that they have beside a pseudonym. */
  readonly alias?: string | undefined;
  /** A keyed digest of a member's id for one row; absent: none is kept. */
  readonly sealAlias?: ((row: string, memberId: string) => string) | undefined;
}

/** What the row keeps of the alias of who acts first; null: they have none. */
export function keptAlias({ alias, sealAlias }: Beside, row: string): string | null {
  return alias === undefined || !sealAlias ? null : sealAlias(row, alias);
}

export interface First {
  /** `role:subject` */
  readonly actor: string;
  /** As the row keeps it. */
  readonly alias: string | null;
}

/** Whether who acts on a row now is who acted on it first: by name, or by the alias of either, under any id of that member. */
export function isFirstPerson(
  stage: Stage,
  row: string,
  first: First,
  now: Beside & { readonly actor: string },
): boolean {
  const { actor, alias, sealAlias } = now;
  if (isOneOf([personOf(first.actor)], actor, alias)) return true;
  if (first.alias === null || !sealAlias) return false;
  const names = [personOf(actor), ...(alias === undefined ? [] : [alias])];
  const ids = names.flatMap((name) => (stage.row(memberRows, name) ? allIdsOf(stage, name) : [name]));
  return ids.some((id) => sealAlias(row, id) === first.alias);
}
