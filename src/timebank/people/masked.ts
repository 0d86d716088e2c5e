/** Ids and names as they are shown where others read them: enough for those who know the person, too little for those who do not. */

/** `M***01` */
export function maskedId(id: string): string {
  return id.length < 4 ? `${id.slice(0, 1)}***` : `${id.slice(0, 1)}***${id.slice(-2)}`;
}

/** `何*仙`, `何*`: the first character and, of a longer name, the last. */
export function maskedName(name: string): string {
  const characters = [...name];
  const last = characters.length > 2 ? characters.at(-1) : '';
  return `${characters[0] ?? ''}${'*'.repeat(Math.max(1, characters.length - 2))}${last}`;
}
