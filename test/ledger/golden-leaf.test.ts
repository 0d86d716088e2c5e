/**
 * The golden leaf: the bytes of one entry with everything a leaf can hold. They stand in the log for ever, so that this test may be
 * added to and never changed.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { StagedEntry } from '../../src/ledger/drafts.js';
import { leafOf } from '../../src/ledger/entry-leaf.js';
import { leafHash } from '../../src/ledger/log/merkle.js';
import { isFault, parseLeaf } from '../../src/ledger/verify/leaf-check.js';
import { orgUnitRows } from '../../src/timebank/people/rows.js';
import { serviceDifferenceRows } from '../../src/timebank/service/rows.js';
import { root } from '../support/root.js';

const golden = readFileSync(new URL('test/data/golden-leaf.json', root), 'utf8').trimEnd();
const goldenHash = '6aa6136d429e1bc29d1e065c7a932dc86851388ab93d906d1790ae7d312d01b4';

const account = (code: string) => ({
  code,
  asset: 'POINT',
  scale: 0,
  type: 'liability',
  control: true,
  floor: 0n,
  ceiling: null,
});

const entry = {
  number: 17,
  actor: 'partner:xc-bank',
  client: 'xinchang.xc-bank.1',
  effectiveOn: '2026-10-01',
  recordedAt: '2026-10-01T01:21:00.000001Z',
  nonce: 'AAECAwQFBgcICQoLDA0ODw',
  text: { salt: Buffer.alloc(16, 7), reference: '文号 1', description: null },
  legs: [{ debit: account('member:M1:points'), credit: account('partner:xc-bank:redeemed'), amount: 50n }],
  postings: [],
  opened: [account('member:M1:points')],
  rows: [
    { table: orgUnitRows, name: 'XC', json: '{"name":"新昌县"}', fresh: true },
    { table: serviceDifferenceRows, name: 'V1/cap_day', json: '{"amount":"55"}', fresh: true },
  ],
  draft: {
    kind: 'redemption_captured',
    kindVersion: 2,
    reference: 'BK1',
    ruleSet: 'xinchang-pilot/1',
    reverses: 16,
    closedThrough: '2026-08-31',
    assets: [{ asset: 'POINT', scale: 0 }],
    zone: 'Asia/Shanghai',
    log: { origin: 'ledger.test/log/xinchang', logKey: 'ledger.test/log/xinchang+0a1b2c3d+AQ==' },
    lots: [{ amount: '50', expires_on: '2029-10-01' }],
    price: '0.10',
  },
} as unknown as StagedEntry;

t.test('an entry gives the bytes that it gave when the format was fixed, and they are canonical', async (t) => {
  t.equal(leafOf('xinchang', entry), golden);
  t.equal(leafHash(golden).toString('hex'), goldenHash);
  const parsed = parseLeaf(golden);
  t.notOk(isFault(parsed), JSON.stringify(parsed));
  t.equal(JSON.stringify(parsed), golden);
});

t.test('so does one that erased a text', async (t) => {
  const erasure = {
    ...entry,
    client: undefined,
    text: undefined,
    legs: [],
    opened: [],
    rows: [],
    draft: { kind: 'text_erased', erases: 16, reason: 'person_asked' },
  } as unknown as StagedEntry;
  const bytes =
    '{"actor":"partner:xc-bank","effective_on":"2026-10-01","erases":"16","kind":"text_erased","ledger":"xinchang","nonce":"AAECAwQFBgcICQoLDA0ODw","number":"17","reason":"person_asked","recorded_at":"2026-10-01T01:21:00.000001Z","v":"2"}';
  t.equal(leafOf('xinchang', erasure), bytes);
  t.equal(JSON.stringify(parseLeaf(bytes)), bytes);
});
