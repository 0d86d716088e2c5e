/** What the doctor sees of the machine: Node, the packages, the data directory, its disk, the keys in it, the ports. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config.js';
import { reasonOf } from '../../db/connect.js';
import { readKey } from '../../keys.js';
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
  return ok('node', `${process.versions.node} (${node} is needed)`);
}

/** Each at the version that this one was tested with. */
export function checkPackages(): Check {
  const wanted = Object.entries(manifestOf(root).dependencies);
  const others = wanted.filter(([name, version]) => installed(name) !== version);
  if (others.length === 0) return ok('packages', `${wanted.length} installed`);
  const list = others.map(([name, version]) => `${name} ${installed(name) ?? 'missing'}, not ${version}`);
  return wrong('packages', `${list.join('; ')}: run "npm ci" in ${root}`);
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
    return wrong('data directory', `${directory}: ${reasonOf(error)}`);
  }
  if (!statSync(there).isDirectory()) return wrong('data directory', `${there} is not a directory`);
  return there === directory ? ok('data directory', directory) : note('data directory', `${directory} will be made`);
}

export function checkDisk({ dataDir, databaseUrl, storageReserve }: Config): Check {
  const { bavail, bsize } = statfsSync(firstExisting(resolve(dataDir)));
  const free = bavail * bsize;
  const gigabytes = `${(free / 1e9).toFixed(1)} GB free`;
  if (databaseUrl !== undefined) return ok('disk', `${gigabytes} in DATA_DIR; the database is elsewhere`);
  if (free < storageReserve) return wrong('disk', `${gigabytes}, less than STORAGE_RESERVE: nothing is written`);
  return free < 10 * storageReserve ? note('disk', `${gigabytes}: little`) : ok('disk', gigabytes);
}

function firstExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : firstExisting(dirname(path));
}

/** Each key file holds a key, and is nobody else's to read. Whether they are the keys of the books, `checkBookKeys` sees. */
export function checkKeys({ dataDir }: Config): Check {
  const directory = join(resolve(dataDir), 'keys');
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.pem')) : [];
  if (files.length === 0) return note('keys', `none in ${directory}: made with the first ledger`);
  for (const name of files) {
    const path = join(directory, name);
    try {
      readKey(path);
    } catch (error) {
      return wrong('keys', reasonOf(error));
    }
    if ((statSync(path).mode & 0o077) !== 0) return wrong('keys', `${path} can be read by others: chmod 600`);
  }
  return ok('keys', files.join(', '));
}

/** `serving`: the service of this data directory runs, so its ports are taken by itself. */
export async function checkPorts(config: Config, serving: boolean): Promise<Check> {
  const { host, port, metricsHost, metricsPort, metricsPortChosen } = config;
  const taken: string[] = [];
  for (const [variable, at, number] of [
    ['PORT', host, port],
    ['METRICS_PORT', metricsHost, metricsPort],
  ] as const) {
    const failure = await tryPort(at, number);
    // A metrics port that nobody chose gives way to any other.
    const matters = variable === 'PORT' || metricsPortChosen;
    if (failure !== undefined && matters) taken.push(`${variable} ${number} on ${at}: ${failure}`);
  }
  if (serving) return ok('ports', 'the service is running');
  return taken.length === 0 ? ok('ports', `${port} and ${metricsPort} can be had`) : wrong('ports', taken.join('; '));
}

function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(reasonOf(error)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
