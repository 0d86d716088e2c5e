/** The requests of the load generator as bytes to be sent: heads are made once, bodies are joined from what varies. */
import { randomBytes } from 'node:crypto';
import { orderWriter } from './load-orders.js';
import type { LoadStream } from './load-protocol.js';
import { coinsAccount, helperId, hotAccount, hotCount, memberId } from './names.js';
import type { RequestWriter } from './request-writer.js';

const bulkSize = 1_000;

/** The writer of one connection. */
export function writerOf(host: string, stream: LoadStream, connection: number): RequestWriter {
  const token = stream.tokens[connection % stream.tokens.length];
  const head = (method: string, path: string) =>
    `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n`;
  const one = { readsBody: false, expectedStatus: 201, entriesIn: () => 1 };
  const none = { readsBody: false, expectedStatus: 200, entriesIn: () => 0 };
  const { population } = stream;
  switch (stream.kind) {
    case 'posting':
      return { ...one, next: poster(head('POST', '/v1/entries'), () => entry(population)) };
    case 'bulk': {
      const body = () => `{"entries":[${Array.from({ length: bulkSize }, () => entry(population)).join(',')}]}`;
      return {
        next: poster(head('POST', '/v1/entries/bulk'), body),
        readsBody: true,
        expectedStatus: 200,
        entriesIn: countOf('{"status":201,'),
      };
    }
    case 'intake': {
      const run = randomBytes(5).toString('hex');
      let count = 0;
      const item = () => occurrences(`${run}-${++count}`, population);
      const body = () => `{"batch":"${run}","items":[${Array.from({ length: bulkSize }, item).join(',')}]}`;
      return {
        next: poster(head('POST', '/v1/intake/service-counts/bulk'), body),
        readsBody: true,
        expectedStatus: 200,
        entriesIn: countOf('{"status":200,'),
      };
    }
    case 'redemption': {
      const run = randomBytes(5).toString('hex');
      let count = 0;
      return {
        ...one,
        next: poster(head('POST', '/v1/redemptions'), () => redemption(`${run}-${++count}`, population)),
      };
    }
    case 'order':
      return orderWriter(host, stream, connection);
    case 'balance':
      return { ...none, next: () => `${head('GET', `/v1/accounts/${someAccount(population)}/balance`)}\r\n` };
    case 'statement':
      return {
        ...none,
        next: () => `${head('GET', `/v1/accounts/${someAccount(population)}/statement?limit=50`)}\r\n`,
      };
    case 'health':
      return { ...none, next: () => `${head('GET', '/healthz')}\r\n` };
    case 'pages':
      return { ...none, ...pageTurner(stream.paths ?? [], (path) => `${head('GET', path)}\r\n`) };
  }
}

/** POSTs with a fresh Idempotency-Key each. Bodies are ASCII: their length is their number of bytes. */
function poster(head: string, body: () => string): () => string {
  const start = `${head}content-type: application/json\r\nidempotency-key: ${randomBytes(8).toString('hex')}-`;
  let count = 0;
  return () => {
    const text = body();
    count += 1;
    return `${start}${count}\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  };
}

/** Reads lists from the first page to the last, over and over. */
function pageTurner(
  paths: readonly string[],
  get: (path: string) => string,
): Pick<RequestWriter, 'next' | 'hear' | 'readsBody'> {
  let [list, cursor] = [0, ''];
  return {
    readsBody: true,
    next: () => get(`${paths[list % paths.length]}${cursor}`),
    hear: (body) => {
      const next = /"next_cursor":"([^"]+)"/.exec(body)?.[1];
      cursor = next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`;
      if (next === undefined) list += 1;
    },
  };
}

/** 0.01 to 9.99 coins from one of the hot accounts to any member. */
function entry(population: number): string {
  const amount = (below(999) + 1) / 100;
  return `{"kind":"transfer","legs":[{"debit":"${hotAccount(below(hotCount))}","credit":"${coinsAccount(below(population))}","amount":"${amount.toFixed(2)}"}]}`;
}

function redemption(reference: string, population: number): string {
  return `{"partner_reference":"${reference}","member":"${memberId(below(population))}","points":"${below(9) + 1}","capture":true}`;
}

/** 1 to 9 acts of any of those who serve, yesterday or the day before. */
function occurrences(id: string, population: number): string {
  const day = new Date(Date.now() - (16 + 24 * below(2)) * 3_600_000).toISOString().slice(0, 10);
  return `{"external_id":"${id}","member":"${helperId(below(population))}","occurred_on":"${day}","occurrences":${below(9) + 1}}`;
}

/** Mostly members', one in ten a hot account with its long statement. */
function someAccount(population: number): string {
  return below(10) === 0 ? hotAccount(below(hotCount)) : coinsAccount(below(population));
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}

/** How many results of an answer to many begin so. */
function countOf(mark: string): (body: string) => number {
  return (body) => {
    let count = 0;
    for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) count += 1;
    return count;
  };
}
