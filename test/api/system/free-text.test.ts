/**
 * Guarantees that no answer which is remembered holds a word that a request brought in freely. Which requests can bring one the
 * document says: every field of a command whose schema takes the word must be tried here.
 */
import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import { openAccount } from '../../../src/ledger/entries.js';
import { type Call, type Caller, type TestApp, testApp } from '../../support/app.js';
import { booksBalance, fixedClock } from '../../support/books.js';
import { operations, resolve } from '../../support/document.js';
import { adjust, must, settle } from '../../support/story.js';

const word = '何小满记';
const marker = new RegExp(word);

interface Schema {
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Fields of a schema, as `legs.debit`, in which the word could be sent. */
function* freeFields(schema: Schema, at = ''): Generator<string> {
  const said = resolve(schema);
  for (const one of said.anyOf ?? []) yield* freeFields(one, at);
  for (const [name, one] of Object.entries(said.properties ?? {})) yield* freeFields(one, at ? `${at}.${name}` : name);
  if (said.items) yield* freeFields(said.items, at);
  if (
    ![said.type].flat().includes('string') ||
    said.enum !== undefined ||
    said.const !== undefined ||
    said.format !== undefined
  )
    return;
  if (said.pattern === undefined || new RegExp(said.pattern, 'u').test(word)) yield at;
}

/** Every field of every command that takes free text: `post /v1/entries description`. */
function freeTexts(): string[] {
  const commands = operations.filter(({ name }) => name.startsWith('post ') && name !== 'post /oauth/token');
  return commands.flatMap(({ name, operation }) => {
    const json = operation.requestBody?.content['application/json'] as { schema: Schema } | undefined;
    const queries = (operation.parameters ?? []).map(resolve).filter((parameter) => parameter.in === 'query');
    const fields = [
      ...(json ? freeFields(json.schema) : []),
      ...queries.flatMap((parameter) => [...freeFields(parameter.schema as Schema, parameter.name)]),
    ];
    return [...new Set(fields)].map((field) => `${name} ${field}`);
  });
}

const operator: Caller = { role: 'operator', subject: 'wang' };
const second: Caller = { role: 'operator', subject: 'li' };
const leg = { debit: 'test:source', credit: 'test:a', amount: '1.50' };
const own = { debit: 'coin:issuance', credit: 'pool:community', amount: '1.50' };
const member = {
  external_id: 'M7',
  name: `${word}`,
  gender: 'female',
  birth_date: '1951-03-04',
  phone: '13912345678',
  org_unit: 'XC',
  talent_category: null,
};

/** Sends commands, each twice, and notes which of their free fields bore the word. */
class Sender {
  readonly tried = new Set<string>();

  constructor(
    private readonly t: Test,
    private readonly app: TestApp,
  ) {}

