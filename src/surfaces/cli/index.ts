import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { askServer } from '../../features/accounts/index.ts';
import type { Context } from '../../platform/context.ts';
import { perform, type AnyOperation } from '../../platform/operation.ts';
import { printable, printableJson } from '../../platform/printable.ts';
import { Problem } from '../../platform/problem.ts';
import { version } from '../../platform/version.ts';
import { openProgress } from './progress.ts';
import { showAnswer } from './show.ts';

export interface Streams {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
}

/** A command that is no operation, such as starting the server. Answers the exit code. */
export interface Program {
  words: readonly [string];
  summary: string;
  run: () => Promise<number>;
}

/** What the shell is told: 0 good news, 2 bad news, 1 it could not be done. */
const COULD_NOT = 1;

/** Runs the command line. Every command is derived from an operation. */
export async function runCli(
  argv: readonly string[],
  operations: readonly AnyOperation[],
  ctx: Context,
  { out, err }: Streams,
  programs: readonly Program[] = [],
): Promise<number> {
  let exitCode = 0;
  const program = new Command('steward')
    .description('The operating system for AI operations.')
    .version(version)
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'steward: ')),
      getOutHelpWidth: () => width(out),
      getErrHelpWidth: () => width(err),
    })
    // Every command on one screen, with all of its words; those of one word are the ones a newcomer looks for.
    .configureHelp({
      visibleCommands: (above) =>
        above.commands
          .filter((made) => !made.name().includes('.'))
          .flatMap(leaves)
          .toSorted((a, b) => depth(a) - depth(b) || wordsOf(a).localeCompare(wordsOf(b))),
      optionDescription: ({ description }) => description,
      subcommandTerm: (leaf) => `${wordsOf(leaf)} ${leaf.usage().replace('[options]', '').trim()}`.trim(),
    })
    .usage('<command> [options]')
    .showHelpAfterError('"steward --help" shows what there is.')
    .addHelpText('after', '\n"steward <command> --help" shows the options of a command.')
    .exitOverride();
  const meant = operations.filter((op) => isMeant(op, argv));
  for (const op of operations) {
    // By words, and by the name that it has everywhere else. Whose options nobody asks about has none: to describe all takes 70 ms.
    const made = [
      byWords(program, op, meant.length === 0 || meant.includes(op)),
      ...(argv.includes(op.name) ? [byName(program, op)] : []),
    ];
    for (const one of made)
      one.action(async (...given: unknown[]) => {
        exitCode = await runOperation(op, typed(op, given), ctx, { out, err });
      });
  }
  for (const { words, summary, run } of programs) {
    program
      .command(words[0])
      .description(summary)
      .action(async () => {
        exitCode = await run();
      });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT;
    throw error;
  }
  return exitCode;
}

const leaves = (above: Command): Command[] => (above.commands.length > 0 ? above.commands.flatMap(leaves) : [above]);
const wordsOf = (made: Command): string => (made.parent?.parent ? `${wordsOf(made.parent)} ${made.name()}` : made.name());
const depth = (made: Command) => wordsOf(made).split(' ').length;

// A terminal that was never told its size says 0.
const width = (stream: NodeJS.WriteStream) => (stream.isTTY ? Math.min(stream.columns || 80, 120) : 100);

/** A person reads a table; a pipe, and whoever asks for it, gets JSON. */
function textOf(
  op: AnyOperation,
  answer: unknown,
  { isRead, ...page }: { width: number; color: boolean; isRead: boolean },
): string {
  if (op.terminal?.print) return unsteering(op.terminal.print(answer, page), page);
  return isRead ? showAnswer(answer, page) : printableJson(answer);
}

