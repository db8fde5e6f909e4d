import { isUtf8 } from 'node:buffer';
import { textOrBase64 } from '../bytes.ts';
import { Malformed } from '../failure.ts';
import { invalidId, unlessZero } from '../ids.ts';
import { cutBytes, cutMark, type Intake } from '../intake.ts';
import type { Time } from '../wire.ts';

// Made once: a hostile body may hold a million broken spans, and each new error walks the stack.
const endsEarly = new Malformed('The protobuf message ends in the middle of a field, or a length in it is a lie.');
const badTag = new Malformed('The protobuf message holds a field number or wire type that does not exist.');
const hasGroup = new Malformed('The protobuf message holds a group, which OTLP does not use.');
const badVarint = new Malformed('The protobuf message holds a number of more than 64 bits.');

/** A field as it stands on the wire: its number and how its value is written. Another wire type is another field. */
export const varint = (field: number) => field << 3;
export const fixed64 = (field: number) => (field << 3) | 1;
export const bytes = (field: number) => (field << 3) | 2;

const SLOTS = 1024;
/** What is no longer is a name or a word, which comes again, rather than what somebody said. */
const WORD_BYTES = 32;
/** Of two: to take them is a call otherwise. */
const POWERS = Array.from({ length: 35 }, (_, shift) => 2 ** shift);

/**
 * Pulls fields out of one message at a time, never copies, never reads past the message it is in.
 *
 *     const outer = reader.enter();
 *     while (reader.next()) { if (reader.tag === bytes(1)) …; else reader.skip(); }
 *     reader.leave(outer);
 */
