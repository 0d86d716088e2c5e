/** A thread that draws papers, one after another, with the font kept open. Started by threads.ts. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { drawPaper } from './draw.js';
import { openFont } from './font.js';
import type { Paper } from './paper.js';

export type FromThread = { readonly bytes: Uint8Array } | { readonly error: Error };

/** Behind the thread that answers requests, where the system can do that for a thread by itself. */
if (process.platform === 'linux') setPriority(10);

const port = parentPort;
if (!port) throw new Error('this is not the main thread of anything');
const font = openFont();

port.on('message', (paper: Paper) => {
  drawPaper(font, paper).then(
    (bytes) => port.postMessage({ bytes } satisfies FromThread),
    (error: Error) => port.postMessage({ error } satisfies FromThread),
  );
});
