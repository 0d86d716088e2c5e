/**
 * How requests appear in the log: not at all while they succeed, unless the level is debug; failures with their id, route and
 * time. Paths are logged without their queries, which hold names; bodies and headers never are.
 */
import { randomBytes } from 'node:crypto';
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';

/** Ids that are unique among processes and cheap: a random word for the process, then a count. */
export function requestIds(): () => string {
  const prefix = randomBytes(5).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

/** Fastify's own log lines: one a request at debug, failed ones at error, nothing on arrival. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    if (error) reply.log.warn({ err: error, ...lineOf(request, reply) }, 'response not delivered');
    else if (reply.statusCode >= 500) reply.log.error(lineOf(request, reply), 'request failed');
    else if (request.server.log.level === 'debug' || request.server.log.level === 'trace') {
      reply.log.debug(lineOf(request, reply), 'request completed');
    }
  }

  override routeNotFound(): void {}
}

function lineOf(request: FastifyRequest, reply: FastifyReply) {
  return {
    method: request.method,
    path: request.url.split('?', 1)[0],
    route: request.routeOptions.url,
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime * 10) / 10,
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
