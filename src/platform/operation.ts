import { z } from 'zod';
import { Access, mayCall, standingAt, type Actor, type ClientAccess, type PracticeAccess, type SelfAccess } from './access.ts';
import type { Context } from './context.ts';
import { parseInput } from './faults.ts';
import { invalid, notFound, Problem, unavailable } from './problem.ts';
import { foldName, type Client, type Practice } from './practice.ts';
import { strike } from './strike.ts';

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

type Name = `${string}.${string}`;

export interface Operation<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
  Named extends Name = Name,
> {
  /** `<feature>.<verb>`: the same word in URL, terminal, tool, log and test. */
  name: Named;
  /** One sentence, for people and agents. */
  summary: string;
  /** Who may use it. Nobody, unless it says so here. */
  access: Access;
  /**
   * Said of every write: whether a person is to agree before an agent does it, as it takes something away, or lets somebody in, in a
   * way that is not simply undone.
   */
  confirms?: boolean;
  /** Of a write: whether, asked so, it only looks. It is then done as a read: without a transaction, and without an entry in the trail. */
  looks?: (input: z.output<Input>) => boolean;
  /** Of a write that may last for minutes: a client has few of them at once. */
  lasts?: true;
  /** Not offered to agents at all: its answer must not stand in a conversation. */
  notForAgents?: true;
  /** Also asked by GET over HTTP, its input in the query: for reads that a chart or a script links to. */
  byGet?: true;
  input: Input;
  output: Output;
  terminal?: Terminal<z.output<Output>>;
  run: (ctx: Context, input: z.output<Input>) => Promise<z.input<Output>>;
}

/** Any operation, its types forgotten: what the surfaces handle. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of verbs with different inputs has no narrower common type
export type AnyOperation = Operation<any, any>;

/** Declares a verb. Every surface is derived from the declaration. */
export const operation = <Input extends z.ZodObject, Output extends z.ZodType, const Named extends Name>(
  declared: Operation<Input, Output, Named>,
) => declared;

/** The field by which every verb of a client names it. */
export const clientField = z.string().min(1).max(200).describe('The client, by its id or its name.');

/**
 * The only way an operation runs, whatever the surface: access, parse, wall, transaction and audit trail for writes, run, parse.
 * An answer about a client names it. Throws `Problem` for what the caller can mend; anything else is a bug.
 */
export async function perform<Input extends z.ZodObject, Output extends z.ZodType>(
  op: Operation<Input, Output>,
  ctx: Context,
  raw: unknown,
): Promise<z.output<Output>> {
  if (!mayCall(op.access, ctx.actor)) throw new Problem('forbidden', `${op.name} is not open to ${nameOf(ctx.actor)}.`);
  if (isBroken(raw)) throw invalid('A text holds a NUL or half a character, which no store can keep.');
  const input = parseInput(op.input.strict() as unknown as Input, raw);
  if (op.access === 'local') return op.output.parse(await op.run(ctx, input));

  if (!ctx.practice) throw unavailable('No server is running here. Start one with "steward serve".');
  const client = op.access.of === 'client' ? await enter(op, op.access, ctx, ctx.practice, input) : null;
  const answer = await behindTheWall(op, op.access, ctx, ctx.practice, client, input);
  return client ? ({ client: client.id, ...(answer as object) } as z.output<Output>) : answer;
}

function isBroken(value: unknown): boolean {
  if (typeof value === 'string') return /\0|\p{Surrogate}/u.test(value);
  return typeof value === 'object' && value !== null && Object.entries(value).some((pair) => pair.some(isBroken));
}

/** The client that the input names. One that is closed to the actor and one that does not exist are told in the same words. */
async function enter(
  op: AnyOperation,
  access: ClientAccess,
  { actor }: Context,
  practice: Practice,
  input: unknown,
): Promise<Client> {
  const { client: named } = input as { client: string };
  const found = actor.kind === 'key' && actor.client ? own(actor.client, named) : await practice.findClient(named);
  const standing = found && standingAt(found, actor);
  if (!found || !standing) throw notFound('There is no such client.');
  if (standing !== 'trusted' && !access.roles.includes(standing))
    throw new Problem('forbidden', `${op.name} is not open to a ${standing}.`);
  return found;
}

// The key itself says whose it is: nothing is looked up, so nothing can be learned of others, not even by the time it takes.
const own = (client: Client, named: string) =>
  named.toLowerCase() === client.id || foldName(named) === foldName(client.name) ? client : undefined;

async function behindTheWall<Input extends z.ZodObject, Output extends z.ZodType>(
  op: Operation<Input, Output>,
  access: ClientAccess | PracticeAccess | SelfAccess,
  ctx: Context,
  practice: Practice,
  client: Client | null,
  input: z.output<Input>,
): Promise<z.output<Output>> {
  if (access.does === 'read' || op.looks?.(input))
    return op.output.parse(await op.run({ ...ctx, client, ...practice.reading(client) }, input));
  const deed = { operation: op.name, actor: ctx.actor, at: ctx.now(), input: strike(op.input, input), lasts: op.lasts };
  const later: (() => void | Promise<void>)[] = [];
  const afterwards: Context['afterwards'] = (work) => void later.push(work);
  const answer = await practice.writing(client, deed, async (handles) =>
    op.output.parse(await op.run({ ...ctx, client, ...handles, afterwards }, input)),
  );
  for (const work of later) await work();
  return answer;
}

function nameOf(actor: Actor): string {
  if (actor.kind !== 'key') return actor.kind === 'local' ? 'this terminal: it is asked of a server' : `a ${actor.kind}`;
  return `a key with the scopes ${actor.scopes.join(', ') || '(none)'}${actor.client ? ' of one client' : ''}`;
}

/** Throws when a declaration would open more than it says. Called before anything is served. */
export function requireSound(operations: readonly AnyOperation[]): void {
  const names = new Set<string>();
  for (const op of operations) {
    const flaw = names.has(op.name) ? 'is declared twice' : flawOf(op);
    if (flaw) throw new Error(`The operation ${op.name} ${flaw}.`);
    names.add(op.name);
  }
}

function flawOf({ access, confirms, byGet, input, output }: AnyOperation): string | undefined {
  if (!Access.safeParse(access).success) return 'declares no access that Steward knows';
  if (access === 'local') return undefined;
  if (!(output instanceof z.ZodObject)) return 'answers something other than an object';
  if ((access.does === 'write') !== (confirms !== undefined))
    return access.does === 'write' ? 'writes and does not say whether a person confirms it' : 'reads and yet is confirmed';
  if (byGet && access.does !== 'read') return 'writes and yet is asked by GET';
  if (access.of === 'client' && input.shape.client !== clientField) return 'is of a client and does not name it by clientField';
  if (access.of !== 'client' && 'client' in input.shape) return `is of the ${access.of} and yet names a client`;
  return isOpen(z.toJSONSchema(input.strict(), { io: 'input', unrepresentable: 'any' }))
    ? 'takes unknown fields somewhere in its input'
    : undefined;
}

/** Whether an object anywhere in a schema has fields and still takes others. */
function isOpen(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { properties, additionalProperties } = schema as Record<string, unknown>;
  return (properties !== undefined && additionalProperties === undefined) || Object.values(schema).some(isOpen);
}
