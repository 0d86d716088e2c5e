/**
 * PostgreSQL's own log file: opened for the server, followed for whoever listens, and asked why a start failed. A file and
 * not a pipe, because a pipe's reader dies with this process and takes the reason for the crash with it.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { copyFile, truncate } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

const rotateAtBytes = 64 * 1024 * 1024;

/** Opens the log for appending; a big one from earlier runs is put aside, and the one put aside before is dropped. */
export function openLog(file: string): { descriptor: number; offset: number } {
  if (sizeOf(file) > rotateAtBytes) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a', 0o600);
  return { descriptor, offset: fstatSync(descriptor).size };
}

/**
 * Puts the log aside while the server runs, whenever it has grown past `bytes`: copied, then cut to nothing. The server goes on writing at the
 * file's new end, for it opened it to append; a line written between the two steps is lost. It keeps no process alive.
 */
export function keepLogSmall(
  file: string,
  { bytes = rotateAtBytes, everyMilliseconds = 30_000 } = {},
): { stop(): void } {
  let rotating = false;
  const rotate = async () => {
    if (rotating || sizeOf(file) <= bytes) return;
    rotating = true;
    // A full disk keeps the log from being put aside, and is told by everything else.
    await copyFile(file, `${file}.1`)
      .then(() => truncate(file))
      .catch(() => {});
    rotating = false;
  };
  const timer = setInterval(rotate, everyMilliseconds).unref();
  return { stop: () => clearInterval(timer) };
}

/** Calls back with every line written from now on, until stopped. It keeps no process alive. */
export function followLog(file: string, onLine: (line: string) => void): { stop(): void } {
  const decoder = new StringDecoder('utf8');
  let position = sizeOf(file);
  let partial = '';
  const read = () => {
    if (sizeOf(file) < position) position = 0;
    const bytes = readFrom(file, position);
    position += bytes.length;
    const lines = (partial + decoder.write(bytes)).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  const timer = setInterval(read, 200).unref();
  return {
    stop() {
      clearInterval(timer);
      read();
    },
  };
}

/**
 * Why the server with this process id did not start, without the time stamp: what it complained of itself, else what one
 * of its helpers or the loader did. Clients that are turned away, and backends of a dead server, complain here too.
 */
export function lastComplaint(file: string, offset: number, pid: number): string {
  const lines = readFrom(file, offset).toString('utf8').trim().split('\n');
  const grave = lines.filter((line) => /\b(FATAL|PANIC|ERROR|error while loading)\b/.test(line));
  const others = /unexpected postmaster exit|database system is (starting up|in recovery|shutting down|not yet)/;
  const complaint =
    grave.findLast((line) => line.includes(`[${pid}]`)) ?? grave.findLast((line) => !others.test(line)) ?? lines.at(-1);
  return (complaint ?? '').replace(/^\d{4}-\S+ \S+ \S+ \[\d+\] /, '');
}

function readFrom(file: string, offset: number): Buffer {
  const length = sizeOf(file) - offset;
  if (length <= 0) return Buffer.alloc(0);
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
