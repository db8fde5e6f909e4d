import type { Params } from '../../../stores/telemetry/index.ts';

/** Binds values under names of their own, so that pieces of SQL made apart can stand in one statement. */
export class Binder {
  readonly params: Params = {};
  private count = 0;

  bind(value: string | number | readonly string[], type: string): string {
    const name = `p${this.count++}`;
    this.params[name] = value;
    return `{${name}:${type}}`;
  }
}

/** A text of ours as SQL. What comes from a log is bound instead. */
export const textOf = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Texts of ours as an SQL array. */
export const textList = (texts: readonly string[]) => `[${texts.map(textOf).join(', ')}]`;

/** A name of the log inside the name of a type, which is bound itself. */
export const quoted = (name: string) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
