/** Progress on a terminal: one line that is written over, with percent and rate. On anything but a terminal it says nothing. */
import type { Language, Words } from '../lib/language.js';

export interface Progress {
  /** `done` of `total`, e.g. entries. */
  show(done: number, total: number): void;
  /** Clears the line. */
  end(): void;
}

const width = 30;
const intervalMilliseconds = 80;

export function progressBar(label: Words, language: Language, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show: () => {}, end: () => {} };
  let last = 0;
  const started = Date.now();
  return {
    show: (done, total) => {
      const now = Date.now();
      if (now - last < intervalMilliseconds && done < total) return;
      last = now;
      // A total is what somebody expects: more than that, or nonsense, is no reason to fail.
      const part = total <= 0 ? 1 : Math.min(done / total, 1);
      const bar = '█'.repeat(Math.round(part * width)).padEnd(width, '░');
      const percent = `${Math.floor(part * 100)} %`.padStart(5);
      const rate = Math.round((done * 1000) / Math.max(now - started, 1));
      stream.write(`\r${label[language]} ${bar}${percent}  ${counted(done, total, rate)[language]}\x1b[K`);
    },
    end: () => void stream.write('\r\x1b[K'),
  };
}

function counted(done: number, total: number, rate: number): Words {
  const [count, all, each] = [done, total, rate].map((number) => number.toLocaleString('en'));
  return { en: `${count} of ${all} (${each}/s)`, zh: `已完成 ${count}，共 ${all}（每秒 ${each}）` };
}
