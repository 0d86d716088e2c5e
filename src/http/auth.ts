/**
 * Who is asking, and may they: every route says which roles may use it, or that it is public; a route that says neither stops
 * the service from starting. What of a ledger a role may see is for the domain to say.
 */
import fastifyJwt from '@fastify/jwt';
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteOptions } from 'fastify';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { bearerChallenge } from './error-handler.js';
import { issuerOf, type PeopleVerifier } from './people.js';
import { addressOf, FixedWindow } from './rate-limit.js';
import { type Principal, principalOf, type Role, type TokenKeys } from './tokens.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The roles that may use the route. */
    roles?: readonly Role[];
    /** Anyone may use the route, without a token. */
    public?: true;
  }
  interface FastifyRequest {
    /** Who is asking. Reading it on a public route is a bug, and throws. */
    readonly principal: Principal;
    session: Session | null;
  }
}

/** A token that was found good, and until when. */
export interface Session {
  readonly principal: Principal;
  /** `ledger subject`: whom the rate limit counts. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface AuthOptions {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly clock: Clock;
  /** Verifies the tokens of an OpenID provider; see people.ts. */
  readonly people?: PeopleVerifier | undefined;
  /** Paths of plugins whose routes cannot say that they are public, such as `/docs`. */
  readonly publicPrefixes?: readonly string[];
  /** Bad tokens a minute and address, before new ones from there are not even looked at: verifying one costs 0.14 ms. */
  readonly badTokenLimit?: number;
}

/** Guards every route that follows. Throws when a route is there already, for it would be unguarded. */
export async function registerAuth(app: FastifyInstance, options: AuthOptions): Promise<void> {
  if (app.printRoutes().trim() !== '(empty tree)') throw new Error('the guard must be registered before any route');
  app.decorateRequest('session', null);
  app.decorateRequest('principal', { getter: readPrincipal });
  if (!app.hasRequestDecorator('client')) app.decorateRequest('client', undefined);
  await app.register(fastifyJwt, {
    secret: {
      private: options.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      public: options.keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    sign: { algorithm: 'EdDSA' },
    verify: { algorithms: ['EdDSA'], allowedIss: options.issuer, requiredClaims: ['exp'] },
    decoratorName: 'jwtClaims',
  });
  const guard = new Guard(app, options);
  app.addHook('onRoute', (route) => guard.watch(route));
}

function readPrincipal(this: FastifyRequest): Principal {
  if (this.session === null) throw new Error('request.principal was read on a public route');
  return this.session.principal;
}

/** Sessions kept at most: more tokens than a county has devices in use within one token's life. */
const maxSessions = 20_000;

class Guard {
  /**
   * By the whole Authorization header: a token is verified once, then looked up. fast-jwt has such a cache, but hashes the
   * token for every look-up (5.9 µs against 0.7 µs). Only good tokens enter, so that bad ones cannot push them out.
   */
  private readonly sessions = new Map<string, Session>();
  private readonly badTokens: FixedWindow;

  constructor(
    private readonly app: FastifyInstance,
    private readonly options: AuthOptions,
  ) {
    this.badTokens = new FixedWindow(options.badTokenLimit ?? 6_000, options.clock);
  }

  /** Puts the guard before everything else a route does. */
  watch(route: RouteOptions): void {
    const { roles, public: isPublic } = route.config ?? {};
    if (roles && isPublic) throw new Error(`${route.method} ${route.url} has roles and is public: which?`);
    if (isPublic || this.options.publicPrefixes?.some((prefix) => isBelow(route.url, prefix))) return;
    if (!roles || roles.length === 0)
      throw new Error(`${route.method} ${route.url} says neither its roles nor that it is public`);
    route.onRequest = [this.hookFor(roles), ...[route.onRequest ?? []].flat()];
  }

  /** Refuses: `unauthenticated`, `forbidden`, `rate_limited` (too many bad tokens), `ledger_unavailable` (no keys from the provider). */
  private hookFor(roles: readonly Role[]) {
    return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
      const header = request.raw.headers.authorization;
      const session = header === undefined ? undefined : this.sessions.get(header);
      if (session !== undefined && this.options.clock() < session.expiresAt) {
        admit(session, roles, request, done);
        return;
      }
      this.open(header, request).then(
        (opened) => admit(opened, roles, request, done),
        (error: Error) => {
          if (error instanceof Refusal && error.code === 'unauthenticated' && header !== undefined) {
            reply.header('www-authenticate', `${bearerChallenge}, error="invalid_token"`);
          }
          done(error);
        },
      );
    };
  }

  /** A token not seen before. Asynchronous, because the provider's keys may have to be fetched. */
  private async open(header: string | undefined, request: FastifyRequest): Promise<Session> {
    if (header === undefined) throw new Refusal('unauthenticated', 'Send a token: Authorization: Bearer <token>.');
    const address = addressOf(request);
    if (this.badTokens.exhausted(address)) {
      const retryAfterSeconds = this.badTokens.secondsLeft();
      throw new Refusal('rate_limited', 'Too many bad tokens came from this address.', { retryAfterSeconds });
    }
    try {
      const session = await this.verify(header);
      this.remember(header, session);
      return session;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unauthenticated') this.badTokens.take(address);
      throw error;
    }
  }

  private async verify(header: string): Promise<Session> {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
    if (token === undefined) throw new Refusal('unauthenticated', 'The Authorization header is not a bearer token.');
    const { people } = this.options;
    const claims = people && issuerOf(token) === people.issuer ? await people.verify(token) : this.verifyOwn(token);
    const principal = principalOf(claims);
    const expires = claims['exp'];
    if (!principal || typeof expires !== 'number') {
      throw new Refusal('unauthenticated', 'The token does not say who it speaks for: sub, role, ledger, exp.');
    }
    return { principal, client: `${principal.ledger} ${principal.subject}`, expiresAt: expires * 1_000 };
  }

  private verifyOwn(token: string): Record<string, unknown> {
    try {
      return this.app.jwt.verify<Record<string, unknown>>(token, {
        ...this.app.jwt.options.verify,
        clockTimestamp: this.options.clock(),
      });
    } catch (error) {
      const expired = error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED';
      throw new Refusal('unauthenticated', expired ? 'The token has expired.' : 'The token is not valid.');
    }
  }

  private remember(header: string, session: Session): void {
    if (this.sessions.size >= maxSessions) {
      const oldest = this.sessions.keys().next();
      if (!oldest.done) this.sessions.delete(oldest.value);
    }
    this.sessions.set(header, session);
  }
}

function admit(session: Session, roles: readonly Role[], request: FastifyRequest, done: HookHandlerDoneFunction): void {
  if (!roles.includes(session.principal.role)) {
    done(
      new Refusal('forbidden', `The role ${session.principal.role} may not do this; it takes ${roles.join(' or ')}.`),
    );
    return;
  }
  request.session = session;
  request.client = session.client;
  done();
}

function isBelow(url: string, prefix: string): boolean {
  return url === prefix || url.startsWith(`${prefix}/`);
}
