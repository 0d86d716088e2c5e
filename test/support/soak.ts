/**
 * Several services on one database, and clients that remember every answer, while services and backends of PostgreSQL are killed
 * at random. Afterwards nothing that was acknowledged is missing, nothing is there twice, every request that is repeated is
 * answered in the same bytes, and verification is clean. For some seconds in the suite, for as long as one likes by `npm run soak`.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionTarget, openPool } from '../../src/db/connect.js';
import { startTestServer, temporaryDirectory } from './database.js';
import { backendOf, postmasterOf } from './processes.js';
import { type Random, seeded } from './random.js';
import { freePort, runCli, type ServiceProcess, startService } from './service.js';
import { type Asked, type Remembered, SoakClient, type Tokens } from './soak-client.js';

const clientsOfEach = 4;
/** Kills are so far apart that services come to work between them. */
const pause = { least: 500, most: 2_500 };

export interface SoakOptions {
  readonly milliseconds: number;
  readonly services: number;
  readonly seed: number;
  /** Told now and then, and of what was found. */
  readonly log: (line: string) => void;
}

export interface SoakReport {
  readonly killed: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly refused: number;
  readonly retries: number;
  readonly repeated: number;
  /** What should not be: none is the promise. */
  readonly faults: readonly string[];
}

