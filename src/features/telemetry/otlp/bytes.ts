import { isUtf8 } from 'node:buffer';
import { cutBytes, cutMark, type Intake } from './intake.ts';

/**
 * A value of bytes, cut to so many: the text where it is one, as LangSmith's exporter sends texts, and base64 where it is not.
 * As base64 nobody could read, search or strike it.
 */
export function textOrBase64(bytes: Buffer, from: number, end: number, most: number, intake: Intake): string {
  const isLong = end - from > most;
  if (isLong) intake.truncated();
  const cut = isLong ? cutBytes(bytes, from, most) : end;
  if (isText(bytes.subarray(from, cut))) return bytes.toString('utf8', from, cut) + (isLong ? cutMark(end - cut) : '');
  return bytes.toString('base64', from, Math.min(end, from + most));
}

const isText = (bytes: Buffer) => isUtf8(bytes) && bytes.every((byte) => byte >= 0x20 || isBreak(byte));

/** Tabs and ends of lines. */
const isBreak = (byte: number) => byte === 0x09 || byte === 0x0a || byte === 0x0d;
