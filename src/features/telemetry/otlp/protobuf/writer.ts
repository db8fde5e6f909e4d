/** Writes protobuf messages field by field; empty values are left out, as proto3 does. */
export class Writer {
  readonly #parts: Uint8Array[] = [];

  varint(field: number, value: number | bigint): this {
    return value ? this.always(field, value) : this;
  }

  /** A number that is written even when it is zero. */
  always(field: number, value: number | bigint): this {
    this.#parts.push(varintOf(field << 3), varintOf(value));
    return this;
  }

  text(field: number, text: string): this {
    return text === '' ? this : this.bytes(field, Buffer.from(text));
  }

  /** Also of no length: an empty message says that it is there. */
  bytes(field: number, bytes: Uint8Array): this {
    this.#parts.push(varintOf((field << 3) | 2), varintOf(bytes.length), bytes);
    return this;
  }

  raw(field: number, wire: 1 | 5, bytes: Uint8Array): this {
    this.#parts.push(varintOf((field << 3) | wire), bytes);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function varintOf(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
