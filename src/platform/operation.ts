import { z } from 'zod';
import type { Context } from './context.ts';
import { invalid, Problem } from './problem.ts';

/** `local`: only the person at this machine's terminal, because the verb reads and writes that person's files. */
export type Access = 'local' | 'read' | 'write' | 'admin';

/** How a verb looks in a terminal, where it differs from the rule `steward <feature> <verb> --field value`. */
export interface Terminal<Output> {
  /** The words typed, e.g. `['audit']`. Default: the operation's name, split at the dot. */
  words?: readonly string[];
  /** The input field that takes the words without a flag. */
  positional?: string;
  /** The answer for a reader; without it the answer is printed as JSON. */
  print?: (output: Output, page: { width: number; color: boolean }) => string;
  /** 0 good news, 2 bad news; 1 is kept for what could not be done. */
  exitCode?: (output: Output) => number;
}

export interface Operation<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  /** `<feature>.<verb>`: the same word in URL, terminal, tool, log and test. */
  name: `${string}.${string}`;
  /** One sentence, for people and agents. */
  summary: string;
  access: Access;
  input: Input;
  output: Output;
  terminal?: Terminal<z.output<Output>>;
  run: (ctx: Context, input: z.output<Input>) => Promise<z.input<Output>>;
}

/** Any operation, its types forgotten: what the surfaces handle. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of verbs with different inputs has no narrower common type
export type AnyOperation = Operation<any, any>;

/** Declares a verb. Every surface is derived from the declaration. */
export const operation = <Input extends z.ZodObject, Output extends z.ZodType>(declared: Operation<Input, Output>) => declared;

/**
 * The only way an operation runs, whatever the surface: access, parse, run, parse.
 * Throws `Problem` for what the caller can mend; anything else is a bug.
 */
export async function perform<Input extends z.ZodObject, Output extends z.ZodType>(
  op: Operation<Input, Output>,
  ctx: Context,
  raw: unknown,
): Promise<z.output<Output>> {
  if (!allowed(op.access, ctx)) throw new Problem('forbidden', `${op.name} is not open to ${ctx.actor.kind}.`);
  const parsed = op.input.safeParse(raw);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), parsed.error.issues);
  return op.output.parse(await op.run(ctx, parsed.data));
}

/** Deny by default: an access without a rule here lets nobody in. */
function allowed(access: Access, { actor }: Context): boolean {
  switch (actor.kind) {
    case 'local':
      return true;
    case 'job':
      return access !== 'local';
  }
}
