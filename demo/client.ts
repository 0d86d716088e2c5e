/** The demo's HTTP client: what a partner's or an auditor's own program would do, with a fresh Idempotency-Key for each POST. */
import { randomUUID } from 'node:crypto';
import { StartError } from '#src/db/connect.js';
import type { Language } from '#src/lib/language.js';

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

export class Client {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly language: Language,
  ) {}

  async get<Body>(path: string): Promise<Body> {
    const { status, body } = await this.send<Body>('GET', path);
    if (status !== 200) throw unexpected(`GET ${path}`, status, body);
    return body;
  }

  /** The answer, whatever its status: a refusal is for the caller to judge. */
  post<Body>(path: string, body?: object): Promise<Answer<Body>> {
    return this.send('POST', path, body === undefined ? undefined : JSON.stringify(body), 'application/json');
  }

  /** Posts and expects success. */
  async must<Body>(path: string, body?: object): Promise<Body> {
    return this.accepted(path, await this.post<Body>(path, body));
  }

  /** Uploads a CSV file and expects success. */
  async upload<Body>(path: string, bytes: Uint8Array): Promise<Body> {
    return this.accepted(path, await this.send<Body>('POST', path, bytes, 'text/csv'));
  }

  private accepted<Body>(path: string, { status, body }: Answer<Body>): Body {
    if (status >= 300) throw unexpected(`POST ${path}`, status, body);
    return body;
  }

  private async send<Body>(
    method: string,
    path: string,
    body?: string | Uint8Array,
    type?: string,
  ): Promise<Answer<Body>> {
    const request = {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'accept-language': this.language,
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...(body !== undefined && type !== undefined && { 'content-type': type }),
      },
      ...(body !== undefined && { body }),
    };
    for (;;) {
      const response = await fetch(new URL(path, this.url), request);
      const answered = (await response.json()) as Body;
      // 202: it has become a job. The same request under its key waits on, and is answered with what became of it.
      if (response.status !== 202) return { status: response.status, body: answered };
    }
  }
}

/** The demo goes on only upon success: what the service said to a request instead. */
export function unexpected(request: string, status: number, body: unknown): StartError {
  const answer = `${status} ${JSON.stringify(body)}`;
  return new StartError({ en: `${request} answered ${answer}`, zh: `${request} 返回 ${answer}` });
}

/** A partner's token by client credentials (RFC 6749, section 4.4). */
export async function clientToken(url: string, clientId: string, clientSecret: string): Promise<string> {
  const response = await fetch(new URL('/oauth/token', url), {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw unexpected('POST /oauth/token', response.status, body);
  return body.access_token;
}
