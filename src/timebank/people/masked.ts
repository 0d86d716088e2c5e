/** Ids as they are shown where others read them: enough for those who know the person, too little for those who do not. */

/** `M***01` */
export function maskedId(id: string): string {
  return id.length < 4 ? `${id.slice(0, 1)}***` : `${id.slice(0, 1)}***${id.slice(-2)}`;
}
