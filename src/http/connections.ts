/**
 * What a connection may take: there is a limit for each address and for all, so that idle ones cannot use up the process' descriptors, and
 * who does not read an answer is cut off. Proxies that are trusted stand for many clients and are bounded by the total alone.
 */
import type { Server, ServerResponse } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import type { Counter, Gauge } from 'prom-client';

export interface ConnectionLimits {
  /** Connections in all; 0: no limit. */
  readonly total: number;
  /** Connections from one address; 0: no limit. */
  readonly perAddress: number;
  /** Addresses and blocks that are not bounded each, as `TRUST_PROXY` lists them. */
  readonly proxies?: string | undefined;
  /** How long a connection may go without taking any of the answer that waits for it. */
  readonly stalledMilliseconds?: number;
}

export interface ConnectionMetrics {
  readonly connectionsOpen: Gauge;
  readonly connectionsRefused: Counter<'reason'>;
}

const stalledMilliseconds = 60_000;
const tellMilliseconds = 10_000;

/** Watches the connections of a server from now on. */
export function limitConnections(
  server: Server,
  limits: ConnectionLimits,
  metrics: ConnectionMetrics,
  log: Pick<FastifyBaseLogger, 'warn'>,
): void {
  const door = new Door(limits, metrics, log);
  server.on('connection', (socket: Socket) => door.enter(socket));
  cutOffStalled(server, limits.stalledMilliseconds ?? stalledMilliseconds, metrics);
}

type Reason = 'total' | 'address';

class Door {
  private readonly byAddress = new Map<string, number>();
  private readonly proxies: BlockList;
  private open = 0;
  /** Refused since the log was last told, and when that was. */
  private untold = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly metrics: ConnectionMetrics,
    private readonly log: Pick<FastifyBaseLogger, 'warn'>,
  ) {
    this.proxies = blockListOf(limits.proxies ?? '');
  }

  enter(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const count = this.byAddress.get(address) ?? 0;
    const { total, perAddress } = this.limits;
    if (total > 0 && this.open >= total) this.refuse(socket, 'total');
    else if (perAddress > 0 && count >= perAddress && !this.isProxy(address)) this.refuse(socket, 'address');
    else {
      this.byAddress.set(address, count + 1);
      this.count(1);
      socket.once('close', () => this.leave(address));
    }
  }

  private leave(address: string): void {
    this.count(-1);
    const left = (this.byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.byAddress.set(address, left);
    else this.byAddress.delete(address);
  }

  private count(change: 1 | -1): void {
    this.open += change;
    this.metrics.connectionsOpen.set(this.open);
  }

  /** Whoever knocks too often does not fill the log as well. */
  private refuse(socket: Socket, reason: Reason): void {
    socket.destroy();
    this.metrics.connectionsRefused.inc({ reason });
    this.untold += 1;
    const now = performance.now();
    if (now - this.toldAt < tellMilliseconds) return;
    this.log.warn({ reason, refused: this.untold, open: this.open }, 'connections refused: there are too many');
    this.untold = 0;
    this.toldAt = now;
  }

  private isProxy(address: string): boolean {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    return this.proxies.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * Node looks at each socket that was quiet for so long, and at the bytes that it took meanwhile. One whose answer is being worked
 * out is let be; one for which bytes wait is cut off, and so is an idle one, which Node would close by itself if nobody listened.
 */
function cutOffStalled(server: Server, milliseconds: number, metrics: ConnectionMetrics): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', (request, response: ServerResponse) => answers.set(request.socket, response));
  server.setTimeout(milliseconds, (socket: Socket) => {
    const answer = answers.get(socket);
    // Nothing has been asked yet: Node answers 408 in its own time.
    if (answer === undefined) return;
    if (!answer.writableFinished) {
      if (socket.writableLength === 0) return;
      metrics.connectionsRefused.inc({ reason: 'stalled' });
    }
    socket.destroy();
  });
}

const named: Readonly<Record<string, string>> = {
  loopback: '127.0.0.1/8,::1/128',
  linklocal: '169.254.0.0/16,fe80::/10',
  uniquelocal: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7',
};

/** The addresses of a list that config.ts has checked. */
function blockListOf(text: string): BlockList {
  const list = new BlockList();
  const parts = text.split(',').map((part) => part.trim());
  for (const part of parts.flatMap((one) => (named[one] ?? one).split(','))) {
    const [address = '', size] = part.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) continue;
    if (size === undefined) list.addAddress(address, family);
    else list.addSubnet(address, isIP(size) === 4 ? bitsOf(size) : Number(size), family);
  }
  return list;
}

/** 255.255.0.0 is 16. */
function bitsOf(mask: string): number {
  return mask
    .split('.')
    .map((part) => Number(part).toString(2).replaceAll('0', '').length)
    .reduce((sum, bits) => sum + bits, 0);
}
