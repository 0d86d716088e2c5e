/**
 * What Fastify is told when it is made: limits, ids, logging, and problems for what never becomes a request. It knows no
 * route and no plugin.
 */
import type { FastifyServerOptions } from 'fastify';
import type { Config } from '../config.js';
import { logOptions } from '../lib/log.js';
import { clientErrorHandler, frameworkErrorHandler } from './error-handler.js';
import { lazyRequestLogger, RequestLog, requestIds } from './request-log.js';

/** Options for `Fastify(...)`. */
export function fastifyOptions(config: Pick<Config, 'logLevel' | 'bodyLimit' | 'trustProxy'>): FastifyServerOptions {
  const newId = requestIds();
  return {
    logger: {
      ...logOptions(config.logLevel),
      serializers: { ...logOptions(config.logLevel).serializers, ...noPersonalData },
    },
    logController: new RequestLog({ requestIdLogLabel: 'request_id' }),
    childLoggerFactory: lazyRequestLogger,
    genReqId: newId,
    bodyLimit: config.bodyLimit,
    ...(config.trustProxy !== undefined && { trustProxy: config.trustProxy }),
    frameworkErrors: frameworkErrorHandler,
    clientErrorHandler: clientErrorHandler(newId),
    // While closing, requests on open connections are still answered: by the routes, so that they get problems too.
    return503OnClosing: false,
    // A slow sender holds a connection, not a thread; a minute is long enough for 1 MiB on a village's line.
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false, caseSensitive: true },
  };
}

/** Fastify's own serializers show addresses, hosts and queries; ours show where to look. */
const noPersonalData = {
  req: (request: { method: string; url?: string | undefined }) => ({
    method: request.method,
    path: request.url?.split('?', 1)[0],
  }),
  res: (reply: { statusCode: number }) => ({ statusCode: reply.statusCode }),
};
