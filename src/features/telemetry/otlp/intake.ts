import { Malformed } from './failure.ts';
import type { Limits } from './limits.ts';
import { carriesText, isKnown } from './map/precedence.ts';
import type { Flag, Value } from './wire.ts';

/** Would become a prototype as soon as someone copies the map into a plain object. */
const forbidden = new Set(['__proto__', 'constructor']);

/** What a request lost on the way in, by kind. Nothing is dropped without a count. */
export interface Drops {
  attributes: number;
  events: number;
  links: number;
  /** Values that were cut short, each with a visible mark at its end. */
  values: number;
  /** Spans and records with a score beyond what one may be. */
  scores: number;
}

export type Reason = 'not_an_object' | 'malformed' | 'trace_id_invalid' | 'span_id_invalid' | 'too_many';

/** Applies the limits while a request is read, and keeps the count. One per request. */
export class Intake {
  readonly limits: Limits;
  readonly drops: Drops = { attributes: 0, events: 0, links: 0, values: 0, scores: 0 };
  readonly rejected = new Map<Reason, number>();
  received = 0;
  #flags = new Set<Flag>();
  #groups = 0;
  #unknown = 0;
  #known = 0;
  #read = 0;
  #nested = 0;
  #buckets = 0;
  #allBuckets = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Another span, record or point begins; false when there were enough. */
  begin(): boolean {
    this.received++;
    this.beginMetric();
    if (this.received <= this.limits.items) return true;
    this.reject('too_many');
    return false;
  }

  /** A metric begins, of which nothing counts but its points. */
  beginMetric(): void {
    if (this.#flags.size > 0) this.#flags = new Set();
    this.beginAttributes();
    this.#buckets = 0;
  }

  /** Something that cannot be read, and that nobody can tell how much is in. */
  rejectUnread(reason: Reason): void {
    if (this.begin()) this.reject(reason);
  }

  /** Another resource or scope begins. */
  beginGroup(): void {
    if (++this.#groups > this.limits.groups)
      throw new Malformed('The request holds too many resources or scopes. Send smaller batches.');
  }

  beginAttributes(): void {
    this.#unknown = this.#known = this.#read = 0;
  }

  /** Reads something that has attributes of its own, within a span: they do not use up the span's. */
  apart<T>(read: () => T): T {
    const before = [this.#unknown, this.#known, this.#read] as const;
    this.beginAttributes();
    const result = read();
    [this.#unknown, this.#known, this.#read] = before;
    return result;
  }

  reject(reason: Reason): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }

  flag(flag: Flag): void {
    this.#flags.add(flag);
  }

  flags(): Flag[] {
    return this.#flags.size === 0 ? [] : [...this.#flags];
  }

  drop(what: 'attributes' | 'events' | 'links'): void {
    this.drops[what]++;
    this.flag(`${what}_dropped`);
  }

  /** Whether one more attribute is looked at. */
  readsAttribute(): boolean {
    if (++this.#read <= this.limits.attributesRead) return true;
    this.drop('attributes');
    return false;
  }

  /** Whether the attribute may be kept; asked before its value is read. */
  admits(key: string): boolean {
    // Three bytes at most for one unit of a string: the exact count is seldom needed.
    const tooLong = key.length * 3 > this.limits.keyBytes && Buffer.byteLength(key) > this.limits.keyBytes;
    const room = isKnown(key) ? ++this.#known <= this.limits.knownAttributes : ++this.#unknown <= this.limits.attributes;
    if (room && !tooLong && key !== '' && !forbidden.has(key)) return true;
    this.drop('attributes');
    return false;
  }

  /** The bytes that the value of this attribute may have. */
  room(key: string): number {
    return carriesText(key) ? this.limits.textBytes : this.limits.valueBytes;
  }

  beginNested(): void {
    this.#nested = 0;
  }

  /** Whether one more value fits into the list or map being read. */
  admitsNested(key?: string): boolean {
    if (key !== undefined && forbidden.has(key)) {
      this.drop('attributes');
      return false;
    }
    if (++this.#nested <= this.limits.nestedValues) return true;
    if (this.#nested === this.limits.nestedValues + 1) this.truncated();
    return false;
  }

  /** Whether one more bucket, bound or quantile is read. */
  admitsBucket(): boolean {
    if (++this.#buckets <= this.limits.buckets && ++this.#allBuckets <= this.limits.allBuckets) return true;
    if (this.#flags.has('buckets_dropped')) return false;
    this.drops.values++;
    this.flag('buckets_dropped');
    return false;
  }

  has(flag: Flag): boolean {
    return this.#flags.has(flag);
  }

  tooDeep(): null {
    this.flag('too_deep');
    return null;
  }

  truncated(): void {
    this.drops.values++;
    this.flag('value_truncated');
  }
}

/** The mark at the end of a value that was cut. */
export const cutMark = (bytes: number) => ` […${bytes} bytes cut]`;

/** The longest start of the text that has no more bytes than this and ends with a whole character. */
export function cutBytes(bytes: Uint8Array, start: number, most: number): number {
  let end = start + most;
  // 10xxxxxx continues a character.
  for (let back = 0; back < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80; back++) end--;
  return end;
}

/** A map that holds nothing but what is put into it. */
export const emptyMap = (): { [key: string]: Value } => Object.create(null) as { [key: string]: Value };
