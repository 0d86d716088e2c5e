/**
 * One keep-alive connection of the load generator: HTTP/1.1 written and read by hand over a socket, one request at a time.
 * An HTTP client would take more processor time than the service it measures. Reads no body unless it is asked to.
 */
import { connect, type Socket } from 'node:net';

export interface Answered {
  readonly status: number;
  /** Empty unless the body was wanted or the status is none of success. */
  readonly body: string;
}

const readBufferBytes = 65_536;

export class LoadConnection {
  private readonly socket: Socket;
  private head = '';
  private status = 0;
  private bodyLeft = 0;
  private parts: string[] = [];
  private settle: { resolve(answer: Answered): void; reject(error: Error): void } | null = null;

  constructor(
    host: string,
    port: number,
    private readonly readsBody: boolean,
  ) {
    const buffer = Buffer.allocUnsafe(readBufferBytes);
    const callback = (size: number) => {
      this.read(buffer.subarray(0, size));
      return true;
    };
    const onread = { buffer, callback };
    this.socket = connect({ host, port, noDelay: true, onread });
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the service closed a connection')));
  }

  /** Resolves with the answer; rejects when the connection is lost. */
  send(request: string): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      if (this.socket.destroyed) this.fail(new Error('the connection was lost'));
      else this.socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private fail(error: Error): void {
    const waiting = this.settle;
    this.settle = null;
    waiting?.reject(error);
  }

  private read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.bodyLeft > 0 ? this.readBody(chunk, at) : this.readHead(chunk, at);
  }

  /** Returns where the body begins, or the chunk's end when the head is not complete yet. */
  private readHead(chunk: Buffer, at: number): number {
    const before = this.head.length;
    this.head += chunk.toString('latin1', at, Math.min(chunk.length, at + 4_096));
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return Math.min(chunk.length, at + 4_096);
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.head)?.[1];
    this.status = Number(this.head.slice(9, 12));
    this.bodyLeft = Number(length ?? 0);
    this.head = '';
    if (this.bodyLeft === 0) this.finish();
    return at + end + 4 - before;
  }

  private readBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.bodyLeft);
    if (this.readsBody || this.status >= 400) this.parts.push(chunk.toString('latin1', at, end));
    this.bodyLeft -= end - at;
    if (this.bodyLeft === 0) this.finish();
    return end;
  }

  private finish(): void {
    const waiting = this.settle;
    const answer = { status: this.status, body: this.parts.length === 0 ? '' : this.parts.join('') };
    if (this.parts.length > 0) this.parts = [];
    this.settle = null;
    waiting?.resolve(answer);
  }
}
