/** What a command is told of where it runs: its settings, and the language it speaks. */
import type { Config } from '../config.js';
import type { Language } from '../lib/language.js';

export interface Session {
  readonly language: Language;
  /** Throws ConfigError: only a command that needs the settings is stopped by a wrong one. */
  config(): Config;
}
