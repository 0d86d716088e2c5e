/**
 * The erasure of people, on a service as it runs: afterwards nothing that it writes holds what was known of them, in no table, no file beside
 * the database and no line of its log, while everything that the books prove stays proved.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { openNote, parseCheckpoint, parseVerifierKey } from '../../src/ledger/log/checkpoint.js';
import { leafHash } from '../../src/ledger/log/merkle.js';
import { verifyInclusion } from '../../src/ledger/log/proof.js';
import { temporaryDirectory } from '../support/database.js';
import { dataDirectoryIn, freePort, runCli, startService } from '../support/service.js';

const person = {
  name: '欧阳拾柒妹',
  gender: 'female',
  birth_date: '1949-02-20',
  phone: '13971724701',
  talent_category: null,
};
const other = { ...person, name: '司徒佰捌哥', phone: '13971724702' };
const values = {
  phone: '13971724703',
  national_id: '330624194902200027',
  address: '拾柒幢佰捌室后门',
  health: '拾柒年前心脏搭桥',
  hardship: '佰捌元临时救助',
};
const evidence = '同意书拾柒第佰捌号';
const imported = '13971724704';
/** What must be found nowhere. The day of birth alone is too common to be looked for. */
const noted = '拾柒楼佰捌室，敲三下';
/** Words of others about the person, each like no other. */
const told = {
  placed: '为拾柒妹代下单备注',
  declined: '拾柒妹家有狗故谢绝',
  received: '拾柒妹实际未受服务',
  given: '拾柒妹早退佰捌分钟',
  reference: '单据拾柒佰捌',
  reason: '补发拾柒妹一枚',
  reversal: '误发拾柒妹故冲销',
  waits: '拟补发拾柒妹两枚',
  visit: '走访拾柒妹见其卧床',
  qualification: '护士证拾柒佰捌',
  scan: '签到表拾柒妹签字',
};
const words = [
  noted,
  ...Object.values(told),
  person.name,
  other.name,
  person.phone,
  other.phone,
  imported,
  evidence,
  ...Object.values(values),
];

