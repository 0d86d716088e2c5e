/** The client that asks for long work as a program would: with a key, and waiting for the job when it is told to. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stand } from '../stand.js';

export interface Client {
  get(path: string): Promise<unknown>;
  /** Posts, and asks again with the same key for as long as the answer is that it is under way. Text is sent as CSV. */
  post(path: string, body?: string | object): Promise<unknown>;
}

const pauseMilliseconds = 250;

/** A status of failure is thrown. */
export function clientOf({ service: { host, port }, token }: Stand, role: 'operator' | 'auditor'): Client {
  const authorization = `Bearer ${token(role, 'bench')}`;
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(`http://${host}:${port}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return { status: response.status, body: JSON.parse(text) as unknown };
  };
  return {
    get: async (path) => (await ask(path, { headers: { authorization } })).body,
    post: async (path, body) => {
      const headers = { authorization, 'idempotency-key': randomUUID(), ...typeOf(body) };
      const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
      for (;;) {
        const { status, body: answer } = await ask(path, { method: 'POST', headers, body: sent });
        if (status !== 202) return answer;
        await sleep(pauseMilliseconds);
      }
    },
  };
}

function typeOf(body: string | object | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': typeof body === 'string' ? 'text/csv; charset=utf-8' : 'application/json' };
}
