import type { Value } from '../wire.ts';
import { objectIn, type Facts } from './facts.ts';

interface Parts {
  input: Value;
  output: Value;
  read: Value;
  written: Value;
  reasoning: Value;
}

const names: Record<keyof Parts, readonly string[]> = {
  input: ['input_tokens', 'prompt_tokens', 'promptTokens'],
  output: ['output_tokens', 'completion_tokens', 'completionTokens'],
  read: ['cache_read', 'cache_read_input_tokens', 'cacheReadInputTokens'],
  written: ['cache_creation', 'cache_creation_input_tokens', 'cacheCreationInputTokens'],
  reasoning: ['reasoning', 'reasoning_tokens', 'reasoningTokens'],
};
const nothing: Parts = { input: null, output: null, read: null, written: null, reasoning: null };

/** Tokens in an object: LangSmith's details `{"cache_read":40}`, by themselves or in LangChain's usage, MLflow's usage, LangWatch's `{"type":"json","value":{…}}`. */
export function objectUsage({ inputDetails, outputDetails, usageObject }: Facts): Parts {
  if (inputDetails === null && outputDetails === null && usageObject === null) return nothing;
  const whole = usageObject === null ? null : objectIn(usageObject);
  const within = whole && objectIn((whole['value'] ?? null) as Value);
  const detail = (name: string) => objectIn((whole?.[name] ?? null) as Value);
  const objects = [
    within ?? whole,
    objectIn(inputDetails) ?? detail('input_token_details'),
    objectIn(outputDetails) ?? detail('output_token_details'),
  ].filter((object) => object !== null);
  const find = (wanted: readonly string[]) =>
    wanted.flatMap((name) => objects.map((object) => object[name])).find((value) => typeof value === 'number') ?? null;
  return {
    input: find(names.input),
    output: find(names.output),
    read: find(names.read),
    written: find(names.written),
    reasoning: find(names.reasoning),
  };
}
