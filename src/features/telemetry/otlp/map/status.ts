import type { RawSpan } from '../wire.ts';
import { label, objectIn, type Facts } from './facts.ts';

interface Outcome {
  status: 'ok' | 'error';
  statusMessage: string | null;
}

/** Failed if anything says so. The message is the most telling one. */
export function outcomeOf(span: RawSpan, facts: Facts, output: string | null): Outcome {
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes;
  const errorType = label(facts.errorType);
  const isError =
    span.failed ||
    exception !== undefined ||
    errorType !== null ||
    facts.level === 'ERROR' ||
    (output !== null && isToolError(output));
  const said = [span.statusMessage, label(facts.statusMessage), label(exception?.get('exception.message') ?? null)];
  const why = isError ? [...said, label(exception?.get('exception.type') ?? null), errorType] : said;
  return { status: isError ? 'error' : 'ok', statusMessage: why.find((text) => text !== null && text !== '') ?? null };
}

const MOST_JSON = 65_536;

/** An MCP tool answers `{"content":[…],"isError":true}` on a call that went well otherwise. */
const isToolError = (output: string) =>
  output.length <= MOST_JSON && output.includes('"isError"') && objectIn(output)?.['isError'] === true;
