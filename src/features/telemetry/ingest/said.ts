import { z } from 'zod';
import { AsJson } from '../../../platform/as-json.ts';
import type { Attributes, Value } from '../otlp/index.ts';

/** What a span's input and output are also called: the attributes that they were sent as. */
interface Texts {
  input: string | null;
  output: string | null;
}

/**
 * Stands in a row for an attribute whose value is the row's input or output. Messages are most of what a row holds: they are
 * kept once. No attribute is taken for it, as values are JSON, which this is not.
 */
const mark = { input: '=input', output: '=output' } as const;
/** Shorter texts are kept where they are. */
const FEWEST_MARKED = 64;

/** The attributes of a row, told one by one as they are written: in a list of their own they would be what the collector clears away most. */
export interface SaidAttributes {
  forEach(each: (said: string | AsJson, name: string) => void): void;
}

/** They are JSON, so that the number 1 and the text 1 stay two. */
export const attributesOf = (attributes: Attributes, texts: Texts): SaidAttributes => ({
  forEach(each) {
    for (const [name, value] of attributes) each(saidOf(value, texts), name);
  },
});

// Of all of them: each is written before the next is told.
const asJson = new AsJson();

function saidOf(value: Value, { input, output }: Texts): string | AsJson {
  if (typeof value === 'string' && value.length >= FEWEST_MARKED) {
    if (value === input) return mark.input;
    if (value === output) return mark.output;
  }
  asJson.value = value;
  return asJson;
}

/** A row's attributes, to be read with its texts by `spoken`. */
export const Stored = z.record(z.string(), z.string());

/** The attributes of a row as they were sent. A text that is gone is nothing. */
export const spoken = (stored: z.infer<typeof Stored>, { input, output }: Texts): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(stored).map(([name, value]) => {
      if (value === mark.input) return [name, input];
      if (value === mark.output) return [name, output];
      return [name, JSON.parse(value) as unknown];
    }),
  );

/** SQL: the attribute `name` says `value`. */
export function saysAttribute(name: string, value: string) {
  // 1 is a number or a text.
  const attributeValues = [value, JSON.stringify(value)].filter((one) => one !== mark.input && one !== mark.output);
  const plain = 'attributes[{attributeName:String}] IN {attributeValues:Array(String)}';
  const isShort = value.length < FEWEST_MARKED;
  const said = isShort
    ? plain
    : `(${plain} OR attributes[{attributeName:String}] = '${mark.input}' AND input = {attributeText:String}
        OR attributes[{attributeName:String}] = '${mark.output}' AND output = {attributeText:String})`;
  return {
    // The second half says less: it is what the index knows, so that most of the table need not be read.
    sql: `(${said} AND hasAny(mapValues(attributes), {attributeKept:Array(String)}))`,
    params: {
      attributeName: name,
      attributeValues,
      attributeKept: isShort ? attributeValues : [...attributeValues, mark.input, mark.output],
      attributeText: value,
    },
  };
}
