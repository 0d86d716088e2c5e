/**
 * Refusing a body that is still arriving. Closing at once would reset the connection, and what was sent to the client with it: it would
 * see a broken pipe instead of the reason. So the answer goes out, the rest is read and dropped for a while, and only then is closed.
 */
import type { FastifyReply } from 'fastify';

/** Long and large enough for a client to notice, too short and too small for one that does not care. */
const lingerMilliseconds = 5_000;
const lingerBytes = 64 * 1_048_576;

/** Sends an answer whose head says `Connection: close`, and closes when the client has sent all, or enough. */
export function sendAndLinger(
  reply: FastifyReply,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
): void {
  const { raw: response } = reply;
  const { raw: request } = reply.request;
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status, { ...headers, 'content-length': body.length, connection: 'close' });
  response.write(body);
  let dropped = 0;
  const close = () => {
    clearTimeout(timer);
    request.off('data', drop);
    response.end();
  };
  const drop = (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > lingerBytes) close();
  };
  const timer = setTimeout(close, lingerMilliseconds);
  request.once('end', close).once('close', close).on('data', drop).resume();
}
