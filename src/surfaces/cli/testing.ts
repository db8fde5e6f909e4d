import { Writable } from 'node:stream';

/** A stream that keeps what is written, for tests: a pipe, or a terminal of some width. */
export function fakeStream(terminal: { isTTY?: true; columns?: number } = {}) {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const colors = { hasColors: () => terminal.isTTY === true };
  return { stream: Object.assign(stream, terminal, colors) as unknown as NodeJS.WriteStream, text: () => chunks.join('') };
}