  /** `route` as the document names it. The answer's body; it repeats the word unless `repeats` is false. */
  // biome-ignore lint/suspicious/noExplicitAny: the shapes are the document's
  async twice(route: string, url: string, call: Call, repeats = true): Promise<any> {
    const { t, app } = this;
    for (const free of freeTexts().filter((one) => one.startsWith(`post ${route} `)))
      if (bears(free.split(' ').at(-1) ?? '', url, call)) this.tried.add(free);
    const key = randomUUID();
    const first = await app.post(url, { as: operator, ...call, key });
    const again = await app.post(url, { as: operator, ...call, key });
    t.ok(first.status < 300, `${url}: ${first.status} ${first.text.slice(0, 200)}`);
    t.equal(again.headers['idempotent-replayed'], 'true', url);
    t.equal(again.text, first.text, `${url}: byte for byte`);
    if (repeats) t.match(first.text, marker, `${url}: the answer has what was sent`);
    return first.body;
  }
}

function bears(field: string, url: string, { body }: Call): boolean {
  if (url.includes(`${field}=${encodeURIComponent(word)}`)) return true;
  let found: unknown[] = [body];
  for (const name of field.split('.'))
    found = found.flatMap((one) => (one as Record<string, unknown> | undefined)?.[name] ?? []);
  return found.includes(word);
}

/** Stations, talents, teams and the care registry: their answers are codes, and never had the word. */
async function lookAfter(twice: Sender['twice']): Promise<void> {
  const say = (route: string, body: object, url = route) => twice(route, url, { body }, false);
  const station = { org_unit: 'XC', name: word, functions: ['care'], opening_hours: [], coordinates: null };
  await say('/v1/stations', { id: 'S1', kind: 'post', ...station });
  await say('/v1/stations/{id}/changes', station, '/v1/stations/S1/changes');
  await say('/v1/specialties', { kind: 'specialty', code: 'chess', name_zh: word, name_en: word });
  const talent = { categories: ['ecology'], specialties: [], interests: [], availability: [] };
  await say('/v1/talents', { member: 'M7', registry: 'silver', ...talent });
  const qualification = { kind: 'law', evidence: word, valid_until: null };
  const registry = '/v1/talents/{member}/{registry}/qualifications';
  await say(registry, qualification, '/v1/talents/M7/silver/qualifications');
  await say('/v1/teams', { id: 'T1', org_unit: 'XC', name: word, leader: 'M7', labels: [word] });
  const plan = { reasons: ['routine'], mode: 'fixed', interval_days: 7, starts_on: '2026-11-01', note: word };
  await say('/v1/care-subjects', { member: 'M7', ...plan });
  await say('/v1/care-subjects/{member}/changes', plan, '/v1/care-subjects/M7/changes');
  const visit = { visited_on: '2026-11-01', reason: 'routine', visitor: 'M1', note: word };
  await say('/v1/care-subjects/{member}/visits', visit, '/v1/care-subjects/M7/visits');
  const times = { planned_start: '2026-11-05T09:00:00+08:00', planned_end: '2026-11-05T10:00:00+08:00' };
  const order = { service_type: 'companionship', ...times, note: word };
  await say('/v1/care-subjects/{member}/orders', order, '/v1/care-subjects/M7/orders');
}

test('no remembered answer holds a free word of a request, and every repetition has it, byte for byte', async (t) => {
  const time = fixedClock();
  const app = await testApp(t, { clock: time.clock });
  const { lane } = app;
  await settle(lane);
  await must(lane, (stage) => openAccount(stage, { code: 'test:source', asset: 'COIN', type: 'expense' }));
  await must(lane, (stage) => openAccount(stage, { code: 'test:a', asset: 'COIN', type: 'liability' }));
  const sender = new Sender(t, app);
  const twice = sender.twice.bind(sender);
  const named = `file_name=${encodeURIComponent(word)}`;

  await twice('/v1/org-units', '/v1/org-units', {
    body: { external_id: 'XC-09', parent_external_id: 'XC', level: 'subdistrict', name: word },
  });
  await twice('/v1/org-units/{id}/rename', '/v1/org-units/XC/rename', { body: { name: word } });
  await twice('/v1/members', '/v1/members', { body: member });
  const ofM7 = (noun: string) => [`/v1/members/{id}/${noun}`, `/v1/members/M7/${noun}`] as const;
  for (const purpose of ['health', 'special_identity'])
    await twice(...ofM7('consents'), { body: { purpose, given_on: '2026-10-01', evidence: word } });
  const known = { body: { address: word, health: word, hardship: word } };
  await twice(...ofM7('personal-data'), known, false);
  await twice('/v1/members/{id}/rename', '/v1/members/M1/rename', { body: { name: word } }, false);
  const kin = { relative: 'M2', relation: 'child', evidence: word };
  await twice('/v1/members/{id}/kin', '/v1/members/M1/kin', { body: kin });
  const verified = { as: second, body: { elder_consent_on: '2026-10-31' } };
  const pair = '/v1/members/{id}/kin/{relative}';
  await twice(`${pair}/verification`, '/v1/members/M1/kin/M2/verification', verified);
  await twice(`${pair}/end`, '/v1/members/M1/kin/M2/end', {});
  const gone = { body: { reason: 'person_asked' } };
  await twice(`${pair}/text-erasure`, '/v1/members/M1/kin/M2/text-erasure', gone, false);
  await twice('/v1/partners', '/v1/partners', { body: { id: 'shop', name: word, kind: 'shop' } });

  await lookAfter(twice);

  const texts = { reference: word, description: word };
  const entry = { kind: 'transfer', legs: [leg], ...texts };
  const { number } = await twice('/v1/entries', '/v1/entries', { body: entry });
  await twice('/v1/entries/bulk', '/v1/entries/bulk', { body: { entries: [entry] } });
  await twice('/v1/entries/{number}/reversal', `/v1/entries/${number}/reversal`, { body: { description: word } });
  const erasure = { body: { reason: 'person_asked' } };
  await twice('/v1/entries/{number}/text-erasure', `/v1/entries/${number}/text-erasure`, erasure, false);

  const proposal = { body: { reference: word, reason: word, legs: [own] } };
  for (const verb of ['approve', 'reject'] as const) {
    const url = `/v1/adjustments/${(await twice('/v1/adjustments', `/v1/adjustments`, proposal)).id}`;
    const call = { as: second, ...(verb === 'reject' && { body: { reason: word } }) };
    const decided = await twice(`/v1/adjustments/{id}/${verb}`, `${url}/${verb}`, call);
    t.same(decided, (await app.get(url, { as: 'auditor' })).body, 'the answer is the adjustment as it stands');
  }

  await grantWords(twice, app);
  await correctionWords(twice, app);
  await orderWords(twice, time.advance);
  await awardWords(twice);

  const units = Buffer.from(`external_id,parent_external_id,level,name\nXC-01,XC,subdistrict,${word}\n`);
  const mapping = { id: 'office', kind: 'members', columns: { [word]: 'name' } };
  await twice('/v1/import-mappings', '/v1/import-mappings', { body: mapping });
  const staged = await twice('/v1/imports', `/v1/imports?kind=org_units&${named}`, { body: units });
  await twice('/v1/imports/{id}/commit', `/v1/imports/${staged.id}/commit`, {});
  const lines = Buffer.from('partner_reference,booked_on,points,amount_cny,type\nR1,2026-10-05,50,5.00,redeem\n');
  const sent = `/v1/partner-statements?partner=xc-bank&period=2026-10`;
  const taken = await twice('/v1/partner-statements', `${sent}&${named}`, { body: lines });
  const again = await app.post(`${sent}&file_name=other.csv`, { as: operator, body: lines });
  t.match(again, { status: 200, body: taken }, 'the same file under another name is the statement that is known');

  t.strictSame([...sender.tried].sort(), freeTexts().sort(), 'every field that takes free text was tried');
  const kept = await app.owner`select answers from timeledger.batches`;
  t.ok(kept.length > 10);
  t.strictSame(
    kept.filter(({ answers }) => marker.test(answers)),
    [],
  );
  await booksBalance(t, app.owner);
});

/** Why somebody is granted something, or not: said by who proposes it, and repeated by who decides. */
async function grantWords(twice: Sender['twice'], app: TestApp): Promise<void> {
  await adjust(app.lane, [{ debit: 'coin:issuance', credit: 'pool:fund', amount: '9.00' }]);
  const plan = { reasons: ['hardship'], mode: 'fixed', interval_days: 7, starts_on: '2026-11-01' };
  await app.post('/v1/care-subjects', { as: operator, body: { member: 'M2', ...plan } });
  const wish = { body: { member: 'M2', amount: '1.00', document_number: word, reason: word } };
  for (const verb of ['approve', 'reject'] as const) {
    const url = `/v1/grants/${(await twice('/v1/grants', '/v1/grants', wish)).id}`;
    const call = { as: second, ...(verb === 'reject' && { body: { reason: word } }) };
    await twice(`/v1/grants/{id}/${verb}`, `${url}/${verb}`, call);
  }
}

/** Why a service record is corrected: said by who proposes it, and repeated by who takes it back. */
async function correctionWords(twice: Sender['twice'], app: TestApp): Promise<void> {
  const [start, end] = ['2026-10-05T09:00:00+08:00', '2026-10-05T10:00:00+08:00'];
  const times = { planned_start: start, planned_end: end, check_in: start, check_out: end };
  const people = { volunteer: 'M1', recipient: 'M2', recorded_by: 'XC' };
  const visit = { external_id: 'V1', ...people, service_type: 'errand', ...times, proof_grade: 'A' };
  await app.post('/v1/service-records', { as: operator, body: visit });
  const [route, url] = ['/v1/service-records/{id}/correction', '/v1/service-records/V1/correction'];
  await twice(route, url, { body: { annul: true, reason: word } });
  await twice(`${route}/withdrawal`, `${url}/withdrawal`, { as: second });
  const gone = { body: { reason: 'person_asked' } };
  await twice(`${route}/text-erasure`, `${url}/text-erasure`, gone, false);
}

/** Every word that can be written about an order; no answer repeats any: they are read with the order. */
async function orderWords(twice: Sender['twice'], advance: (by: number) => void): Promise<void> {
  const M1: Caller = { role: 'member', subject: 'M1' };
  const times = { planned_start: '2026-11-03T09:00:00+08:00', planned_end: '2026-11-03T10:00:00+08:00' };
  const need = { recipient: 'M2', service_type: 'errand', mode: 'home', ...times };
  const say = (id: string, verb: string, as: Caller, body: object) =>
    twice(`/v1/orders/{id}/${verb}`, `/v1/orders/${id}/${verb}`, { as, body }, false);
  for (const id of ['N1', 'N2'])
    await twice('/v1/orders', '/v1/orders', { body: { external_id: id, ...need, note: word } }, false);
  const offer = await say('N1', 'offers', operator, { volunteer: 'M1' });
  const declined = { as: M1, body: { reason: word } };
  await twice('/v1/offers/{id}/decline', `/v1/offers/${offer.id}/decline`, declined, false);
  await say('N1', 'cancel', operator, { reason: word });
  await twice('/v1/orders/{id}/claim', '/v1/orders/N2/claim', { as: M1 }, false);
  advance(24 * 3_600_000);
  const said = { volunteer: 'M1', proof: { kind: 'reported' }, reason: word };
  await say('N2', 'check-in', M1, said);
  advance(3_600_000);
  await say('N2', 'check-out', M1, said);
  await say('N2', 'confirm', operator, { comment: word });
  await say('N2', 'dispute', M1, { reason: word });
  await say('N2', 'verdict', second, { verdict: 'to_volunteer' });
  await say('N2', 'reject', second, { reason: word });
}

/** Names in criteria, and what is objected and answered; no answer repeats any: they are read with the round. V1 counts for it. */
async function awardWords(twice: Sender['twice']): Promise<void> {
  const every = { award: 'neighbour', name: word, notice_working_days: 5, decision: 'unanimous' };
  const criteria = { ...every, kind: 'threshold', levels: [{ level: 1, name: word, hours: '0.50' }] };
  const path = '/v1/award-rounds';
  const round = await twice(path, path, { body: { org_unit: 'XC', to: '2026-10-31', criteria } }, false);
  const notice = { body: { from: '2026-11-03', until: '2026-11-09' } };
  await twice(`${path}/{id}/notice`, `${path}/${round.id}/notice`, notice, false);
  const url = `${path}/${round.id}/objections`;
  const objection = await twice(`${path}/{id}/objections`, url, { body: { member: 'M2', text: word } }, false);
  const answer = { as: second, body: { outcome: 'dismissed', text: word } };
  const answers = `${path}/{id}/objections/{objection}`;
  await twice(`${answers}/answer`, `${url}/${objection.id}/answer`, answer, false);
  const gone = { body: { reason: 'person_asked' } };
  await twice(`${answers}/text-erasure`, `${url}/${objection.id}/text-erasure`, gone, false);
}
