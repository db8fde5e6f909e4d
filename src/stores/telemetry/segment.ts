import { crc32 } from 'node:zlib';

/**
 * A segment of the spool: frames, one behind the other. A frame is length and CRC-32 of its bytes, then the bytes: the rows of
 * one request, table by table. So all of a request is whole, or none of it.
 */

export const HEAD_BYTES = 8;

/** Rows on their way into a table. */
export interface TableRows {
  readonly table: string;
  /** ClickHouse's name for how the rows are written. */
  readonly format: string;
  readonly bytes: Uint8Array;
}

/** The rows of one request, of each table, as a frame: buffers to be written one behind the other. */
export function frame(rows: readonly TableRows[]): Buffer[] {
  const parts = rows.flatMap(({ table, format, bytes }) => {
    const label = Buffer.from(`${table} ${format}`);
    const lengths = Buffer.alloc(6);
    lengths.writeUInt16LE(label.length, 0);
    lengths.writeUInt32LE(bytes.length, 2);
    return [lengths, label, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
  });
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(sizeOf(parts), 0);
  head.writeUInt32LE(
    parts.reduce((crc, part) => crc32(part, crc), 0),
    4,
  );
  return [head, ...parts];
}

/** Bytes, of all of them. */
export const sizeOf = (buffers: readonly Uint8Array[]) => buffers.reduce((sum, { length }) => sum + length, 0);

export interface Segment {
  /** What every whole frame holds. */
  readonly frames: TableRows[][];
  /** Behind them: the end of a write that was cut off. It was never acknowledged. */
  readonly tornBytes: number;
  /** Behind that: zeros, to be written over. */
  readonly blankBytes: number;
  /** Among them: bytes that were written whole and have changed since. */
  readonly damagedBytes: number;
  /** These, frame by frame. */
  readonly damaged: Buffer[];
}

/** Reads a segment up to where its end was cut off. A frame that has changed is left out: those behind it are whole. */
export function readSegment(file: Buffer): Segment {
  const frames: TableRows[][] = [];
  const damaged: Buffer[] = [];
  const writtenTo = withoutZeros(file);
  let at = 0;
  const end = (tornBytes: number) => {
    const blankBytes = file.length - Math.max(at, writtenTo);
    return { frames, tornBytes, blankBytes, damaged, damagedBytes: sizeOf(damaged) };
  };
  while (at < writtenTo) {
    const rest = file.length - at;
    const length = rest < HEAD_BYTES ? 0 : file.readUInt32LE(at);
    // An empty frame is never written: zeros are what a file system puts where nothing has arrived.
    if (length === 0 || length > rest - HEAD_BYTES) return end(writtenTo - at);
    const bytes = file.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (crc32(bytes) === file.readUInt32LE(at + 4)) frames.push(tablesOf(bytes));
    // Of a file of zeros, what was not written is there, too.
    else if (at + HEAD_BYTES + length > writtenTo) return end(writtenTo - at);
    else damaged.push(bytes);
    at += HEAD_BYTES + length;
  }
  return end(0);
}

const zeros = Buffer.alloc(65_536);

/** Where the zeros begin that it ends with. */
function withoutZeros(file: Buffer): number {
  let end = file.length;
  while (end >= zeros.length && zeros.compare(file, end - zeros.length, end) === 0) end -= zeros.length;
  while (end > 0 && file[end - 1] === 0) end -= 1;
  return end;
}

/** What can be read of a frame that has changed, at most. */
export function salvage(frameBytes: Buffer): TableRows[] {
  try {
    return tablesOf(frameBytes);
  } catch {
    return [];
  }
}

function tablesOf(frameBytes: Buffer): TableRows[] {
  const tables: TableRows[] = [];
  for (let at = 0; at < frameBytes.length;) {
    const labelEnd = at + 6 + frameBytes.readUInt16LE(at);
    const end = labelEnd + frameBytes.readUInt32LE(at + 2);
    const [table = '', format = ''] = frameBytes.toString('utf8', at + 6, labelEnd).split(' ');
    tables.push({ table, format, bytes: frameBytes.subarray(labelEnd, end) });
    at = end;
  }
  return tables;
}

/** Rows of one table, from one or several frames. */
export interface TableParts {
  readonly table: string;
  readonly format: string;
  /** One behind the other. */
  readonly parts: readonly Uint8Array[];
}

/** The rows of many frames by table, in the order in which they came. */
export function byTable(frames: readonly (readonly TableRows[])[]): TableParts[] {
  const gathered = new Map<string, { table: string; format: string; parts: Uint8Array[] }>();
  for (const { table, format, bytes } of frames.flat()) {
    const of = gathered.get(`${table} ${format}`);
    if (of) of.parts.push(bytes);
    else gathered.set(`${table} ${format}`, { table, format, parts: [bytes] });
  }
  return [...gathered.values()];
}
