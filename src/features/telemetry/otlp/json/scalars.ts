import { invalidId, unlessZero } from '../ids.ts';
import type { Intake } from '../intake.ts';
import { cutBytes, cutMark } from '../intake.ts';
import type { Time } from '../wire.ts';
import { wellFormed } from './parse.ts';

/** The text, cut to so many bytes; empty for anything else. */
export function text(value: unknown, most: number, intake: Intake): string {
  if (typeof value !== 'string') return '';
  const whole = wellFormed(value, intake);
  // Three bytes at most for one unit of a string: the exact count is seldom needed.
  if (whole.length * 3 <= most) return whole;
  const bytes = Buffer.from(whole);
  if (bytes.length <= most) return whole;
  const cut = cutBytes(bytes, 0, most);
  intake.truncated();
  return bytes.toString('utf8', 0, cut) + cutMark(bytes.length - cut);
}

/** An identifier of so many bytes: OTLP says hexadecimal, plain protobuf JSON says base64, and both are sent. */
export function id(value: unknown, size: number): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value !== 'string') return invalidId;
  if (value.length === size * 2 && /^[0-9a-f]+$/i.test(value)) return unlessZero(value.toLowerCase());
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value) || value.length > size * 2) return invalidId;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === size ? unlessZero(bytes.toString('hex')) : invalidId;
}

/** 2^64 - 1, the last nanosecond that protobuf can say. */
const LATEST = '18446744073709551615';

/** Nanoseconds since 1970, as a text or a number; null for zero, which means that the client did not say. */
export function time(value: unknown, intake: Intake): Time | null {
  const digits = digitsOf(value);
  if (digits === '') return null;
  if (digits !== null && (digits.length < LATEST.length || (digits.length === LATEST.length && digits <= LATEST)))
    return { ms: Number(digits.slice(0, -6)), ns: Number(digits.slice(-6)) };
  intake.flag('time_invalid');
  return null;
}

/** Without leading zeros, so that nothing is left of zero; null for what is no time. */
function digitsOf(value: unknown): string | null {
  if (value === undefined || value === null) return '';
  const said = typeof value === 'number' && value >= 0 && Number.isFinite(value) ? String(BigInt(Math.trunc(value))) : value;
  return typeof said === 'string' && said.length <= LATEST.length && /^\d*$/.test(said) ? said.replace(/^0+/, '') : null;
}

/** A whole number of 64 bits, as a text or a number; a text where a number would lose digits. */
export function int64(value: unknown): number | string | null {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? value : Number.isFinite(value) ? String(BigInt(Math.trunc(value))) : null;
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(BigInt.asIntN(64, BigInt(value)));
}

const named = new Set(['NaN', 'Infinity', '-Infinity']);

/** A text where JSON has no number for it. */
export function double(value: unknown): number | string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'string') return null;
  if (named.has(value)) return value;
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : null;
}

/** Whether an enum has this value, sent as its number or by its name. */
export const isEnum = (value: unknown, number: number, name: string) =>
  value === number || value === name || value === String(number);
