import { objectIn } from './facts.ts';
import type { Value } from '../wire.ts';
import type { Usage } from './usage.ts';

type Details = { readonly [key: string]: unknown };
type Count = (value: unknown) => number | null;

/** Langfuse's usage details. Its keys are disjoint, unless the client passed on what OpenAI answered. Null when it holds no tokens. */
export function langfuseUsage(details: Details, count: Count): Usage | null {
  return openaiShape(details, count) ?? disjointKeys(details, count);
}

/** OpenAI's own shape: the details are parts of the counts above them. */
function openaiShape(details: Details, count: Count): Usage | null {
  const inputParts = objectIn((details['prompt_tokens_details'] ?? details['input_tokens_details'] ?? null) as Value);
  const outputParts = objectIn((details['completion_tokens_details'] ?? details['output_tokens_details'] ?? null) as Value);
  const input = details['prompt_tokens'] ?? details['promptTokens'];
  const output = details['completion_tokens'] ?? details['completionTokens'];
  if (input === undefined && output === undefined && !inputParts && !outputParts) return null;
  const read = (value: unknown) => count(value ?? null);
  return {
    inputTokens: read(input ?? details['input_tokens']),
    cachedInputTokens: read(inputParts?.['cached_tokens']),
    cacheWriteTokens: null,
    outputTokens: read(output ?? details['output_tokens']),
    reasoningTokens: read(outputParts?.['reasoning_tokens']),
  };
}

const isCacheWrite = (key: string) => /cache_(creation|write)/.test(key);
const isCacheRead = (key: string) => key.includes('cache') && !isCacheWrite(key);
const isInput = (key: string) => key.startsWith('input') || key.startsWith('cache');
const isOutput = (key: string) => key.startsWith('output');
const isReasoning = (key: string) => isOutput(key) && key.includes('reasoning');

/** Every key counts tokens that no other counts; but where the total says that the parts are within, they are. */
function disjointKeys(details: Details, count: Count): Usage | null {
  const counts = Object.entries(details)
    .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
    .map(([key, value]) => [key, count(value) ?? 0] as const);
  const sum = (wanted: (key: string) => boolean) => {
    const found = counts.filter(([key]) => wanted(key));
    return found.length === 0 ? null : found.reduce((total, [, tokens]) => total + tokens, 0);
  };
  const [input, output] = isWithin(counts) ? [sum(isBaseInput), sum(isBaseOutput)] : [sum(isInput), sum(isOutput)];
  if (input === null && output === null) return null;
  return {
    inputTokens: input,
    cachedInputTokens: sum((key) => isInput(key) && isCacheRead(key)),
    cacheWriteTokens: sum((key) => isInput(key) && isCacheWrite(key)),
    outputTokens: output,
    reasoningTokens: sum(isReasoning),
  };
}

const isBaseInput = (key: string) => key === 'input' || key === 'input_tokens';
const isBaseOutput = (key: string) => key === 'output' || key === 'output_tokens';

function isWithin(counts: readonly (readonly [string, number])[]): boolean {
  const of = (wanted: (key: string) => boolean) =>
    counts.filter(([key]) => wanted(key)).reduce((total, [, tokens]) => total + tokens, 0);
  const total = of((key) => key === 'total' || key === 'total_tokens');
  const base = of((key) => isBaseInput(key) || isBaseOutput(key));
  const parts = of((key) => (isInput(key) && !isBaseInput(key)) || (isOutput(key) && !isBaseOutput(key)));
  return total > 0 && parts > 0 && total === base && total !== base + parts;
}
