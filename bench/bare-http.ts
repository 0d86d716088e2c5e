/**
 * The least that an answer over HTTP can cost on this machine: Node's own server, a child process that reads a body and answers JSON of
 * an entry's size, and nothing else.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '#src/commands/cleanup.js';

export interface BareHttp {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}

const program = fileURLToPath(import.meta.url);
const host = '127.0.0.1';

export async function startBareHttp(cleanup: Cleanup): Promise<BareHttp> {
  const child: ChildProcess = fork(program, ['serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  cleanup.add(() => void child.kill());
  const [port] = (await once(child, 'message')) as [number];
  return { pid: child.pid ?? 0, host, port };
}

function serve(): void {
  const answer = JSON.stringify({ number: '17', kind: 'transfer', words: '互助'.repeat(50) });
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(answer)) };
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(201, headers).end(answer));
  });
  server.listen(0, host, () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
}

if (process.argv[2] === 'serve') serve();
