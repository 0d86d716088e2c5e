/**
 * The language of the command line: `--lang`, or else that of the deployment, or else the locale. Known before anything is parsed, for help
 * is said in it, too.
 */
import { type Language, languageOfLocale, languages } from '../lib/language.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A language that is none is left for others to refuse: the parser, or whoever reads the settings. */
export function commandLanguage(args: readonly string[], env: Environment): Language {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const asked = args[at]?.includes('=') ? args[at]?.slice('--lang='.length) : args[at + 1];
  const known = (text: string | undefined) => languages.find((language) => language === text);
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'];
  return known(at < 0 ? undefined : asked) ?? known(env['DEFAULT_LANGUAGE']?.trim()) ?? languageOfLocale(locale);
}
