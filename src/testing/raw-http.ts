import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is written to a connection, byte for byte. */
export interface RawRequest {
  /** Written one after the other, with a pause between them where there are several. */
  readonly pieces: readonly Uint8Array[];
  readonly pauseMs?: number;
  /** What the sender does when all is written: waits for the answer, ends its half of the connection, or breaks it. */
  readonly after?: 'wait' | 'end' | 'break';
  /** Whether more was sent than one request, or less: nothing can follow on this connection. */
  readonly isLast?: boolean;
}

export interface RawAnswer {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/** A connection that is kept as long as the server and the requests let it, and opened again when they do not. */
export class RawConnection {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** The answer; nothing where the server closed without one. Throws when neither comes within the time. */
  async send(
    { pieces, pauseMs = 0, after = 'wait', isLast = false }: RawRequest,
    withinMs: number,
  ): Promise<RawAnswer | undefined> {
    const socket = (this.#socket ??= await this.#open());
    const answered = answerOn(socket, withinMs);
    // Heard below; a failure while we still write is not lost.
    answered.catch(() => undefined);
    for (const [n, piece] of pieces.entries()) {
      if (n > 0) await sleep(pauseMs);
      if (socket.destroyed) break;
      socket.write(piece);
    }
    if (after === 'end') socket.end();
    if (after === 'break') socket.resetAndDestroy();
    const answer = await answered;
    if (isLast || after !== 'wait' || !answer || answer.headers.get('connection') === 'close') this.close();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Promise<Socket> {
    return new Promise((opened, failed) => {
      const socket = connect({ host: this.#host, port: this.#port, noDelay: true, allowHalfOpen: true });
      socket.once('error', failed);
      socket.once('connect', () => {
        socket.off('error', failed);
        // What breaks later is seen as a close.
        socket.on('error', () => undefined);
        opened(socket);
      });
    });
  }
}

function answerOn(socket: Socket, withinMs: number): Promise<RawAnswer | undefined> {
  return new Promise((done, failed) => {
    let got: Buffer = Buffer.alloc(0);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      socket.off('data', hear).off('close', ended).off('end', ended);
      finish();
    };
    const hear = (chunk: Buffer) => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
      const answer = parsed(got, false);
      if (answer) settle(() => done(answer));
    };
    const ended = () => settle(() => done(parsed(got, true)));
    const timer = setTimeout(() => settle(() => failed(new Error(`No answer came within ${withinMs} ms.`))), withinMs);
    socket.on('data', hear).once('close', ended).once('end', ended);
    if (socket.destroyed) ended();
  });
}

/** The first answer in the bytes, once it is whole. */
function parsed(bytes: Buffer, isEnd: boolean): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const),
  );
  const body = bytes.subarray(headEnd + 4);
  // An interim answer: the real one follows.
  if (status === 100) return parsed(body, isEnd);
  const length = headers.get('content-length');
  if (headers.get('transfer-encoding') === 'chunked')
    return isEnd || body.includes('0\r\n\r\n') ? { status, headers, body } : undefined;
  if (length === undefined) return isEnd || status === 204 ? { status, headers, body } : undefined;
  return isEnd || body.length >= Number(length) ? { status, headers, body: body.subarray(0, Number(length)) } : undefined;
}
