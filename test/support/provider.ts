/** An OpenID provider of a test's own, and the service that believes it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Test } from 'tap';
import { testApp } from './app.js';
import { settle } from './story.js';

/** The service with an OpenID provider, and tokens of it for coordinators of the county. */
export async function withProvider(t: Test) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  const provider = createServer((_request, response) => void response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  t.teardown(() => provider.close());
  const OIDC_JWKS_URL = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
  const OIDC_ISSUER = 'https://id.example';
  const app = await testApp(t, {
    settings: { OIDC_ISSUER, OIDC_JWKS_URL, OIDC_AUDIENCE: 'us', OIDC_ROLES: 'coordinator,operator' },
  });
  await settle(app.lane);
  const signIn = (sub: string, more: object = {}) =>
    new SignJWT({ role: 'coordinator', ledger: 'xinchang', org_unit: 'XC', ...more })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(OIDC_ISSUER)
      .setAudience('us')
      .setSubject(sub)
      .setExpirationTime(app.built.service.clock() / 1_000 + 60)
      .sign(privateKey);
  return { ...app, signIn };
}
