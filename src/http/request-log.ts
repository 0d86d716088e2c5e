/**
 * How requests appear in the log: one line for each that wrote or was refused, with its id, route and time; reads that succeed
 * only at debug. A line says which route and which role, never whose data: no path, query, body, header, address or person.
 */
import { randomBytes } from 'node:crypto';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';

/** What else the line of a request says. */
export interface RequestNote {
  /** The code of the problem it was answered with. */
  code?: string | undefined;
  /** What a log-in that failed was tried with, and from which network. */
  signIn?: 'token' | 'client';
  network?: string;
  /** A command that was only tried. */
  dryRun?: true;
  /** The answer was given before. */
  replayed?: true;
}

declare module 'fastify' {
  interface FastifyRequest {
    note: RequestNote | null;
  }
}

/** Register it before anything that notes. */
export function registerRequestNotes(app: FastifyInstance): void {
  app.decorateRequest('note', null);
}

/** The note of a request, to be added to. */
export function noteOf(request: FastifyRequest): RequestNote {
  request.note ??= {};
  return request.note;
}

/** Ids that are unique among processes and cheap: a random word for the process, then a count. */
export function requestIds(): () => string {
  const prefix = randomBytes(5).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

/** Fastify's own log lines: one when a request is over, nothing on arrival. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    logRequest(error, request, reply);
  }

  override routeNotFound(): void {}
}

/** Logs a request that is over, if it is to be logged. */
export function logRequest(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
  const { log } = request.server;
  if (error) log.warn({ ...lineOf(request, reply), err: error }, 'response not delivered');
  else if (reply.statusCode >= 500) log.error(lineOf(request, reply), 'request failed');
  else if (request.note?.signIn !== undefined) log.warn(lineOf(request, reply), 'log-in failed');
  // No line is made up that the level would drop.
  else if (!telling.has(log.level)) return;
  else if (reply.statusCode >= 400) log.info(lineOf(request, reply), 'request refused');
  else if (!isRead(request.method)) log.info(lineOf(request, reply), 'request carried out');
  else if (log.level !== 'info') log.debug(lineOf(request, reply), 'request completed');
}

const telling: ReadonlySet<string> = new Set(['info', 'debug', 'trace']);

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function lineOf(request: FastifyRequest, reply: FastifyReply) {
  const { session, note } = request;
  return {
    request_id: request.id,
    method: request.method,
    // The pattern: what stands in its place may be a member.
    route: request.routeOptions.url ?? null,
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime * 10) / 10,
    ...(session && {
      ledger: session.principal.ledger,
      role: session.principal.role,
      client: session.principal.client,
    }),
    ...(note && {
      code: note.code,
      log_in: note.signIn,
      network: note.network,
      dry_run: note.dryRun,
      replayed: note.replayed,
    }),
  };
}

/**
 * Fastify makes a child logger for every request, though hardly any request logs: this one is made when it first does.
 * For the `childLoggerFactory` option.
 */
export function lazyRequestLogger(logger: FastifyBaseLogger, bindings: object): FastifyBaseLogger {
  return new LazyLogger(logger, bindings) as unknown as FastifyBaseLogger;
}

type Line = Parameters<FastifyBaseLogger['info']>;

class LazyLogger {
  private made: FastifyBaseLogger | undefined;

  constructor(
    private readonly parent: FastifyBaseLogger,
    private readonly bindings: object,
  ) {}

  private get logger(): FastifyBaseLogger {
    this.made ??= this.parent.child(this.bindings);
    return this.made;
  }

  get level(): string {
    return this.parent.level;
  }

  child(...args: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.logger.child(...args);
  }

  fatal(...line: Line): void {
    this.logger.fatal(...line);
  }

  error(...line: Line): void {
    this.logger.error(...line);
  }

  warn(...line: Line): void {
    this.logger.warn(...line);
  }

  info(...line: Line): void {
    this.logger.info(...line);
  }

  debug(...line: Line): void {
    this.logger.debug(...line);
  }

  trace(...line: Line): void {
    this.logger.trace(...line);
  }

  silent(): void {}
}
