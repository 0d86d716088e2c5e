/** What the doctor sees of the machine: Node, the packages, the data directory, its disk, the keys in it, the ports. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config.js';
import { explain, reasonOf } from '../../db/connect.js';
import { readKey } from '../../keys.js';
import { sameIn, type Words } from '../../lib/language.js';
import { readMasterKeys } from '../../master-keys.js';
import { type Check, note, ok, wrong } from './check.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
}

function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
}

export function checkNode(): Check {
  const { node } = manifestOf(root).engines;
  // main.ts has let nobody in whose Node is too old.
  return ok('node', {
    en: `${process.versions.node} (${node} is needed)`,
    zh: `${process.versions.node}（要求 ${node}）`,
  });
}

/** Each at the version that this one was tested with. */
export function checkPackages(): Check {
  const wanted = Object.entries(manifestOf(root).dependencies);
  const others = wanted.filter(([name, version]) => installed(name) !== version);
  if (others.length === 0)
    return ok('packages', { en: `${wanted.length} installed`, zh: `已安装 ${wanted.length} 个` });
  const en = others.map(([name, version]) => `${name} ${installed(name) ?? 'missing'}, not ${version}`);
  const zh = others.map(([name, version]) => `${name} ${installed(name) ?? '缺失'}，应为 ${version}`);
  return wrong('packages', {
    en: `${en.join('; ')}: run "npm ci" in ${root}`,
    zh: `${zh.join('；')}：请在 ${root} 中运行“npm ci”`,
  });
}

function installed(name: string): string | undefined {
  const directory = join(root, 'node_modules', name);
  return existsSync(directory) ? manifestOf(directory).version : undefined;
}

export function checkDataDirectory({ dataDir }: Config): Check {
  const directory = resolve(dataDir);
  const there = firstExisting(directory);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    return wrong('data directory', {
      en: `${directory}: ${reasonOf(error)}`,
      zh: `${directory} 无法使用：${reasonOf(error)}`,
    });
  }
  if (!statSync(there).isDirectory())
    return wrong('data directory', { en: `${there} is not a directory`, zh: `${there} 不是目录` });
  return there === directory
    ? ok('data directory', sameIn(directory))
    : note('data directory', { en: `${directory} will be made`, zh: `${directory} 尚不存在，将自动创建` });
}

export function checkDisk({ dataDir, databaseUrl, storageReserve }: Config): Check {
  const { bavail, bsize } = statfsSync(firstExisting(resolve(dataDir)));
  const free = bavail * bsize;
  const gigabytes = `${(free / 1e9).toFixed(1)} GB`;
  if (databaseUrl !== undefined)
    return ok('disk', {
      en: `${gigabytes} free in DATA_DIR; the database is elsewhere`,
      zh: `DATA_DIR 空闲 ${gigabytes}；数据库不在其中`,
    });
  if (free < storageReserve)
    return wrong('disk', {
      en: `${gigabytes} free, less than STORAGE_RESERVE: nothing is written`,
      zh: `空闲 ${gigabytes}，低于 STORAGE_RESERVE：已停止写入`,
    });
  return free < 10 * storageReserve
    ? note('disk', { en: `${gigabytes} free: little`, zh: `空闲 ${gigabytes}：空间偏少` })
    : ok('disk', { en: `${gigabytes} free`, zh: `空闲 ${gigabytes}` });
}

function firstExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : firstExisting(dirname(path));
}

/** Each key file holds a key, and is nobody else's to read. Whether they are the keys of the books, `checkBookKeys` sees. */
export function checkKeys({ dataDir }: Config): Check {
  const directory = join(resolve(dataDir), 'keys');
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => /\.(?:pem|key)$/.test(name)) : [];
  if (files.length === 0)
    return note('keys', {
      en: `none in ${directory}: made with the first ledger`,
      zh: `${directory} 中尚无密钥：创建首个账本时生成`,
    });
  for (const name of files) {
    const path = join(directory, name);
    try {
      if (name.endsWith('.pem')) readKey(path);
      else readMasterKeys(directory);
    } catch (error) {
      return wrong('keys', explain(error));
    }
    if ((statSync(path).mode & 0o077) !== 0)
      return wrong('keys', {
        en: `${path} can be read by others: chmod 600`,
        zh: `${path} 可被其他用户读取：请执行 chmod 600`,
      });
  }
  return ok('keys', { en: files.join(', '), zh: files.join('、') });
}

/** `serving`: the service of this data directory runs, so its ports are taken by itself. */
export async function checkPorts(config: Config, serving: boolean): Promise<Check> {
  const { host, port, metricsHost, metricsPort, metricsPortChosen } = config;
  const taken: Words[] = [];
  for (const [variable, at, number] of [
    ['PORT', host, port],
    ['METRICS_PORT', metricsHost, metricsPort],
  ] as const) {
    const failure = await tryPort(at, number);
    // A metrics port that nobody chose gives way to any other.
    const matters = variable === 'PORT' || metricsPortChosen;
    if (failure !== undefined && matters)
      taken.push({
        en: `${variable} ${number} on ${at}: ${failure}`,
        zh: `${at} 的端口 ${number}（${variable}）不可用：${failure}`,
      });
  }
  if (serving) return ok('ports', { en: 'the service is running', zh: '服务正在运行' });
  if (taken.length === 0)
    return ok('ports', { en: `${port} and ${metricsPort} can be had`, zh: `${port} 和 ${metricsPort} 可用` });
  return wrong('ports', { en: taken.map(({ en }) => en).join('; '), zh: taken.map(({ zh }) => zh).join('；') });
}

function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(reasonOf(error)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
