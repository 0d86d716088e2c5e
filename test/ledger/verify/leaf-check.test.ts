/** Reading leaves that may be anything: exact words for what is wrong, and never a throw. */
import fc from 'fast-check';
import t from 'tap';
import { isFault, parseLeaf } from '../../../src/ledger/verify/leaf-check.js';

const leaf = {
  accounts: [{ asset: 'COIN', ceiling: null, code: 'test:a', control: false, floor: '-0.50', type: 'liability' }],
  actor: 'operator:ops',
  assets: [{ asset: 'COIN', scale: '2' }],
  client: 'xinchang.bank.1',
  closed_through: '2026-09-30',
  effective_on: '2026-10-01',
  kind: 'adjustment',
  kind_version: '2',
  ledger: 'xinchang',
  legs: [{ amount: '1.50', asset: 'COIN', credit: 'test:a', debit: 'coin:issuance' }],
  log_key: 'ledger.test/log/xinchang+0a1b2c3d+AQ==',
  lots: [{ amount: '50', expires_on: null }],
  nonce: 'pYxZl0y1w2v3u4t5s6r7qA',
  number: '17',
  origin: 'ledger.test/log/xinchang',
  price: '0.10',
  recorded_at: '2026-10-01T01:21:00.000000Z',
  reference: 'R "1"\n新昌 😀',
  reverses: '16',
  rows: [
    { digest: 'trQ5inABifZLhhHSeC9d10Qa_1Y64tvt2hhEk2oJKhE', key: 'XC', table: 'org_units' },
    { count: '12', digest: 'trQ5inABifZLhhHSeC9d10Qa_1Y64tvt2hhEk2oJKhE', table: 'import_rows' },
  ],
  rule_set: 'pilot-1',
  text: 'mZjiTXwtuf3PRFv8P6PGZ7xWhmGELjl7ARdBQAf81Cw',
  v: '2',
  zone: 'Asia/Shanghai',
} as const;

/** What is wrong with a text, or null. */
function faultOf(text: string): string | null {
  const parsed = parseLeaf(text);
  return isFault(parsed) ? parsed.fault.en : null;
}

const changed = (change: object) => faultOf(JSON.stringify({ ...leaf, ...change }));

t.test('a leaf with every field there is is read as it was written', async (t) => {
  t.same(parseLeaf(JSON.stringify(leaf)), leaf);
});

t.test('what is no leaf is said to be none, in words', async (t) => {
  t.equal(faultOf(''), 'the leaf is not JSON');
  t.equal(faultOf('{"v":"1"'), 'the leaf is not JSON');
  t.equal(faultOf('null'), 'the leaf is null, should be an object');
  t.equal(faultOf('[]'), 'the leaf is an empty list, should be an object');
  t.equal(faultOf('[1]'), 'the leaf is a list, should be an object');
  t.equal(faultOf('1e400'), 'the leaf is null, should be an object');
  t.equal(faultOf('"leaf"'), 'the leaf is "leaf", should be an object');
  t.equal(faultOf('{}'), 'the leaf lacks "actor"');
  t.equal(changed({ v: '3' }), 'the leaf is of version "3", which this program does not know');
  t.equal(changed({ v: 1 }), 'the leaf.v is 1, should be one of 2');
  t.equal(changed({ number: 17 }), 'the leaf.number is 17, should be a whole number above zero, as a text');
  t.equal(
    changed({ number: '9'.repeat(400) }),
    `the leaf.number is "${'9'.repeat(59)}…, should be a whole number above zero, as a text`,
  );
  t.equal(changed({ number: '017' }), 'the leaf.number is "017", should be a whole number above zero, as a text');
  t.equal(changed({ effective_on: '2026-02-30' }), 'the leaf.effective_on is "2026-02-30", should be a calendar date');
  t.equal(changed({ legs: {} }), 'the leaf.legs is an object, should be a list that is not empty');
  t.equal(changed({ legs: [] }), 'the leaf.legs is an empty list, should be a list that is not empty');
  t.equal(changed({ legs: [leaf.legs[0], null] }), 'the leaf.legs[1] is null, should be an object');
  t.equal(
    changed({ legs: [{ ...leaf.legs[0], amount: '0.00' }] }),
    'the leaf.legs[0].amount is "0.00", should be an amount above zero, as a text',
  );
  t.equal(changed({ zoom: 'x' }), 'the leaf has a field "zoom" that it should not have');
  t.equal(
    changed({ rows: [{ ...leaf.rows[1], key: 'XC' }] }),
    'the leaf.rows[0] has a field "count" that it should not have',
  );
  t.equal(faultOf('{"v":"2","actor":"operator:ops"}'), 'the leaf has its fields out of order: "actor" after "v"');
  t.equal(
    faultOf(`{"__proto__":{},${JSON.stringify(leaf).slice(1)}`),
    'the leaf has a field "__proto__" that it should not have',
  );
});

t.test('one value has one text: a key twice, a space, an escape that is not needed are faults', async (t) => {
  const text = JSON.stringify(leaf);
  const fault = /^the leaf is not in canonical form/;
  t.match(faultOf(text.replace('"kind":"adjustment"', '"kind":"gift","kind":"adjustment"')), fault);
  t.match(faultOf(text.replace('"kind":', '"kind": ')), fault);
  t.match(faultOf(`${text}\n`), fault);
  t.match(faultOf(text.replace('adjustment', 'adj\\u0075stment')), fault);
  // The same where nothing at all is escaped.
  const plain = JSON.stringify({ ...leaf, reference: 'R1' });
  t.equal(faultOf(plain), null);
  t.match(faultOf(plain.replace('"amount":"1.50"', '"amount":"1.00","amount":"1.50"')), fault);
  t.match(faultOf(plain.replace('[{', '[ {')), fault);
});

t.test('any text and any JSON is read or said to be wrong, and what is read is the text it came from', async (t) => {
  const read = (text: string) => {
    const parsed = parseLeaf(text);
    return isFault(parsed) ? parsed.fault.en.length > 0 : JSON.stringify(parsed) === text;
  };
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.json({ noUnicodeString: false })), read));
  const paths = Object.keys(leaf) as (keyof typeof leaf)[];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (field, value) =>
      read(JSON.stringify({ ...leaf, [field]: value })),
    ),
  );
  // Any character of a leaf replaced by any other: what is still a leaf says so in its one way.
  const text = JSON.stringify(leaf);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, by) =>
      read(text.slice(0, at) + by + text.slice(at + 1)),
    ),
    { numRuns: 500 },
  );
  t.pass('none threw');
});