interface Stand {
  readonly environments: readonly Record<string, string>[];
  readonly services: ServiceProcess[];
  readonly dataDirectory: string;
  readonly tokens: Tokens;
}

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const random = seeded(options.seed);
  const undo: (() => unknown)[] = [];
  try {
    const stand = await openStand(options.services, undo);
    const urls = stand.environments.map(({ PORT }) => `http://127.0.0.1:${PORT}`);
    const clients = Array.from({ length: clientsOfEach * options.services }, (_, i) => {
      return new SoakClient(`c${i}`, urls, stand.tokens, seeded(options.seed + i + 1));
    });
    const working = Promise.all(clients.map((client) => client.work()));
    const killed = await killFor(options, stand, random);
    for (const client of clients) client.done = true;
    await working;
    const told = clients.flatMap((client) => client.remembered);
    options.log(`${told.length} requests were answered; now they are looked for`);
    const faults = clients.flatMap((client) => client.faults);
    faults.push(...(await repeatAll(clients, told)), ...(await findAll(stand, urls[0] ?? '', told)));
    faults.push(...(await verify(stand)));
    return {
      killed,
      acknowledged: told.filter(({ status }) => status === 201).length,
      refused: told.filter(({ status }) => status !== 201).length,
      retries: clients.reduce((sum, { retries }) => sum + retries, 0),
      repeated: told.length + clients.reduce((sum, { repeated }) => sum + repeated, 0),
      faults,
    };
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** A durable server, so many services with one set of keys, and what clients need in the books. */
async function openStand(count: number, undo: (() => unknown)[]): Promise<Stand> {
  const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
  const server = await startTestServer({ settings });
  undo.push(() => server.stop());
  const keys = temporaryDirectory();
  undo.push(() => rmSync(keys, { recursive: true, force: true }));
  const url = await ownDatabase(server.connection);
  const environments = [];
  for (let i = 0; i < count; i++)
    environments.push({ DATABASE_URL: url, DATA_DIR: keys, PORT: String(await freePort()) });
  const services: ServiceProcess[] = [];
  undo.push(() => Promise.all(services.map((service) => service.stop())));
  for (const environment of environments) services.push(await startService(environment));
  const [environment = {}] = environments;
  const token = async (role: string, subject: string) => {
    const asked = ['token', '--ledger', 'xinchang', '--role', role, '--subject', subject, '--ttl', '24h'];
    return (await runCli(asked, environment)).stdout.trim();
  };
  const tokens = {
    wang: await token('operator', 'wang'),
    li: await token('operator', 'li'),
    shop: await token('partner', 'shop'),
  };
  await settle(services[0]?.url ?? '', tokens);
  return { environments, services, dataDirectory: server.dataDirectory, tokens };
}

async function ownDatabase(connection: ConnectionTarget): Promise<string> {
  if ('url' in connection) throw new Error('the test server listens on a socket');
  const admin = openPool(connection, { max: 1, applicationName: 'soak' });
  await admin.unsafe(`create role soak login createrole password 'soak'`);
  await admin.unsafe('create database books owner soak');
  await admin.end({ timeout: 1 });
  return `postgres://soak:soak@127.0.0.1:${connection.port}/books`;
}

/** Two accounts, a member with points, a shop. */
async function settle(url: string, tokens: Tokens): Promise<void> {
  const ask = async (token: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
    const json = body && { body: JSON.stringify(body) };
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...json,
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
  for (const [code, floor] of [
    ['test:source', null],
    ['test:full', null],
    ['test:empty', '0.00'],
  ])
    await ask(tokens.wang, '/v1/accounts', { code, asset: 'COIN', type: 'liability', floor });
  await ask(tokens.wang, '/v1/org-units', {
    external_id: 'XC',
    parent_external_id: null,
    level: 'county',
    name: '新昌县',
  });
  const person = { name: '何根仙', gender: 'female', birth_date: '1950-02-03', phone: null, talent_category: null };
  await ask(tokens.wang, '/v1/members', { external_id: 'M1', org_unit: 'XC', ...person });
  await ask(tokens.wang, '/v1/partners', { id: 'shop', name: '小店', kind: 'shop', point_price: '0.10' });
  const legs = [{ debit: 'point:issuance', credit: 'member:M1:points', amount: String(givenPoints) }];
  const { id } = await ask(tokens.wang, '/v1/adjustments', { reference: 'DOC', reason: 'counted', legs });
  await ask(tokens.li, `/v1/adjustments/${id}/approve`);
}

const givenPoints = 100_000_000;

async function killFor({ milliseconds, log }: SoakOptions, stand: Stand, random: Random) {
  const killed: Record<string, number> = { service: 0, backend: 0 };
  const postmaster = postmasterOf(stand.dataDirectory);
  let told = Date.now();
  for (const end = told + milliseconds; Date.now() < end; ) {
    await sleep(pause.least + random.below(pause.most - pause.least));
    const victim = random.pick(['service', 'backend']);
    if (victim === 'service') await killService(stand, random.below(stand.services.length));
    else if (!killBackend(postmaster, random)) continue;
    killed[victim] = (killed[victim] ?? 0) + 1;
    if (Date.now() - told > 30_000) {
      told = Date.now();
      log(`killed ${JSON.stringify(killed)}`);
    }
  }
  return killed;
}

/** And starts it again on its port; PostgreSQL may just be recovering. */
async function killService({ services, environments }: Stand, at: number): Promise<void> {
  services[at]?.child.kill('SIGKILL');
  for (let tries = 1; ; tries++) {
    try {
      services[at] = await startService(environments[at] ?? {});
      return;
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(500);
    }
  }
}

function killBackend(postmaster: number, random: Random): boolean {
  const pid = backendOf(postmaster, 'soak books', random);
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return pid !== undefined;
  } catch {
    return false;
  }
}

/** Every request again, at whichever service: the same bytes. */
async function repeatAll(clients: readonly SoakClient[], told: readonly Remembered[]): Promise<string[]> {
  const waiting = told.values();
  const faults = clients.map(async (client) => {
    const found: string[] = [];
    for (const request of waiting) found.push(...(await client.repeat(request)));
    return found;
  });
  return (await Promise.all(faults)).flat();
}

/** What was acknowledged is in the journal once, under the number that was told; what was refused is not; sums agree. */
async function findAll({ tokens }: Stand, url: string, told: readonly Remembered[]): Promise<string[]> {
  const faults: string[] = [];
  const headers = { authorization: `Bearer ${tokens.wang}` };
  const get = async (path: string) => (await fetch(new URL(path, url), { headers })).json();
  const numbers = new Map<string, string[]>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await get(`/v1/entries?kind=adjustment&limit=200${cursor && `&cursor=${cursor}`}`)) as {
      entries: { reference: string; number: string }[];
      next_cursor: string | null;
    };
    for (const { reference, number } of page.entries)
      numbers.set(reference, [...(numbers.get(reference) ?? []), number]);
    cursor = page.next_cursor;
  }
  numbers.delete('DOC');
  const entries = told.filter(({ kind }) => kind === 'entry');
  for (const { reference, status, text } of entries) {
    const wanted = status === 201 ? (JSON.parse(text) as { number: string }).number : '';
    const found = numbers.get(reference)?.join(' ') ?? '';
    if (found !== wanted) faults.push(`${reference} was told as entry "${wanted}" and is "${found}"`);
    numbers.delete(reference);
  }
  for (const [reference] of numbers) faults.push(`nobody was told of ${reference}`);
  const balance = async (code: string) => ((await get(`/v1/accounts/${code}`)) as { balance: string }).balance;
  const expect = async (code: string, wanted: string) => {
    const found = await balance(code);
    if (found !== wanted) faults.push(`${code} holds ${found}, the clients know of ${wanted}`);
  };
  const count = (kind: Asked['kind']) =>
    told.filter((request) => request.kind === kind && request.status === 201).length;
  await expect('test:full', (count('entry') / 100).toFixed(2));
  await expect('held:redemptions:shop', String(count('hold') - count('capture')));
  await expect('partner:shop:redeemed', String(count('capture')));
  await expect('member:M1:points', String(givenPoints - count('hold')));
  return faults;
}

async function verify({ environments }: Stand): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['verify', '--json'], environments[0] ?? {});
  return code === 0 ? [] : [`verify ended with ${code}: ${stdout.slice(0, 2_000)} ${stderr}`];
}
