/** What a command is told of where it runs: its settings, and the language it speaks. */
import { type Config, type Environment, readConfig } from '../config.js';
import type { Language, Words } from '../lib/language.js';
import { commandLanguage } from './language.js';

export interface Session {
  readonly language: Language;
  /** What of the two is said here. */
  text(words: Words): string;
  print(...lines: readonly Words[]): void;
  /** Throws ConfigError: only a command that needs the settings is stopped by a wrong one. */
  config(): Config;
}

export function openSession(args: readonly string[], env: Environment): Session {
  const language = commandLanguage(args, env);
  const text = (words: Words) => words[language];
  const print = (...lines: readonly Words[]) => console.log(lines.map(text).join('\n'));
  return { language, text, print, config: () => readConfig(env) };
}