export class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #intake: Intake;
  readonly #words: (string | undefined)[] = [];
  /** Where the last identifier of 16 bytes stood, and what it is. */
  #lastIdAt = -1;
  #lastId = '';
  at = 0;
  /** Where the message being read ends. */
  end: number;
  tag = 0;
  /** The last that was read. */
  key = '';

  constructor(body: Uint8Array, intake: Intake) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#intake = intake;
    this.end = body.byteLength;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false;
    this.tag = this.#varint32();
    if (this.tag >>> 3 === 0) throw badTag;
    return true;
  }

  /** Into the message at hand; answers where the outer one ends, for `leave`. */
  enter(): number {
    const outer = this.end;
    this.end = this.length();
    return outer;
  }

  leave(outer: number): void {
    this.at = this.end;
    this.end = outer;
  }

  skip(): void {
    const wire = this.tag & 7;
    if (wire === 0) this.#skipVarint();
    else if (wire === 1) this.#advance(8);
    else if (wire === 2) this.at = this.length();
    else if (wire === 5) this.#advance(4);
    else throw wire === 3 || wire === 4 ? hasGroup : badTag;
  }

  /** Reads a length and answers where what it measures ends. */
  length(): number {
    const length = this.#varint32();
    const end = this.at + length;
    if (end > this.end) throw endsEarly;
    return end;
  }

  /** A number of 32 bits; what a client sends beyond is cut, as protobuf does for enums and counts. */
  int(): number {
    const low = this.#low();
    this.#high();
    return low >>> 0;
  }

  bool(): boolean {
    const low = this.#low();
    return (low | this.#high()) !== 0;
  }

  /** Signed, of 64 bits: a text where a number would lose digits. */
  int64(): number | string {
    const low = this.#low() >>> 0;
    const high = this.#high();
    const number = high * 0x1_0000_0000 + low;
    return Number.isSafeInteger(number) ? number : String((BigInt(high) << 32n) | BigInt(low));
  }

  /** Of 64 bits and not negative: a varint. Digits beyond 2^53 are lost. */
  uint64(): number {
    const low = this.#low() >>> 0;
    return (this.#high() >>> 0) * 0x1_0000_0000 + low;
  }

  /** A number of 32 bits with a sign, written zigzag. */
  sint32(): number {
    const number = this.int();
    return (number >>> 1) ^ -(number & 1);
  }

  /** Of 64 bits, written as eight bytes. Digits beyond 2^53 are lost. */
  fixed64(): number {
    const at = this.#advance(8);
    return this.#view.getUint32(at + 4, true) * 0x1_0000_0000 + this.#view.getUint32(at, true);
  }

  /** The same with a sign. */
  sfixed64(): number {
    const at = this.#advance(8);
    return this.#view.getInt32(at + 4, true) * 0x1_0000_0000 + this.#view.getUint32(at, true);
  }

  /** A text where JSON has no number for it. */
  double(): number | string {
    const at = this.#advance(8);
    const number = this.#view.getFloat64(at, true);
    return Number.isFinite(number) ? number : String(number);
  }

  /** Nanoseconds since 1970; null for zero, which means that the client did not say. */
  time(): Time | null {
    const at = this.#advance(8);
    const low = this.#view.getUint32(at, true);
    const high = this.#view.getUint32(at + 4, true);
    if (low === 0 && high === 0) return null;
    // 2^32 ns are 4,294 ms and 967,296 ns: every step below stays within 53 bits.
    const ns = high * 967_296 + low;
    return { ms: high * 4_294 + Math.floor(ns / 1_000_000), ns: ns % 1_000_000 };
  }

  /** An identifier of so many bytes in hexadecimal; empty when it is missing, all zero or of another length. */
  id(size: number): string {
    const end = this.length();
    const from = this.at;
    this.at = end;
    if (end - from !== size) return end === from ? '' : invalidId;
    // Spans of a trace stand together.
    if (size === 16 && this.#isLastId(from)) return this.#lastId;
    const id = unlessZero(this.#bytes.toString('hex', from, end));
    if (size === 16) [this.#lastIdAt, this.#lastId] = [from, id];
    return id;
  }

  #isLastId(at: number): boolean {
    const last = this.#lastIdAt;
    if (last < 0) return false;
    for (let n = 0; n < 16; n += 1) if (this.#bytes[at + n] !== this.#bytes[last + n]) return false;
    return true;
  }

  text(most: number): string {
    const end = this.length();
    const start = this.at;
    this.at = end;
    if (end - start <= most) return end - start <= WORD_BYTES ? this.#word(start, end) : this.#decode(start, end);
    const cut = cutBytes(this.#bytes, start, most);
    this.#intake.truncated();
    return this.#decode(start, cut) + cutMark(end - cut);
  }

  bytes(most: number): string {
    const end = this.length();
    const start = this.at;
    this.at = end;
    return textOrBase64(this.#bytes, start, end, most, this.#intake);
  }

  readKey(): void {
    const end = this.length();
    const start = this.at;
    this.at = end;
    this.key = this.#word(start, end);
  }

  /** Remembered, so that most are neither decoded nor hashed anew. */
  #word(start: number, end: number): string {
    let hash = end - start;
    // Some of its letters tell most apart; whether it is the one that is remembered, all of them say.
    const step = 1 + (hash >> 3);
    for (let at = end - 1; at >= start; at -= step) hash = (Math.imul(hash, 31) + this.#bytes[at]!) | 0;
    const slot = hash & (SLOTS - 1);
    const known = this.#words[slot];
    if (known !== undefined && this.#spells(known, start, end)) return known;
    return (this.#words[slot] = this.#decode(start, end));
  }

  #spells(text: string, start: number, end: number): boolean {
    if (text.length !== end - start) return false;
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at]!;
      if (byte > 127 || text.charCodeAt(at - start) !== byte) return false;
    }
    return true;
  }

  #decode(start: number, end: number): string {
    const text = this.#bytes.toString('utf8', start, end);
    if (text.includes('\uFFFD') && !isUtf8(this.#bytes.subarray(start, end))) this.#intake.flag('invalid_utf8');
    return text;
  }

  #advance(size: number): number {
    const at = this.at;
    if (at + size > this.end) throw endsEarly;
    this.at = at + size;
    return at;
  }

  #byte(): number {
    if (this.at >= this.end) throw endsEarly;
    return this.#bytes[this.at++]!;
  }

  /** Tags and lengths: of 32 bits, and never negative. */
  #varint32(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let number = first & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.#byte();
      number += (byte & 0x7f) * POWERS[shift]!;
      if (byte < 0x80) {
        if (number > 0xffff_ffff) throw badVarint;
        return number;
      }
    }
    throw badVarint;
  }

  #spill = 0;
  #done = false;

  /** The lower 32 bits of a number; `#high` must follow. */
  #low(): number {
    let number = 0;
    this.#done = false;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#done = true;
        this.#spill = 0;
        return number;
      }
    }
    const byte = this.#byte();
    this.#done = byte < 0x80;
    this.#spill = (byte & 0x7f) >> 4;
    return number | ((byte & 0x0f) << 28);
  }

  /** The upper 32 bits, signed. */
  #high(): number {
    let number = this.#spill;
    for (let shift = 3; !this.#done; shift += 7) {
      if (shift > 31) throw badVarint;
      const byte = this.#byte();
      number |= (byte & 0x7f) << shift;
      this.#done = byte < 0x80;
    }
    return number | 0;
  }

  #skipVarint(): void {
    for (let count = 0; count < 10; count++) if (this.#byte() < 0x80) return;
    throw badVarint;
  }
}
