/**
 * Whether who acts is one of some people, or a second person another than the first: under whatever ids the books know a person, and where
 * either may be a pseudonym in the journal who has a member's id beside it, the alias.
 * The first one's alias is kept sealed with what waits for the second, so that nobody who reads the books learns who a pseudonym is, and
 * is gone with the decision. It knows no right.
 */
import type { Stage } from '../../ledger/stage.js';
import { personOf } from './actors.js';
import { idsBehind } from './members.js';
import { memberRows } from './rows.js';

/** What somebody has beside the name that the journal gives them. */
export interface Beside {
  /** A member's id that they have beside a pseudonym. */
  readonly alias?: string | undefined;
  /** A keyed digest of a member's id for one row; absent: none is kept. */
  readonly sealAlias?: ((row: string, memberId: string) => string) | undefined;
}

/**
 * Whether who acts, as the journal names them, is one of `people`, who are persons or members by any of their ids: all ids of who acts are
 * asked for, so that it costs the same however many people there are.
 */
export function isOneOf(stage: Stage, people: readonly string[], actor: string, alias: string | undefined): boolean {
  return idsOfActor(stage, actor, alias).some((id) => people.includes(id));
}

/** Every id of who acts, by the name that the journal gives them and by their alias. */
function idsOfActor(stage: Stage, actor: string, alias: string | undefined): string[] {
  const names = [personOf(actor), ...(alias === undefined ? [] : [alias])];
  stage.prefetch({ rows: names.map((name) => [memberRows, name] as const) });
  return names.flatMap((name) => idsBehind(stage, name));
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

/** Whether who acts on a row now is who acted on it first: by name, or by the alias of either, under any id of that person. */
export function isFirstPerson(
  stage: Stage,
  row: string,
  first: First,
  now: Beside & { readonly actor: string },
): boolean {
  const { actor, alias, sealAlias } = now;
  const ids = idsOfActor(stage, actor, alias);
  if (ids.includes(personOf(first.actor))) return true;
  if (first.alias === null || !sealAlias) return false;
  return ids.some((id) => sealAlias(row, id) === first.alias);
}
