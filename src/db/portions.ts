/**
 * Reading a long result piece by piece, the next ones only when they are asked for. The driver's own iteration (3.4.9) takes a
 * connection that is lost between two pieces for the end of the result; here the loss is an error.
 */
import type postgres from 'postgres';

type Rows = readonly postgres.Row[];

/** The rows of a statement, `size` at a time. Its connection is taken until the last piece, or until the reader stops. */
export async function* portionsOf(
  query: postgres.PendingQuery<(postgres.Row & Iterable<postgres.Row>)[]>,
  size: number,
): AsyncGenerator<Rows, void, undefined> {
  const arrived: Rows[] = [];
  let wake = () => {};
  let next: { resolve: () => void; reject: (reason: Error) => void } | undefined;
  let end: { readonly error?: unknown } | undefined;
  const ended = (error?: unknown) => {
    end = { error };
    wake();
  };
  query
    .cursor(size, (rows) => {
      // Behind the holes that an earlier statement may have left: see `trustworthy` in connect.ts.
      arrived.push(rows.filter(() => true));
      wake();
      const asked = new Promise<void>((resolve, reject) => {
        next = { resolve, reject };
      });
      // After the last piece nobody listens.
      asked.catch(() => {});
      return asked as never;
    })
    .then(() => ended(), ended);
  try {
    for (;;) {
      const rows = arrived.shift();
      if (rows) {
        yield rows;
        if (!end) next?.resolve();
      } else if (end) break;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    // Ends the statement when the reader stopped before it was over. Once it is, the driver must not be woken: it would write to
    // a socket that may be gone, and throw where nobody can catch it.
    if (!end) next?.reject(new Error('the reader stopped'));
  }
  if (end.error !== undefined) throw end.error;
}
