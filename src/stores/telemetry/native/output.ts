import { Problem } from '../../../platform/problem.ts';

const MIB = 1024 ** 2;
const FIRST_BYTES = 1024;
/** What is kept for the next. */
const KEPT_BYTES = MIB;
/** Shorter texts of plain letters are copied faster than the call that copies costs. */
const SHORT = 24;

/** The length of their JSON text takes one byte. */
const SHORT_JSON = 100;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Of one request, as rows. What a resource says once is in each of its spans' rows: a small body can hold a great many bytes. */
export const MOST_BATCH_BYTES = 64 * MIB;

/** How much several outputs may grow together, beyond what they keep. */
export interface Room {
  readonly mostBytes: number;
  takenBytes: number;
}

export const roomFor = (mostBytes: number): Room => ({ mostBytes, takenBytes: 0 });

/** Bytes that are written one after the other, into memory that is used again for the next. */
export class Output {
  readonly #room: Room;
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #grown = 0;
  at = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** What was written since `from`; a copy. */
  taken(from: number): Buffer {
    return Buffer.from(this.#bytes.subarray(from, this.at));
  }

  /** Copies all of it. */
  copy(to: Buffer): void {
    this.#bytes.copy(to, 0, 0, this.at);
  }

  /** For the next. What one large batch took is given back. */
  clear(): void {
    this.at = 0;
    this.#room.takenBytes -= this.#grown;
    this.#grown = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#become(Buffer.allocUnsafeSlow(KEPT_BYTES));
  }

  /** Makes room for so many bytes more. Throws `too_large`. */
  room(bytes: number): void {
    if (this.at + bytes > this.#bytes.length) this.#grow(this.at + bytes);
  }

  #grow(needed: number): void {
    const { mostBytes, takenBytes } = this.#room;
    const { length } = this.#bytes;
    const most = length + mostBytes - takenBytes;
    if (needed > most)
      throw new Problem('too_large', `The batch takes more than ${Math.floor(mostBytes / MIB)} MB. Send smaller batches.`);
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(needed, length * 2), most));
    this.#bytes.copy(larger, 0, 0, this.at);
    this.#grown += larger.length - length;
    this.#room.takenBytes += larger.length - length;
    this.#become(larger);
  }

  /** What another one holds. */
  append(other: Output): void {
    this.room(other.at);
    other.#bytes.copy(this.#bytes, this.at, 0, other.at);
    this.at += other.at;
  }

  /** The last so many bytes once more. */
  again(bytes: number): void {
    this.room(bytes);
    this.#bytes.copyWithin(this.at, this.at - bytes, this.at);
    this.at += bytes;
  }

  uint32At(at: number): number {
    return this.#view.getUint32(at, true);
  }

  byte(value: number): void {
    this.room(1);
    this.#bytes[this.at++] = value;
  }

  varint(value: number): void {
    this.room(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.at++] = (rest % 128) | 128;
    this.#bytes[this.at++] = rest;
  }

  uint16(value: number): void {
    this.room(2);
    this.#view.setUint16(this.at, value, true);
    this.at += 2;
  }

  uint32(value: number): void {
    this.room(4);
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  /** Of 64 bits; negative ones too. Digits beyond 2^53 were lost before. */
  int64(value: number): void {
    this.room(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.#view.setUint32(this.at, value - high * 0x1_0000_0000, true);
    this.#view.setInt32(this.at + 4, high, true);
    this.at += 8;
  }

  float64(value: number): void {
    this.room(8);
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** Length and UTF-8. Half a character, which UTF-8 cannot say, becomes its mark. */
  text(value: string): void {
    const { length } = value;
    if (length <= SHORT && this.#shortText(value)) return;
    // Three bytes at most for one unit of a string.
    this.room(length * 3 + 10);
    // The length is not known before the bytes are there: room is left for the most it may take, and closed if it took less.
    const lengthBytes = varintBytes(length);
    const written = this.#bytes.write(value, this.at + lengthBytes, 'utf8');
    const really = varintBytes(written);
    if (really !== lengthBytes) this.#bytes.copyWithin(this.at + really, this.at + lengthBytes, this.at + lengthBytes + written);
    this.varint(written);
    this.at += written;
  }

  #shortText(value: string): boolean {
    const { length } = value;
    this.room(length + 1);
    const bytes = this.#bytes;
    const start = this.at;
    for (let n = 0; n < length; n += 1) {
      const unit = value.charCodeAt(n);
      if (unit > 127) return false;
      bytes[start + 1 + n] = unit;
    }
    bytes[start] = length;
    this.at = start + 1 + length;
    return true;
  }

  /** Length and JSON text of a value. */
  json(value: unknown): void {
    if (typeof value === 'string' && value.length <= SHORT_JSON && this.#shortJson(value)) return;
    this.text(JSON.stringify(value));
  }

  /** Of a text in which nothing has to be escaped. */
  #shortJson(value: string): boolean {
    const { length } = value;
    this.room(length + 3);
    const bytes = this.#bytes;
    const start = this.at;
    for (let n = 0; n < length; n += 1) {
      const unit = value.charCodeAt(n);
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return false;
      bytes[start + 2 + n] = unit;
    }
    bytes[start] = length + 2;
    bytes[start + 1] = QUOTE;
    bytes[start + 2 + length] = QUOTE;
    this.at = start + 3 + length;
    return true;
  }

  /** So many bytes, cut or filled with zeros. */
  fixed(value: string, size: number): void {
    this.room(size);
    // A call that copies costs more than so few letters.
    for (let n = 0; n < size; n += 1) this.#bytes[this.at + n] = n < value.length ? value.charCodeAt(n) : 0;
    this.at += size;
  }

  #become(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
