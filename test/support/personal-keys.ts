/** The keys of personal data in tests: one master key, and the secret of which the key of look-ups comes, the same in a test's processes. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { lookupKeyOf } from '../../src/keys.js';
import type { MasterKey } from '../../src/master-keys.js';
import { PersonalKeys } from '../../src/timebank/people/personal-data/personal-keys.js';

export const testMasterKeys: readonly MasterKey[] = [{ generation: 1, key: randomBytes(32) }];
export const testSecret = generateKeyPairSync('ed25519').privateKey;
export const personalKeys = new PersonalKeys(lookupKeyOf(testSecret), () => testMasterKeys);
