import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes the elements of a JSON list one per line, also of a list that is broken or cut off somewhere. */
export const splitList = (from: string, to: string) => pipeline(Readable.from(elements(from)), createWriteStream(to));

async function* elements(path: string): AsyncGenerator<string> {
  const cut = new Cutter();
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    yield* cut.push(chunk as string).map((element) => `${element}\n`);
  }
  const rest = cut.rest();
  if (rest !== '') yield `${rest}\n`;
}

/** Finds where elements end, by brackets and quotes alone. */
class Cutter {
  private text = '';
  private at = 0;
  private depth = 0;
  private quoted = false;

  push(chunk: string): string[] {
    this.text += chunk;
    const found: string[] = [];
    for (; this.at < this.text.length; this.at += 1) {
      const mark = this.text[this.at]!;
      if (this.quoted) {
        if (mark === '\\') this.at += 1;
        else if (mark === '"') this.quoted = false;
      } else if (mark === '"') this.quoted = true;
      else if (mark === '[' || mark === '{') this.open();
      else if (mark === ']' || mark === '}') this.depth -= 1;
      else if (mark === ',' && this.depth === 1) found.push(this.cut());
    }
    return found.filter((element) => element !== '');
  }

  rest(): string {
    return oneLine(this.depth === 0 ? this.text.replace(/\][^\]]*$/, '') : this.text);
  }

  /** The bracket of the list itself belongs to no element. */
  private open() {
    this.depth += 1;
    if (this.depth > 1) return;
    this.text = this.text.slice(this.at + 1);
    this.at = -1;
  }

  private cut(): string {
    const element = oneLine(this.text.slice(0, this.at));
    this.text = this.text.slice(this.at + 1);
    this.at = -1;
    return element;
  }
}

/** No string of valid JSON holds a bare newline, so a space means the same. */
const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, ' ').trim();
