/** One thing that was looked at: what was found, and whether the service can work with it. */
import type { Words } from '../../lib/language.js';

/** What is looked at, by the name it has in JSON and in English, with its Chinese one. */
export const checkNamesZh = {
  node: 'Node',
  packages: '软件包',
  'data directory': '数据目录',
  disk: '磁盘',
  keys: '密钥',
  ports: '端口',
  database: '数据库',
  migrations: '数据库迁移',
  clock: '时钟',
  calendar: '节假日',
  books: '账簿',
  'keys of books': '账簿的密钥',
} as const;

export type CheckName = keyof typeof checkNamesZh;

export interface Check {
  readonly name: CheckName;
  /** `wrong`: the service will not start, or not do its work. `note`: it will, and somebody should know. */
  readonly state: 'ok' | 'note' | 'wrong';
  readonly found: Words;
}

export const ok = (name: CheckName, found: Words): Check => ({ name, state: 'ok', found });
export const note = (name: CheckName, found: Words): Check => ({ name, state: 'note', found });
export const wrong = (name: CheckName, found: Words): Check => ({ name, state: 'wrong', found });
