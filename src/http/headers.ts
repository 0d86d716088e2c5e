/**
 * The security headers of JSON answers: few, fixed, and set without @fastify/helmet, which works out its headers for every
 * request in asynchronous hooks. The pages under /docs are for browsers and do get helmet; see openapi.ts.
 */
import type { FastifyInstance } from 'fastify';

/**
 * No answer from here on may be sniffed; what a browser could open or a cache keep may be neither framed nor kept, unless its
 * route says otherwise. The answer to a POST is neither, and every header costs it a microsecond.
 */
export function registerHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (request.raw.method !== 'POST') {
      reply.header('cache-control', 'no-store');
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    }
    done();
  });
}