/** A word as it could be written: plainly, in hexadecimal, as JSON escapes it, and in base64 wherever it begins in a group of three. */
function spellings(word: string): string[] {
  const bytes = Buffer.from(word);
  const escaped = [...word].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const in64 = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // Without what its neighbours have a part in.
    const inner = text.slice(shift === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [word, bytes.toString('hex'), escaped, ...in64];
}

/** Every file below a directory as text, what is packed unpacked. */
function filesBelow(directory: string, wanted = (_name: string) => true): { path: string; text: string }[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(wanted)
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => {
      const bytes = readFileSync(path);
      return { path, text: (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString() };
    });
}

const holders = (files: readonly { path: string; text: string }[], word: string) =>
  files.filter(({ text }) => spellings(word).some((one) => text.includes(one))).map(({ path }) => path);

/** A service that writes all it can into its log, and who asks it. */
async function scene(t: Test) {
  const base = temporaryDirectory();
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  const environment = { DATA_DIR: dataDirectoryIn(base), PORT: String(await freePort()), LOG_LEVEL: 'trace' };
  const service = await startService(environment);
  t.teardown(() => service.stop());
  const log: string[] = [];
  service.child.stdout?.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  service.child.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const tokenOf = async (subject: string, role = 'operator') => {
    const args = ['token', '--ledger', 'xinchang', '--role', role, '--subject', subject];
    return (await runCli(args, environment)).stdout.trim();
  };
  const tokens = {
    ...{ wang: await tokenOf('wang'), li: await tokenOf('li'), M19: await tokenOf('M19', 'member') },
    auditor: await tokenOf('audit', 'auditor'),
  };
  const ask = async (
    who: keyof typeof tokens,
    url: string,
    body?: object | string | Buffer,
    key: string = randomUUID(),
  ) => {
    const isFile = typeof body === 'string' || Buffer.isBuffer(body);
    const type = typeof body === 'string' ? 'text/csv' : isFile ? 'application/pdf' : 'application/json';
    const response = await fetch(new URL(url, service.url), {
      headers: {
        authorization: `Bearer ${tokens[who]}`,
        ...(body !== undefined && { 'content-type': type, 'idempotency-key': key }),
      },
      ...(body !== undefined && { method: 'POST', body: isFile ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  const dump = async (name: string) => {
    t.match(await runCli(['backup', join(base, name)], environment), { code: 0 });
    return filesBelow(join(base, name));
  };
  return { base, environment, ask, dump, log };
}

type Ask = Awaited<ReturnType<typeof scene>>['ask'];

const header = 'external_id,name,gender,birth_date,phone,org_unit,talent_category';

/** Every way by which personal data comes in, is asked for, and is refused. */
async function live(t: Test, ask: Ask): Promise<void> {
  const county = { external_id: 'XC', parent_external_id: null, level: 'county', name: '新昌县' };
  t.equal((await ask('wang', '/v1/org-units', county)).status, 201);
  const key = randomUUID();
  const enrolment = { external_id: 'M17', org_unit: 'XC', ...person };
  for (let twice = 0; twice < 2; twice++) t.equal((await ask('wang', '/v1/members', enrolment, key)).status, 201);
  t.equal((await ask('wang', '/v1/members', enrolment)).status, 409);
  t.equal((await ask('wang', '/v1/members', { ...enrolment, phone: '拾柒' })).status, 400);
  const file = `${header}\nM18,${other.name},female,1949-02-20,${other.phone},XC,\n`;
  t.equal((await ask('wang', '/v1/imports?kind=members&dry_run=true', file)).status, 200);
  const staged = await ask('wang', '/v1/imports?kind=members', file);
  t.equal((await ask('wang', `/v1/imports/${staged.body.id}/commit`, {})).body.counts?.imported, 1);
  const again = file.replace(other.phone, imported).replace('M18', 'M17').replace(other.name, person.name);
  t.match((await ask('wang', '/v1/imports?kind=members', again)).body, { state: 'staged' }, 'and one that waits');
  const url = '/v1/members/M17';
  t.equal((await ask('wang', `${url}/personal-data`, values)).status, 422);
  for (const purpose of ['health', 'special_identity'])
    t.equal((await ask('wang', `${url}/consents`, { purpose, given_on: '2026-10-01', evidence })).status, 201);
  t.equal((await ask('wang', `${url}/personal-data`, { ...values, national_id: '330624194902200020' })).status, 422);
  t.equal((await ask('wang', `${url}/personal-data`, values)).status, 200);
  const fields = Object.keys(values).join(',');
  const clear = await ask('li', `${url}?unmask=${fields}&purpose=own_request`);
  for (const value of Object.values(values)) t.ok(clear.text.includes(value), 'it can be read while it is there');
  t.same((await ask('li', '/v1/members/lookup', { phone: values.phone, purpose: 'emergency' })).body, {
    members: ['M17'],
  });
  t.equal((await ask('auditor', `${url}?unmask=phone&purpose=supervision`)).status, 403);
  const kin = { relative: 'M18', relation: 'sibling', evidence: noted };
  t.equal((await ask('wang', `${url}/kin`, kin)).status, 201);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 11);
  const plan = { planned_start: `${tomorrow}01:00:00Z`, planned_end: `${tomorrow}02:00:00Z` };
  const need = { external_id: 'N17', recipient: 'M17', service_type: 'errand', mode: 'home', ...plan, note: noted };
  t.equal((await ask('wang', '/v1/orders', need)).status, 201);
  t.equal((await ask('wang', '/v1/orders/N17/cancel', { reason: noted })).status, 200);
  const care = {
    member: 'M17',
    reasons: ['illness'],
    mode: 'doorstep',
    interval_days: 30,
    starts_on: '2026-10-01',
    note: noted,
  };
  t.equal((await ask('wang', '/v1/care-subjects', care)).status, 201);
  t.equal((await ask('wang', '/v1/accounts', { code: 'test:a', asset: 'COIN', type: 'liability' })).status, 201);
  await tell(t, ask, plan);
}

/** What others write about the person where the person has written nothing: in orders, corrections, adjustments and registries; and a scan. */
async function tell(t: Test, ask: Ask, plan: object): Promise<void> {
  const say = async (who: 'wang' | 'li' | 'M19', url: string, body: object | Buffer, status = 201) => {
    const answer = await ask(who, url, body);
    t.equal(answer.status, status, `${url}: ${answer.text}`);
    return answer.body;
  };
  const nineteen = { external_id: 'M19', org_unit: 'XC', ...person, name: '旁人', phone: null };
  await say('wang', '/v1/members', nineteen);
  const need = { external_id: 'N18', service_type: 'errand', mode: 'home', ...plan, recipient: 'M17' };
  await say('wang', '/v1/orders', { ...need, note: told.placed });
  const offer = await say('wang', '/v1/orders/N18/offers', { volunteer: 'M19' });
  await say('M19', `/v1/offers/${offer.id}/decline`, { reason: told.declined }, 200);
  await say('wang', '/v1/orders/N18/evidence', Buffer.from(`%PDF-1.7 ${told.scan}`));
  const [start, end] = ['2026-11-01T09:00:00+08:00', '2026-11-01T10:00:00+08:00'];
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  for (const [id, volunteer, recipient, reason] of [
    ['V1', 'M19', 'M17', told.received],
    ['V2', 'M17', 'M19', told.given],
  ] as const) {
    const visit = { external_id: id, volunteer, recipient, service_type: 'errand', proof_grade: 'A', ...times };
    await say('wang', '/v1/service-records', { ...visit, recorded_by: 'XC' });
    await say('wang', `/v1/service-records/${id}/correction`, { annul: true, reason }, 200);
    await say('li', `/v1/service-records/${id}/correction`, { annul: true, reason }, 200);
  }
  const propose = (reference: string, reason: string) => {
    const legs = [{ debit: 'coin:issuance', credit: 'member:M17:coins', amount: '1.00' }];
    return say('wang', '/v1/adjustments', { reference, reason, legs });
  };
  const { id } = await propose(told.reference, told.reason);
  const { entry } = await say('li', `/v1/adjustments/${id}/approve`, {}, 200);
  await say('wang', `/v1/entries/${entry}/reversal`, { description: told.reversal });
  await propose('单据', told.waits);
  const visit = { visited_on: '2026-11-01', reason: 'illness', visitor: 'M19', note: told.visit };
  await say('wang', '/v1/care-subjects/M17/visits', visit);
  const talent = {
    member: 'M17',
    registry: 'silver',
    categories: ['ecology'],
    specialties: [],
    interests: [],
    availability: [],
  };
  await say('wang', '/v1/talents', talent);
  const qualification = { kind: 'medicine', evidence: told.qualification, valid_until: null };
  await say('wang', '/v1/talents/M17/silver/qualifications', qualification);
}

async function proofHolds(t: Test, ask: Ask, entry: number): Promise<void> {
  const { body: proof } = await ask('auditor', `/v1/entries/${entry}/proof`);
  const vkey = await ask('auditor', '/log/xinchang/vkey');
  const { size, root } = parseCheckpoint(openNote(proof.checkpoint, [parseVerifierKey(vkey.text.trim())]).text);
  const hashes = proof.hashes.map((hash: string) => Buffer.from(hash, 'base64'));
  const leaf = Buffer.from(proof.leaf, 'base64');
  t.ok(verifyInclusion(leafHash(leaf), BigInt(proof.leaf_index), size, hashes, root), `entry ${entry} is in the log`);
}

t.test(
  'of an erased person no table, no file beside the database and no line of a log holds anything, and every proof and verification still passes',
  async (t) => {
    const { environment, ask, dump, log } = await scene(t);
    await live(t, ask);
    const before = await dump('before');
    for (const word of [person.name, other.name, evidence, imported, noted, ...Object.values(told)])
      t.not(holders(before, word).length, 0, `${word} is found where it is`);
    for (const word of [person.phone, ...Object.values(values)])
      t.same(holders(before, word), [], `${word} is sealed, or was replaced`);

    for (const id of ['M17', 'M18']) {
      const erase = (who: 'wang' | 'li') => ask(who, `/v1/members/${id}/erasure`, { reason_code: 'person_asked' });
      t.match(await erase('wang'), { status: 201, body: { state: 'requested' } });
      t.match(await erase('wang'), { status: 422, body: { code: 'self_approval' } });
      t.match(await erase('li'), {
        status: 201,
        body: { state: 'erased', requested_by: 'operator:wang', erased_by: 'operator:li' },
      });
      t.match(await erase('li'), { status: 409, body: { code: 'member_erased' } });
    }
    const shown = await ask('wang', '/v1/members/M17');
    t.match(shown.body, {
      id: 'M17',
      org_unit: 'XC',
      name: null,
      birth_date: null,
      phone: null,
      national_id: null,
      health: null,
    });
    t.match(await ask('wang', '/v1/members/M17?unmask=phone&purpose=emergency'), {
      status: 409,
      body: { code: 'member_erased' },
    });
    t.match(await ask('wang', '/v1/members/M17/personal-data', { address: values.address }), { status: 409 });
    t.same((await ask('wang', '/v1/members/lookup', { phone: values.phone, purpose: 'emergency' })).body, {
      members: [],
    });

    const after = await dump('after');
    // All but PostgreSQL's own files, of which docs/operations.md tells.
    const beside = filesBelow(environment.DATA_DIR, (name) => !name.startsWith('postgres/'));
    for (const name of ['secret.pem', 'personal-1.key', 'postgres.log'])
      t.ok(
        beside.some(({ path }) => path.endsWith(name)),
        name,
      );
    t.ok(after.length > 20 && log.join('').includes('"route":"/v1/members/:id/erasure"'));
    const everything = [...after, ...beside, { path: 'the log', text: log.join('') }];
    for (const word of words) t.same(holders(everything, word), [], word);

    t.match(await runCli(['verify', '--ledger', 'xinchang'], environment), { code: 0 });
    for (const entry of [Number(shown.body.entry), 4, 5]) await proofHolds(t, ask, entry);
    t.match((await ask('wang', '/v1/members/M17/balances')).body, { member: 'M17', receivables: [] });
    t.match((await ask('auditor', '/v1/access-log?member=M17')).body.accesses, [
      { purpose: 'own_request' },
      { purpose: 'emergency' },
    ]);
  },
);
