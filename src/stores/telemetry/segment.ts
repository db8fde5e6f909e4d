import { crc32 } from 'node:zlib';

/** A segment of the spool: frames, one behind the other. A frame is length and CRC-32 of its bytes, then the bytes. */

const HEAD_BYTES = 8;

export function frame(bytes: Uint8Array): Buffer[] {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(bytes.length, 0);
  head.writeUInt32LE(crc32(bytes), 4);
  return [head, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
}

export const framedBytes = (bytes: Uint8Array) => HEAD_BYTES + bytes.length;

export interface Segment {
  /** What every whole frame holds. */
  readonly frames: Buffer[];
  /** Behind them: the end of a write that was cut off. It was never acknowledged. */
  readonly tornBytes: number;
  /** Behind them: bytes that were written whole and have changed since. */
  readonly damagedBytes: number;
}

/** Reads a segment up to its first frame that is not whole. */
export function readSegment(file: Buffer): Segment {
  const frames: Buffer[] = [];
  let at = 0;
  while (at < file.length) {
    const rest = file.length - at;
    const length = rest < HEAD_BYTES ? 0 : file.readUInt32LE(at);
    // An empty frame is never written: zeros are what a file system puts where nothing has arrived.
    if (length === 0 || length > rest - HEAD_BYTES) return { frames, tornBytes: rest, damagedBytes: 0 };
    const bytes = file.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (crc32(bytes) !== file.readUInt32LE(at + 4)) return { frames, tornBytes: 0, damagedBytes: rest };
    frames.push(bytes);
    at += HEAD_BYTES + length;
  }
  return { frames, tornBytes: 0, damagedBytes: 0 };
}
