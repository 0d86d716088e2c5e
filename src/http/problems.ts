/**
 * Refusals, and what goes wrong before the domain is asked, as RFC 9457 problems in a language. It does not know how a reply is
 * sent.
 */
import { inLanguage, type Language, type Words } from '../lib/language.js';
import type { FieldError, Refusal, RefusalCode } from '../lib/refusal.js';
import { type DoorCode, isProblemCode, kindOf, type ProblemCode } from './problem-kinds.js';

export const problemType = 'application/problem+json';

export interface RenderedProblem {
  readonly status: number;
  /** The JSON text of the problem. */
  readonly body: string;
}

/** The problem that answers a refusal, in a language. `requestId` lets support find the request in the log. */
export function renderProblem(refusal: Refusal, requestId: string, language: Language): RenderedProblem {
  return render(refusal.code, refusal.detail, { requestId, language }, refusal.facts.errors);
}

/** The problem for what went wrong before the domain was asked. */
export function renderDoorProblem(
  code: DoorCode,
  detail: Words,
  requestId: string,
  language: Language,
): RenderedProblem {
  return render(code, detail, { requestId, language }, undefined);
}

/** Seconds for Retry-After where waiting helps; undefined where it does not. */
export function retryAfterOf(refusal: Refusal): number | undefined {
  const { retryAfterSeconds } = refusal.facts;
  if (retryAfterSeconds !== undefined) return Math.max(1, Math.ceil(retryAfterSeconds));
  return defaultRetryAfterSeconds[refusal.code];
}

const defaultRetryAfterSeconds: Partial<Record<RefusalCode, number>> = {
  ledger_busy: 1,
  ledger_unavailable: 2,
  storage_full: 30,
  idempotency_key_in_flight: 1,
  reconciliation_running: 2,
  rate_limited: 60,
};

const inside = /^\{"type":"urn:timeledger:problem:(\w+)","title":"([^"]*)"/;

/** The code of a problem from its text. */
export function codeOfProblem(body: string): string | undefined {
  return inside.exec(body)?.[1];
}

/** The language of a problem from its text: one that was remembered stays in that of its first answer. */
export function languageOfProblem(body: string): Language {
  const [, code = '', title] = inside.exec(body) ?? [];
  return isProblemCode(code) && title === kindOf(code).title.zh ? 'zh' : 'en';
}

/** The members that are the same for every problem of a code, written once: refusals come by the thousand on a bad day. */
const heads: Readonly<Record<Language, Map<ProblemCode, { status: number; text: string }>>> = {
  en: new Map(),
  zh: new Map(),
};

function headOf(code: ProblemCode, language: Language): { status: number; text: string } {
  let head = heads[language].get(code);
  if (!head) {
    const { status, title } = kindOf(code);
    const text = JSON.stringify({ type: `urn:timeledger:problem:${code}`, title: title[language], status, code });
    head = { status, text: text.slice(0, -1) };
    heads[language].set(code, head);
  }
  return head;
}

function render(
  code: ProblemCode,
  detail: Words,
  { requestId, language }: { readonly requestId: string; readonly language: Language },
  errors: readonly FieldError[] | undefined,
): RenderedProblem {
  const { status, text } = headOf(code, language);
  const tail = errors && errors.length > 0 ? `,"errors":${JSON.stringify(inLanguage(errors, language))}` : '';
  return {
    status,
    body: `${text},"detail":${JSON.stringify(detail[language])},"request_id":${JSON.stringify(requestId)}${tail}}`,
  };
}
