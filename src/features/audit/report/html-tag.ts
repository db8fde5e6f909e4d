/** Markup that this package wrote. Anything else is text and gets escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | null | false | undefined | readonly Part[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** A text that is nothing but text, between tags and between the quotes of an attribute. */
export const escape = (text: string): string => text.replace(/[&<>"'`]/g, (char) => ENTITIES[char] ?? '');

/** HTML in which every value is escaped unless it came out of this very tag. Attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.reduce((text, literal, i) => text + written(values[i - 1]) + literal));
}

/** A text in which arrows are drawn: few fonts hold one, and none is sent along. They stay in what is copied and read aloud. */
export const arrows = (text: string): Markup =>
  html`${text.split('→').flatMap((part, i) => (i === 0 ? part : [html`<span class="to">→</span>`, part]))}`;

function written(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return part ? part.map(written).join('') : '';
}
