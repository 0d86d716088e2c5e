/** Guarantees of sealing: only the right key opens, only for whom and for what it was sealed, and equal numbers look alike to nobody else. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import type { MasterKey } from '../../../src/master-keys.js';
import { requireNationalId } from '../../../src/timebank/people/personal-data/national-id.js';
import { PersonalKeys } from '../../../src/timebank/people/personal-data/personal-keys.js';
import {
  lookupOf,
  newPersonKey,
  openValue,
  sealValue,
  unwrapPersonKey,
  wrapPersonKey,
} from '../../../src/timebank/people/personal-data/seal.js';
import { masked } from '../../../src/timebank/people/personal-data/shown-fields.js';

const owner = { ledger: 'xinchang', memberId: 'M1' };

t.test('what is sealed opens to the same text, whatever it is, and never looks the same twice', async (t) => {
  const opens = fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
    const text = Buffer.from(value).toString();
    const key = newPersonKey();
    const sealed = sealValue(key, owner, 'address', text);
    return openValue(key, owner, 'address', sealed) === text && sealed !== sealValue(key, owner, 'address', text);
  });
  t.doesNotThrow(() => fc.assert(opens));
});

t.test(
  'a ciphertext that was changed, moved to another field, person or ledger, or meets another key opens nothing',
  async (t) => {
    const key = newPersonKey();
    const sealed = sealValue(key, owner, 'phone', '13900000001');
    const changed = Buffer.from(sealed, 'base64url');
    for (const at of [0, 12, changed.length - 1]) {
      const copy = Buffer.from(changed);
      copy[at] = (copy[at] ?? 0) ^ 1;
      t.throws(() => openValue(key, owner, 'phone', copy.toString('base64url')), `byte ${at}`);
    }
    t.throws(() => openValue(key, owner, 'address', sealed));
    t.throws(() => openValue(key, { ...owner, memberId: 'M2' }, 'phone', sealed));
    t.throws(() => openValue(key, { ...owner, ledger: 'tiantai' }, 'phone', sealed));
    t.throws(() => openValue(newPersonKey(), owner, 'phone', sealed));
    const master = randomBytes(32);
    const wrapped = wrapPersonKey(master, owner, key);
    t.same(unwrapPersonKey(master, owner, wrapped), key);
    t.throws(() => unwrapPersonKey(master, { ...owner, memberId: 'M2' }, wrapped));
    t.throws(() => unwrapPersonKey(randomBytes(32), owner, wrapped));
  },
);

t.test(
  'equal numbers have equal look-ups however they are written, in one ledger, for one field, under one key',
  async (t) => {
    const key = randomBytes(32);
    const phone = lookupOf(key, 'xinchang', 'phone', '13912345678');
    for (const written of ['+86 139-1234-5678', '139 1234 5678', '+8613912345678'])
      t.equal(lookupOf(key, 'xinchang', 'phone', written), phone, written);
    const others = [
      lookupOf(key, 'xinchang', 'phone', '13912345679'),
      lookupOf(key, 'tiantai', 'phone', '13912345678'),
      lookupOf(key, 'xinchang', 'national_id', '13912345678'),
      lookupOf(randomBytes(32), 'xinchang', 'phone', '13912345678'),
    ];
    t.notOk(others.includes(phone));
  },
);

t.test(
  'keys wrapped by an older generation open, are wrapped anew by the newest, and fail loudly once theirs is gone',
  async (t) => {
    const kept: MasterKey[] = [{ generation: 1, key: randomBytes(32) }];
    const keys = new PersonalKeys(randomBytes(32), () => [...kept]);
    const { key, row } = keys.newKey(owner, 1);
    t.equal(row.generation, 1);
    kept.unshift({ generation: 2, key: randomBytes(32) });
    t.equal(keys.newKey(owner, 1).row.generation, 1, 'until they are read again');
    const elsewhere = new PersonalKeys(randomBytes(32), () => [...kept]).newKey(owner, 1);
    t.same(keys.open(owner, elsewhere.row), elsewhere.key, 'a generation that was not known is read when it is needed');
    const again = keys.rewrap(owner, row, 1);
    t.equal(again.generation, 2);
    t.same(keys.open(owner, again), key);
    kept.pop();
    keys.refresh();
    t.same(keys.open(owner, again), key);
    t.throws(() => keys.open(owner, row), /generation 1 is not kept any more/);
    t.equal(keys.open(owner, { generation: null, wrapped: null }), null, 'a destroyed key opens nothing');
  },
);

t.test('a mask shows no more of a number than its ends, and of a text nothing', async (t) => {
  t.equal(masked('phone', '13912345678'), '139****5678');
  t.equal(masked('phone', '+86 139-1234-5678'), '139****5678');
  t.equal(masked('phone', '86123456'), '****56');
  t.equal(masked('national_id', '330624194902200027'), '****************27');
  t.equal(masked('address', '东溪社区'), '***');
});

t.test(
  'the example of GB 11643 and its X pass, any other check digit does not, and the day of birth must agree',
  async (t) => {
    for (const number of ['11010519491231002X', '440524188001010014']) {
      t.doesNotThrow(() => requireNationalId(number, null), number);
      for (const digit of '0123456789X') {
        if (digit === number[17]) continue;
        t.throws(() => requireNationalId(number.slice(0, 17) + digit, null), { code: 'national_id_invalid' }, digit);
      }
    }
    t.doesNotThrow(() => requireNationalId('11010519491231002X', '1949-12-31'));
    t.throws(() => requireNationalId('11010519491231002X', '1949-12-30'), { code: 'national_id_invalid' });
  },
);
