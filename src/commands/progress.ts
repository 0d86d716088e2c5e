/** Progress on a terminal: one line that is written over. On anything but a terminal it says nothing. */

export interface Progress {
  /** `done` of `total`, e.g. entries. */
  show(done: number, total: number): void;
  /** Clears the line. */
  end(): void;
}

const width = 30;
const intervalMilliseconds = 80;

export function progressBar(label: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show: () => {}, end: () => {} };
  let last = 0;
  return {
    show: (done, total) => {
      const now = Date.now();
      if (now - last < intervalMilliseconds && done < total) return;
      last = now;
      const part = total === 0 ? 1 : done / total;
      const bar = '█'.repeat(Math.round(part * width)).padEnd(width, '░');
      stream.write(`\r${label} ${bar} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}\x1b[K`);
    },
    end: () => void stream.write('\r\x1b[K'),
  };
}