// oxlint-disable-next-line no-control-regex
const STYLE = /(\u001B\[(?:0|1|2|22|31|32|33|36|39)m)/;

/** The styles that a form of ours has, and no other way to steer a terminal: what it tells of may be a stranger's. */
const unsteering = (text: string, { color }: { color: boolean }) =>
  color
    ? text
        .split(STYLE)
        .map((part, at) => (at % 2 === 1 ? part : printable(part)))
        .join('')
    : printable(text);

/** Verbs that print in a way of their own may have a field of that name. */
const takesJson = (op: AnyOperation) => !op.terminal?.print && !('json' in op.input.shape);

interface Typed {
  input: Record<string, unknown>;
  asJson: boolean;
}

async function runOperation(op: AnyOperation, { input, asJson }: Typed, ctx: Context, { out, err }: Streams): Promise<number> {
  const progress = openProgress(err);
  process.once('exit', progress.close);
  try {
    const answer: unknown =
      op.access === 'local'
        ? await perform(op, { ...ctx, progress: progress.show }, input)
        : await askServer(op, ctx.config, input);
    progress.close();
    const color = out.isTTY && out.hasColors?.();
    const text = textOf(op, answer, { width: width(out), color, isRead: out.isTTY && !asJson });
    await new Promise((written) => out.write(text.endsWith('\n') ? text : `${text}\n`, written));
    return op.terminal?.exitCode?.(answer) ?? 0;
  } catch (error) {
    progress.close();
    if (error instanceof Problem) {
      err.write(`steward: ${printable(sentence(error))}\n`);
      ctx.log.debug({ err: error }, 'the operation could not be done');
    } else {
      ctx.log.error({ err: error, operation: op.name }, 'a bug');
      err.write(
        'steward: something went wrong inside Steward. Run it again with STEWARD_LOG=error to see the details, and report them.\n',
      );
    }
    return COULD_NOT;
  } finally {
    process.off('exit', progress.close);
  }
}

const Issues = z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })).min(1);

/** What is wrong, with the flags that were typed and not the fields behind them. */
function sentence({ message, details }: Problem): string {
  const issues = Issues.safeParse(details);
  if (!issues.success) return message;
  return issues.data.map((issue) => `--${kebab(String(issue.path[0] ?? ''))}: ${issue.message}`).join('\n');
}

const wordsFor = (op: AnyOperation) => op.terminal?.words ?? op.name.split('.');
/** Whether the command line begins with the words of an operation. */
const isMeant = (op: AnyOperation, argv: readonly string[]) =>
  wordsFor(op).every((word, i) => argv[i] === word || argv[i] === kebab(word));

/** The command of an operation. */
function byWords(program: Command, op: AnyOperation, withFlags: boolean): Command {
  const words = wordsFor(op);
  const parent = words
    .slice(0, -1)
    .reduce(
      (above, word) => above.commands.find((known) => known.name() === word) ?? above.command(word).usage('<command> [options]'),
      program,
    );
  const last = words.at(-1)!;
  const made = withFlags ? flags(parent.command(last), op, words.join(' ')) : parent.command(last);
  return kebab(last) === last ? made : made.alias(kebab(last));
}

/** The same as over HTTP and MCP: `telemetry.trace --traceId …`; what has no flag otherwise has one here, too. */
function byName(program: Command, op: AnyOperation): Command {
  const made = flags(program.command(op.name, { hidden: true }), op, op.name);
  const { positional } = op.terminal ?? {};
  if (positional)
    for (const [, option] of optionsOf(positional, describe(op.input.shape[positional]))) made.addOption(option.hideHelp());
  return made;
}

/** With a flag per input field. */
function flags(made: Command, op: AnyOperation, words: string): Command {
  made.description(op.summary).showHelpAfterError(`"steward ${words} --help" shows how.`);
  for (const [field, schema] of Object.entries<z.ZodType>(op.input.shape)) {
    const told = describe(schema);
    const { required, list, help } = told;
    if (field === op.terminal?.positional) {
      const mustBeFirst = required && words !== op.name;
      made.argument(`${mustBeFirst ? '<' : '['}${field}${list ? '...' : ''}${mustBeFirst ? '>' : ']'}`, help);
      continue;
    }
    for (const [flag, option] of optionsOf(field, told)) {
      if (flag !== kebab(field)) option.hideHelp();
      else if (required) option.makeOptionMandatory();
      made.addOption(option);
    }
  }
  if (takesJson(op)) made.option('--json', 'Print the answer as JSON, as it is printed into a pipe.');
  return made;
}

