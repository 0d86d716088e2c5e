/** Ed25519 keys in the forms of others, against the published vectors of RFC 8032 and RFC 8037. */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import t from 'tap';
import {
  generateEd25519,
  keyThumbprint,
  publicJwk,
  publicKeyFromRaw,
  rawPublicKey,
} from '../../../src/ledger/log/keys.js';

/** RFC 8037, appendix A.2 and A.3; the key of RFC 8032, section 7.1, test 1. */
const vectorX = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const vectorThumbprint = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

t.test('the JWK and thumbprint of the RFC 8037 key are the published ones', async (t) => {
  const key = publicKeyFromRaw(Buffer.from(vectorX, 'base64url'));
  t.equal(keyThumbprint(key), vectorThumbprint);
  t.same(publicJwk(key), {
    kty: 'OKP',
    crv: 'Ed25519',
    x: vectorX,
    kid: vectorThumbprint,
    alg: 'EdDSA',
    use: 'sig',
  });
});

t.test('both halves of a pair have the same raw public key and thumbprint', async (t) => {
  const privateKey = generateEd25519();
  const publicKey = createPublicKey(privateKey);
  t.equal(rawPublicKey(privateKey).length, 32);
  t.same(rawPublicKey(privateKey), rawPublicKey(publicKey));
  t.equal(keyThumbprint(privateKey), keyThumbprint(publicKey));
});

t.test('the JWK of a private key does not give the private half away', async (t) => {
  const privateKey = generateEd25519();
  t.equal(privateKey.type, 'private');
  t.notOk('d' in publicJwk(privateKey));
});

t.test('a key rebuilt from its raw bytes verifies what its pair has signed', async (t) => {
  const privateKey = generateEd25519();
  const rebuilt = publicKeyFromRaw(rawPublicKey(privateKey));
  const signature = sign(null, Buffer.from('text'), privateKey);
  t.ok(verify(null, Buffer.from('text'), rebuilt, signature));
  t.notOk(verify(null, Buffer.from('test'), rebuilt, signature));
});

t.test('two generated keys differ', async (t) => {
  t.notSame(rawPublicKey(generateEd25519()), rawPublicKey(generateEd25519()));
});

t.test('another kind of key, and another length, is refused', async (t) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  t.throws(() => rawPublicKey(publicKey), TypeError);
  t.throws(() => keyThumbprint(publicKey), TypeError);
  t.throws(() => publicKeyFromRaw(Buffer.alloc(31)), RangeError);
  t.throws(() => publicKeyFromRaw(Buffer.alloc(33)), RangeError);
});
