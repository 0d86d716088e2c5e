/**
 * The embedded server's port on 127.0.0.1. It also names the server's Unix socket, so there is one even where nothing can listen
 * on loopback.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems give to outgoing connections: the port of a server that was killed is still free when it comes back. */
const lowestPort = 15_000;
export const highestPort = 31_999;

export interface Port {
  readonly port: number;
  /** Whether the server can listen there. */
  readonly loopback: boolean;
}

/** A port that nobody listens on. */
export async function findPort(): Promise<Port> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = randomInt(lowestPort, highestPort + 1);
    if (await isFree(port)) return { port, loopback: true };
  }
  return { port: lowestPort, loopback: false };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
