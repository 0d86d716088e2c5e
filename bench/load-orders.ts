/**
 * The requests of whole orders, one connection an order at a time: placed, offered, accepted, checked in and out, confirmed, approved. Each
 * order has a volunteer who has served in none before, so that no two services overlap; an hour's half is given, and half a coin minted.
 */
import { randomBytes } from 'node:crypto';
import type { LoadStream } from './load-protocol.js';
import { helperCount, helperId, neighbourCount, neighbourId } from './names.js';
import type { RequestWriter } from './request-writer.js';

/** Requests from an order to its approval, each an entry. */
export const orderRequests = 7;

const minute = 60_000;

/** The people of an order, with the heads that say who they are. */
interface Chain {
  readonly order: string;
  readonly neighbour: string;
  readonly helper: string;
  readonly asNeighbour: string;
  readonly asHelper: string;
  readonly asCoordinator: string;
}

interface Step {
  readonly as: string;
  readonly path: string;
  readonly status: number;
  readonly body?: string;
}

/** The stream's tokens: a coordinator's, then the neighbours', then the helpers'. */
export function orderWriter(host: string, stream: LoadStream, connection: number): RequestWriter {
  const run = randomBytes(6).toString('hex');
  const chains = chainsOf(stream, connection, run);
  let chain: Chain | undefined;
  let [at, offer, count] = [orderRequests, '', 0];
  let status = 201;
  let heard = true;
  return {
    readsBody: true,
    get expectedStatus() {
      return status;
    },
    entriesIn: () => 1,
    next: () => {
      // An order whose request failed is left as it is.
      if (at === orderRequests || !heard) {
        chain = nextOf(chains);
        at = 0;
      }
      const step = stepOf(chain as Chain, at, offer);
      status = step.status;
      heard = false;
      count += 1;
      return written(host, step, `${run}-${count}`);
    },
    hear: (body) => {
      if (at === 1) offer = /"id":"([^"]+)"/.exec(body)?.[1] ?? '';
      heard = true;
      at += 1;
    },
  };
}

function nextOf(chains: Iterator<Chain>): Chain {
  const next = chains.next();
  if (next.done) throw new Error('all helpers have served: measure for a shorter time');
  return next.value;
}

/** The orders of one connection: its share of the helpers, each once, and of the neighbours, in turn. */
function* chainsOf({ tokens, connections }: LoadStream, connection: number, run: string): Generator<Chain> {
  const neighbours = Math.floor(neighbourCount / connections);
  for (let i = 0; connection + i * connections < helperCount; i++) {
    const helper = connection + i * connections;
    const neighbour = connection * neighbours + (i % neighbours);
    yield {
      order: `${run}-${i}`,
      neighbour: neighbourId(neighbour),
      helper: helperId(helper),
      asCoordinator: tokens[0] ?? '',
      asNeighbour: tokens[1 + neighbour] ?? '',
      asHelper: tokens[1 + neighbourCount + helper] ?? '',
    };
  }
}

function stepOf(chain: Chain, at: number, offer: string): Step {
  const { order, neighbour, helper, asNeighbour, asHelper, asCoordinator } = chain;
  const path = `/v1/orders/${order}`;
  const steps: (() => Step)[] = [
    () => ({ as: asNeighbour, path: '/v1/orders', status: 201, body: placing(order, neighbour) }),
    () => ({ as: asCoordinator, path: `${path}/offers`, status: 201, body: `{"volunteer":"${helper}"}` }),
    () => ({ as: asHelper, path: `/v1/offers/${offer}/accept`, status: 200 }),
    () => ({ as: asHelper, path: `${path}/check-in`, status: 200, body: arriving(helper) }),
    () => ({ as: asHelper, path: `${path}/check-out`, status: 200, body: leaving(helper) }),
    () => ({ as: asNeighbour, path: `${path}/confirm`, status: 200, body: '{"rating":5}' }),
    () => ({ as: asCoordinator, path: `${path}/approve`, status: 200 }),
  ];
  const step = steps[at];
  if (!step) throw new Error(`an order takes ${orderRequests} requests`);
  return step();
}

/** It begins in a minute, for an order begins in the future. */
function placing(order: string, neighbour: string): string {
  const [start, end] = [Date.now() + minute, Date.now() + 31 * minute].map((time) => new Date(time).toISOString());
  const what = '"service_type":"errand","mode":"home"';
  return `{"external_id":"${order}","recipient":"${neighbour}",${what},"planned_start":"${start}","planned_end":"${end}"}`;
}

/** Half an hour ago, which is near enough to the plan and takes a reason. */
function arriving(helper: string): string {
  const at = new Date(Date.now() - 31 * minute).toISOString();
  return `{"volunteer":"${helper}","at":"${at}","proof":{"kind":"reported"},"reason":"no telephone"}`;
}

function leaving(helper: string): string {
  return `{"volunteer":"${helper}","proof":{"kind":"reported"}}`;
}

function written(host: string, { as, path, body }: Step, key: string): string {
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${as}\r\nidempotency-key: ${key}-orders\r\n`;
  if (body === undefined) return `${head}content-length: 0\r\n\r\n`;
  return `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
