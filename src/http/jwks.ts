/** The public keys of our tokens, for whoever wants to verify them. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { namedObject } from './named.js';
import type { TokenKeyring } from './tokens.js';

const text = (description: string, example: string) => Type.String({ description, examples: [example] });

const JsonWebKeySet = namedObject(
  'JsonWebKeySet',
  {
    keys: Type.Array(
      namedObject('JsonWebKey', {
        kty: text('Key type.', 'OKP'),
        crv: text('Curve.', 'Ed25519'),
        x: text('The public key, base64url.', '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'),
        kid: text(
          'The RFC 7638 thumbprint; `kid` in the header of a token.',
          'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
        ),
        alg: text('Algorithm.', 'EdDSA'),
        use: text('Always `sig`.', 'sig'),
      }),
    ),
  },
  {
    description: 'The keys (RFC 7517).',
    examples: [
      {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
            alg: 'EdDSA',
            use: 'sig',
          },
        ],
      },
    ],
  },
);

export function registerJwks(app: FastifyInstance, keys: TokenKeyring): void {
  app.get('/.well-known/jwks.json', {
    config: { public: true },
    schema: {
      operationId: 'getTokenKeys',
      summary: 'The keys that verify our tokens',
      description:
        'A JSON Web Key Set: the key that signs, and those it replaced while tokens of theirs may be about. Fetch it again when a token names a key that is not in it.',
      tags: ['system'],
      security: [],
      response: { 200: JsonWebKeySet },
    },
    handler: (_request, reply) => {
      reply
        .header('cache-control', 'public, max-age=300')
        .header('content-type', 'application/json')
        .send(JSON.stringify(keys.jwks));
    },
  });
}
