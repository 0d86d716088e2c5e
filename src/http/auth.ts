/**
 * Who is asking, and may they: every route says which roles may use it, or that it is public; a route that says neither stops
 * the service from starting. What of a ledger a role may see is for the domain to say.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteOptions } from 'fastify';
import type { Clock } from '../lib/clock.js';
import { Refusal } from '../lib/refusal.js';
import { bearerChallenge } from './error-handler.js';
import { issuerOf, type PeopleVerifier } from './people.js';
import { type Session, Sessions } from './sessions.js';
import type { SignInFailures } from './sign-in-failures.js';
import { isCanonical, type Opened, openToken, type Principal, type Role, type TokenKeyring } from './tokens.js';

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

export interface AuthOptions {
  readonly keys: TokenKeyring;
  readonly issuer: string;
  readonly clock: Clock;
  readonly sessions?: Sessions;
  readonly failures: SignInFailures;
  /** Whether a client's credentials have ended; its tokens then have, too. */
  readonly hasEnded?: (ledger: string, clientId: string) => boolean;
  /** Verifies the tokens of an OpenID provider; see people.ts. */
  readonly people?: PeopleVerifier | undefined;
  /** Paths of plugins whose routes cannot say that they are public, such as `/docs`. */
  readonly publicPrefixes?: readonly string[];
}

/** Guards every route that follows. Throws when a route is there already, for it would be unguarded. */
export function registerAuth(app: FastifyInstance, options: AuthOptions): void {
  if (app.printRoutes().trim() !== '(empty tree)') throw new Error('the guard must be registered before any route');
  app.decorateRequest('session', null);
  app.decorateRequest('principal', { getter: readPrincipal });
  if (!app.hasRequestDecorator('client')) app.decorateRequest('client', undefined);
  const guard = new Guard(options);
  app.addHook('onRoute', (route) => guard.watch(route));
}

function readPrincipal(this: FastifyRequest): Principal {
  if (this.session === null) throw new Error('request.principal was read on a public route');
  return this.session.principal;
}

const scheme = 'Bearer ';

class Guard {
  private readonly sessions: Sessions;

  constructor(private readonly options: AuthOptions) {
    this.sessions = options.sessions ?? new Sessions();
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
      // The one spelling that clients use; others are read below, and come to the same token.
      const token = header?.startsWith(scheme) ? header.slice(scheme.length) : undefined;
      const session = token === undefined ? undefined : this.sessions.find(token, this.options.clock());
      if (session !== undefined) {
        admit(session, roles, request, done);
        return;
      }
      this.open(header).then(
        (opened) => admit(opened, roles, request, done),
        (error: Error) => done(header === undefined ? error : this.failed(error, request, reply)),
      );
    };
  }

  private failed(error: Error, request: FastifyRequest, reply: FastifyReply): Error {
    if (!(error instanceof Refusal) || error.code !== 'unauthenticated') return error;
    reply.header('www-authenticate', `${bearerChallenge}, error="invalid_token"`);
    return this.options.failures.answer(request, 'token', '', error);
  }

  /** A token not seen before. Asynchronous, because the provider's keys may have to be fetched. */
  private async open(header: string | undefined): Promise<Session> {
    if (header === undefined)
      throw new Refusal('unauthenticated', {
        en: 'Send a token: Authorization: Bearer <token>.',
        zh: '请提供令牌：Authorization: Bearer <token>。',
      });
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
    if (token === undefined)
      throw new Refusal('unauthenticated', {
        en: 'The Authorization header is not a bearer token.',
        zh: 'Authorization 请求头不是 Bearer 令牌。',
      });
    // The rest of a token is signed as it is spelt.
    if (!isCanonical(token.slice(token.lastIndexOf('.') + 1)))
      throw new Refusal('unauthenticated', { en: 'The token is not valid.', zh: '令牌无效。' });
    const known = this.sessions.find(token, this.options.clock());
    if (known) return known;
    const { principal, expiresAt } = await this.verify(token);
    if (principal.client !== undefined && this.options.hasEnded?.(principal.ledger, principal.client)) {
      throw new Refusal('unauthenticated', {
        en: 'The credentials that the token was issued for have ended.',
        zh: '此令牌所依据的凭据已终止。',
      });
    }
    const { ledger, role, subject } = principal;
    const session = { principal, expiresAt, client: `${ledger} ${role} ${subject}` };
    this.sessions.remember(token, session);
    return session;
  }

  private verify(token: string): Opened | Promise<Opened> {
    const { people, keys, issuer, clock } = this.options;
    return people && issuerOf(token) === people.issuer ? people.open(token) : openToken(keys, token, issuer, clock);
  }
}

function admit(session: Session, roles: readonly Role[], request: FastifyRequest, done: HookHandlerDoneFunction): void {
  request.session = session;
  if (!roles.includes(session.principal.role)) {
    done(
      new Refusal('forbidden', {
        en: `The role ${session.principal.role} may not do this; it takes ${roles.join(' or ')}.`,
        zh: `角色 ${session.principal.role} 无权进行此操作；须为 ${roles.join(' 或 ')}。`,
      }),
    );
    return;
  }
  request.client = session.client;
  done();
}

function isBelow(url: string, prefix: string): boolean {
  return url === prefix || url.startsWith(`${prefix}/`);
}
