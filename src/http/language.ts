/**
 * Which language an answer's words are in: what the Accept-Language header prefers of Chinese and English, or the deployment's
 * default. Asked only when there are words to say, so that an answer without any costs nothing.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { type Language, languages } from '../lib/language.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** For who prefers neither language, or says nothing. */
    defaultLanguage?: Language;
  }
}

export function registerLanguage(app: FastifyInstance, language: Language): void {
  app.decorate('defaultLanguage', language);
}

/** The language of a server's answers to nobody in particular. */
export function defaultLanguageOf(app: FastifyInstance): Language {
  return app.defaultLanguage ?? 'en';
}

/** The language of an answer to a request. */
export function languageOf(request: FastifyRequest): Language {
  const fallback = defaultLanguageOf(request.server);
  const header = request.headers['accept-language'];
  if (header === undefined) return fallback;
  // Of two that are liked equally, as by `*`, the first is taken.
  const offered = [fallback, ...languages.filter((language) => language !== fallback)];
  const [best] = new Negotiator({ headers: { 'accept-language': header } }).languages(offered);
  return languages.find((language) => language === best) ?? fallback;
}

/** Says of an answer with words which language they are in, and that another request may get another. */
export function sayLanguage(reply: FastifyReply, language: Language): void {
  const varies = String(reply.getHeader('vary') ?? '');
  reply.header('content-language', language);
  if (!varies.includes('accept-language'))
    reply.header('vary', varies === '' ? 'accept-language' : `${varies}, accept-language`);
}

/** The language of an answer that has words, said in its headers. */
export function answerLanguage(request: FastifyRequest, reply: FastifyReply): Language {
  const language = languageOf(request);
  sayLanguage(reply, language);
  return language;
}
