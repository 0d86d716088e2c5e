/** JSON in its one canonical form (RFC 8785), of objects that hold text, whole numbers, null, lists and further objects: what is digested. */

/** Names in the order of their code units, and no white space. */
export function canonicalJson(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? sorted(part) : part));
}

const isObject = (part: unknown): part is object => typeof part === 'object' && part !== null && !Array.isArray(part);

function sorted(part: object): object {
  return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
}
