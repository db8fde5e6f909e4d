import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Config } from '../../platform/config.ts';
import { Problem } from '../../platform/problem.ts';
import { postToServer } from '../../features/accounts/index.ts';

const Message = z.object({ id: z.union([z.string(), z.number()]) });
const Answer = z.object({ jsonrpc: z.literal('2.0') });
const INTERNAL_ERROR = -32_603;

/** Passes an agent's messages, one a line, on to the server and its answers back, until the agent closes its end. */
export async function bridgeStdio(config: Config, input: Readable, output: Writable): Promise<void> {
  const open = new Set<Promise<void>>();
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    // Not one after the other: an agent may ask much at once, and answers carry the number of their question.
    const passed = pass(config, line, (text) => output.write(`${text}\n`)).finally(() => open.delete(passed));
    open.add(passed);
  }
  await Promise.all(open);
}

async function pass(config: Config, line: string, write: (text: string) => void): Promise<void> {
  try {
    const { status, text } = await postToServer(config, '/mcp', { accept: 'application/json, text/event-stream' }, line);
    if (isAnswer(text)) write(JSON.stringify(JSON.parse(text)));
    else if (status !== 202) tell(line, `The server answered ${status}: ${text.slice(0, 300)}`, write);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(line, error.message, write);
  }
}

const isAnswer = (text: string) => Answer.safeParse(jsonOf(text)).success;

/** To who asked a question; a notification expects no answer. */
function tell(line: string, message: string, write: (text: string) => void): void {
  const asked = Message.safeParse(jsonOf(line));
  if (asked.success) write(JSON.stringify({ jsonrpc: '2.0', id: asked.data.id, error: { code: INTERNAL_ERROR, message } }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
