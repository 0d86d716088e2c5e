/**
 * Words in both languages of the scheme. Whoever has something to say to people says it in both at once, with the same figures;
 * which of the two is read is decided where it is shown: by a request's header, or on the command line. Codes are not words.
 */

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One thing said in both languages: leaving one out does not compile. Plain values, so that jobs and rows can hold them. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** For text that is the same in both, such as what another program said. */
export function sameIn(text: string): Words {
  return { en: text, zh: text };
}

/** Words as text, for a column; `wordsOf` reads it. */
export function storedWords({ en, zh }: Words): string {
  return JSON.stringify({ en, zh });
}

const beginning = '{"en":';

/** The words of a column. Text that is not from `storedWords` is the same in both languages. */
export function wordsOf(stored: string): Words {
  if (!stored.startsWith(beginning)) return sameIn(stored);
  try {
    const words: unknown = JSON.parse(stored);
    if (typeof words === 'object' && words !== null && isWords(words)) return words;
  } catch {
    // Whatever it is: it is shown as it stands.
  }
  return sameIn(stored);
}

/** What a value becomes when its words are said in one language. */
export type Said<T> = T extends Words
  ? string
  : T extends readonly (infer Item)[]
    ? Said<Item>[]
    : T extends object
      ? { [K in keyof T]: Said<T[K]> }
      : T;

/** A value of JSON with the words in it, however deep, said in a language; everything else as it is. */
export function inLanguage<T>(value: T, language: Language): Said<T>;
export function inLanguage(value: unknown, language: Language): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => inLanguage<unknown>(item, language));
  if (isWords(value)) return value[language];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inLanguage<unknown>(item, language)]));
}

function isWords(value: object): value is Words {
  const { en, zh } = value as Partial<Words>;
  return typeof en === 'string' && typeof zh === 'string' && Object.keys(value).length === 2;
}

/** The language of a locale such as zh_CN.UTF-8. */
export function languageOfLocale(locale: string | undefined): Language {
  return /^zh(?![a-z])/i.test(locale ?? '') ? 'zh' : 'en';
}
