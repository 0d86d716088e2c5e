/** Guarantees of the generation that wraps keys of people: it stands in the books, and an older one wraps nothing any more. */
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'tap';
import { lookupKeyOf } from '../../../src/keys.js';
import type { MasterKey } from '../../../src/master-keys.js';
import { registerMember } from '../../../src/timebank/people/members.js';
import { rewrapKeys } from '../../../src/timebank/people/personal-data/key-rotation.js';
import { MasterKeyOutdated, PersonalKeys } from '../../../src/timebank/people/personal-data/personal-keys.js';
import { booksBalance, run } from '../../support/books.js';
import { testMasterKeys, testSecret } from '../../support/personal-keys.js';
import { county, person } from './county.js';

const two: MasterKey = { generation: 2, key: randomBytes(32) };
const applicant = (id: string) => ({ ...person(id, 'XC-01'), gender: 'female', talent_category: null }) as const;

test('once a rotation has begun, keys in memory are read again before they wrap; who has no newer one records nothing: 503', async (t) => {
  const app = await county(t);
  const lookupKey = lookupKeyOf(testSecret);
  const kept = [...testMasterKeys];
  const behind = new PersonalKeys(lookupKey, () => [...kept]);
  const rotating = new PersonalKeys(lookupKey, () => [two, ...testMasterKeys]);
  const register = (id: string, keys: PersonalKeys) =>
    run(app.lane, (stage) => registerMember(stage, applicant(id), keys));
  await register('M4', behind);
  await run(app.lane, (stage) => rewrapKeys(stage, rotating, ['M1', 'M2', 'M3', 'M4']));

  await t.rejects(register('M5', behind), MasterKeyOutdated);
  await t.rejects(
    run(app.lane, (stage) => rewrapKeys(stage, behind, ['M1'])),
    MasterKeyOutdated,
    'nor does an older rotation',
  );
  const request = { as: 'operator', body: person('M6', 'XC-01'), key: randomUUID() } as const;
  t.match(await app.post('/v1/members', request), { status: 503, body: { code: 'ledger_unavailable' } });
  t.same([...(await app.owner`select member_id from timebank.members where member_id in ('M5', 'M6')`)], []);

  kept.unshift(two);
  await register('M5', behind);
  const generations = await app.owner`select distinct generation from timebank.person_keys`;
  t.same([...generations], [{ generation: 2 }]);
  await booksBalance(t, app.owner);
});
