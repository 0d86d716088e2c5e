/**
 * The crash test: clients post with keys while the service, a backend of PostgreSQL or its postmaster is killed at random
 * moments; unknown answers are asked for again under the same key. In the end every acknowledged entry is in the books exactly
 * once, nothing that was refused is, and verification is clean.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { temporaryDirectory } from '../support/database.js';
import { backendOf, postmasterOf } from '../support/processes.js';
import { type Random, seeded, seedOf } from '../support/random.js';
import { dataDirectoryIn, freePort, runCli, type ServiceProcess, startService } from '../support/service.js';

const kills = 30;
const clients = 6;

interface World {
  readonly environment: Record<string, string>;
  readonly url: string;
  readonly token: string;
  service: ServiceProcess;
  done: boolean;
}

interface Ledgered {
  readonly acknowledged: Map<string, string>;
  readonly refused: Set<string>;
  retries: number;
}

t.test(
  'no crash loses an acknowledged entry, repeats one, or lets a refused one in',
  { timeout: 600_000 },
  async (t) => {
    const random = seeded(seedOf(t));
    const base = temporaryDirectory();
    const dataDir = dataDirectoryIn(base);
    const port = await freePort();
    const environment = { DATA_DIR: dataDir, PORT: String(port) };
    const service = await startService(environment);
    const { stdout } = await runCli(
      ['token', '--ledger', 'xinchang', '--role', 'operator', '--ttl', '1h'],
      environment,
    );
    const world: World = { environment, url: service.url, token: stdout.trim(), service, done: false };
    t.teardown(async () => {
      await world.service.stop();
      rmSync(base, { recursive: true, force: true });
    });
    await open(world, 'test:source', null);
    await open(world, 'test:full', null);
    await open(world, 'test:empty', '0.00');

    const ledgered: Ledgered = { acknowledged: new Map(), refused: new Set(), retries: 0 };
    const posting = Array.from({ length: clients }, (_, i) => post(world, ledgered, `c${i}`));
    const killed: Record<string, number> = {};
    for (let done = 0; done < kills; ) {
      await sleep(100 + random.below(500));
      const victim = await kill(world, random);
      killed[victim] = (killed[victim] ?? 0) + 1;
      if (victim !== 'nobody') done += 1;
    }
    for (const victim of ['service', 'backend', 'postmaster']) t.ok(killed[victim], `a ${victim} was killed`);
    const enough = kills * 5;
    for (const end = Date.now() + 60_000; ledgered.acknowledged.size <= enough && Date.now() < end; ) await sleep(100);
    await sleep(1_000);
    world.done = true;
    await Promise.all(posting);
    t.comment(
      `killed ${JSON.stringify(killed)}; ${ledgered.acknowledged.size} acknowledged, ${ledgered.refused.size} refused, ${ledgered.retries} retries`,
    );

    const journal = await readJournal(world);
    const byReference = new Map<string, string[]>();
    for (const { reference, number } of journal)
      byReference.set(reference, [...(byReference.get(reference) ?? []), number]);
    t.ok(ledgered.acknowledged.size > enough, 'enough was acknowledged to mean something');
    t.ok(ledgered.refused.size > 0 && ledgered.retries > 0, 'there were refusals and unknown answers');
    const lost = [...ledgered.acknowledged].filter(([reference, number]) => byReference.get(reference)?.[0] !== number);
    t.same(lost, [], 'every acknowledged entry is in the books under the number that was told');
    t.same(
      [...byReference].filter(([, numbers]) => numbers.length > 1),
      [],
      'none is there twice',
    );
    t.same(
      [...byReference.keys()].filter((reference) => !ledgered.acknowledged.has(reference)),
      [],
      'and none that was not acknowledged in the end',
    );
    t.same(
      [...ledgered.refused].filter((reference) => byReference.has(reference)),
      [],
      'nothing that was refused is in the books',
    );

    const running = await runCli(['verify', '--json'], environment);
    t.same(JSON.parse(running.stdout)[0]?.findings, [], 'verification is clean while the service runs');
    t.equal(await world.service.stop(), 0, 'the service stops in good order');
    const stopped = await runCli(['verify', '--json'], environment);
    t.equal(stopped.code, 0, 'and on the data directory by itself');
  },
);

async function open(world: World, code: string, floor: string | null): Promise<void> {
  const response = await send(world, '/v1/accounts', randomUUID(), { code, asset: 'COIN', type: 'liability', floor });
  if (response.status !== 201) throw new Error(`${code} could not be opened: ${response.status}`);
}

async function send(
  world: World,
  path: string,
  key: string,
  body: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(new URL(path, world.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(40_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Posts one entry after another until told to stop; each is asked for until it has an answer, under one key. */
async function post(world: World, ledgered: Ledgered, name: string): Promise<void> {
  for (let i = 0; !world.done; i++) {
    const reference = `${name}-${i}`;
    // Every seventh would take from an account that is always empty.
    const debit = i % 7 === 3 ? 'test:empty' : 'test:source';
    const body = { kind: 'adjustment', reference, legs: [{ debit, credit: 'test:full', amount: '0.01' }] };
    const key = randomUUID();
    for (;;) {
      const answer = await send(world, '/v1/entries', key, body).catch(() => null);
      if (answer?.status === 201) ledgered.acknowledged.set(reference, answer.body['number'] as string);
      else if (answer?.status === 422) ledgered.refused.add(reference);
      else {
        ledgered.retries += 1;
        await sleep(30);
        continue;
      }
      break;
    }
  }
}

async function kill(world: World, random: Random): Promise<string> {
  const victim = random.pick(['service', 'backend', 'postmaster'] as const);
  if (victim === 'service') {
    const { child } = world.service;
    child.kill('SIGKILL');
    // A new process on the same directory and port, at once: what the old one left behind is its business.
    world.service = await startService(world.environment);
    return victim;
  }
  const postmaster = postmasterOf(world.environment['DATA_DIR'] ?? '');
  const pid = victim === 'postmaster' ? postmaster : backendOf(postmaster, 'timeledger_service timeledger', random);
  if (pid === undefined) return 'nobody';
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return 'nobody';
  }
  return victim;
}

/** Every entry the clients can have made, through the interface. */
async function readJournal(world: World): Promise<{ reference: string; number: string }[]> {
  const entries: { reference: string; number: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const url: URL = new URL(`/v1/entries?kind=adjustment&limit=200${cursor && `&cursor=${cursor}`}`, world.url);
    const response = await fetch(url, { headers: { authorization: `Bearer ${world.token}` } });
    const page = (await response.json()) as {
      entries: { reference: string; number: string }[];
      next_cursor: string | null;
    };
    entries.push(...page.entries);
    cursor = page.next_cursor;
  }
  return entries;
}