/** `--trace-id`, and `--traceId` for whoever knows the field by its name in JSON: both fill the same field. */
function optionsOf(field: string, told: ReturnType<typeof describe>): [string, Option][] {
  const { choices, flag, value, help } = told;
  return [...new Set([kebab(field), field])].flatMap((name): [string, Option][] => {
    if (flag)
      return [
        [name, new Option(`--${name}`, help)],
        [`no-${name}`, new Option(`--no-${name}`, `Not so: ${help}`)],
      ];
    const option = new Option(`--${name} <${value}>`, help);
    if (choices) option.choices(choices);
    option.argParser((text: string, previous: unknown) => valueOf(text, previous, told));
    return [[name, option]];
  });
}

/** For commander, null is what was not typed. */
const NOTHING = Symbol('null');

/** What was typed, as the operation takes it; numbers stay words, which its schema reads. */
function valueOf(text: string, previous: unknown, { list, isObject, nullable, choices }: ReturnType<typeof describe>): unknown {
  if (nullable && text === 'null') return NOTHING;
  if (choices && text !== '' && !choices.includes(text))
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  const value = isObject ? jsonOf(text) : text;
  if (!list) return value;
  // One value each time it is given: commander's own lists would take the files that follow too. Nothing at all: an empty list.
  const before = (previous as unknown[] | undefined) ?? [];
  return text === '' ? before : [...before, ...(Array.isArray(value) ? (value as unknown[]) : [value])];
}

function jsonOf(text: string): unknown {
  if (text === '') return [];
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError(`It is read as JSON, such as '{"name": "…"}', and this is none.`);
  }
}

const kebab = (field: string) => field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

interface Told {
  type?: string;
  enum?: unknown[];
  items?: Told;
  anyOf?: Told[];
  properties?: Record<string, Told>;
  value?: string;
}

/** What a terminal must know of a field: read off its JSON schema. `value` in its meta names what is to be typed. */
function describe(schema: z.ZodType) {
  const json = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Told;
  const kinds = json.anyOf ?? [json];
  const kind = kinds.find(({ type }) => type !== 'null') ?? json;
  const one = kind.items ?? kind;
  const isObject = one.type === 'object';
  const choices = kind.enum?.map(String);
  const help = schema.description ?? schema.meta()?.description ?? '';
  return {
    required: !schema.safeParse(undefined).success,
    list: kind.type === 'array',
    flag: kind.type === 'boolean',
    /** It is one, or a list of them: what is typed is JSON. */
    isObject,
    nullable: kinds.some(({ type }) => type === 'null'),
    choices,
    help: `${help}${isObject ? ` As JSON: ${exampleOf(one)}` : ''}`.trim(),
    value: json.value ?? choices?.join('|') ?? (kind.type === 'number' ? 'number' : isObject ? 'json' : 'text'),
  };
}

/** The fields of an object, each with what it is: `{"name": string, "pattern": string}`. */
const exampleOf = ({ properties = {} }: Told) =>
  `{${Object.entries(properties)
    .map(([name, { type }]) => `"${name}": ${type ?? 'value'}`)
    .join(', ')}}`;

/** Arguments and flags back into the input of the operation. */
function typed(op: AnyOperation, given: unknown[]): Typed {
  const { json, ...others } = Object.fromEntries(
    Object.entries(given.at(-2) as Record<string, unknown>).map(([name, value]) => [name, value === NOTHING ? null : value]),
  );
  const options = takesJson(op) ? others : { ...others, ...(json !== undefined && { json }) };
  const positional = op.terminal?.positional;
  // By its name it may have been given with a flag.
  const input = { ...(positional && given[0] !== undefined ? { [positional]: given[0] } : {}), ...options };
  return { input, asJson: takesJson(op) && json === true };
}
