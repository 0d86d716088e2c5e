/** Who acts, as the journal names them, and which person that is. Knows no token and no right. */

/** Roles that may stand before a subject; a person is who they are under any of them. */
const roles = /^(?:member|coordinator|partner|auditor|operator|platform):/;

/** Who stands behind `role:subject`: `coordinator:M00001`, `member:M00001` and `M00001` are one. */
export function personOf(actor: string): string {
  let person = actor;
  while (roles.test(person)) person = person.slice(person.indexOf(':') + 1);
  return person;
}
