/**
 * Sending an answer piece by piece, as fast as the reader takes it: however large it is, only a few pieces are held. What fails
 * before the first piece is a problem like any other; what fails later breaks the answer off, so that nobody takes it for whole.
 */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { turns } from './turns.js';

/** A reader who takes nothing for so long is cut off: the next piece may be holding a connection to the database. */
const stallMilliseconds = 60_000;

/** Sends text, or bytes as they are. Headers must have been set, the content type among them. */
export async function sendPieces(reply: FastifyReply, pieces: AsyncGenerator<string | Buffer>): Promise<void> {
  const first = await pieces.next();
  // Resolves when the answer has been sent or broken off.
  await reply.send(Readable.from(watched(reply, first, pieces), { objectMode: false }));
}

/** All pieces, each within a time from when the one before it was handed over. */
async function* watched(
  reply: FastifyReply,
  first: IteratorResult<string | Buffer, unknown>,
  rest: AsyncGenerator<string | Buffer>,
): AsyncGenerator<Buffer> {
  const stall = setTimeout(
    () => reply.raw.destroy(new Error('the reader took nothing for a minute')),
    stallMilliseconds,
  );
  stall.unref();
  try {
    for (let piece = first; piece.done !== true; piece = await inTurn(() => rest.next())) {
      stall.refresh();
      yield typeof piece.value === 'string' ? Buffer.from(piece.value) : piece.value;
      stall.refresh();
    }
  } finally {
    clearTimeout(stall);
    await rest.return(undefined);
  }
}

async function inTurn<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  const end = await turns.take();
  try {
    return await work();
  } finally {
    end();
  }
}
