import type { Kind } from '../span.ts';
import type { Attributes } from '../wire.ts';
import { unquoted, type Facts } from './facts.ts';
import { typeRules } from './types.ts';

const costable: ReadonlySet<Kind> = new Set(['generation', 'embedding', 'reranker'] as const);

/** Whether spans of this kind call a model themselves. */
export const callsModel = (kind: Kind) => costable.has(kind);

export function kindOf(attributes: Attributes, facts: Facts): Kind {
  return ruledKind(attributes) ?? requestedKind(facts) ?? hintedKind(facts);
}

function ruledKind(attributes: Attributes): Kind | null {
  for (const { name, kinds, last, otherwise } of typeRules) {
    const value = attributes.get(name);
    if (typeof value !== 'string') continue;
    const word = unquoted(last ? value.slice(value.lastIndexOf('.') + 1) : value).toLowerCase();
    const kind = kinds.get(word) ?? otherwise;
    if (kind) return kind;
  }
  return null;
}

const requests = new Map<unknown, Kind>([
  ['chat', 'generation'],
  ['completion', 'generation'],
  ['embedding', 'embedding'],
  ['rerank', 'reranker'],
  // LiteLLM names the function that was called.
  ['acompletion', 'generation'],
  ['aembedding', 'embedding'],
  ['arerank', 'reranker'],
]);

const requestedKind = ({ requestType }: Facts) => requests.get(requestType) ?? null;

function hintedKind(facts: Facts): Kind {
  // An MCP session also lists and greets; only calls are tools.
  if (facts.toolHint !== null) return typeof facts.toolHint === 'string' && isOtherMcp(facts.toolHint) ? 'span' : 'tool';
  return facts.servedModel !== null || facts.requestModel !== null ? 'generation' : 'span';
}

const isOtherMcp = (method: string) =>
  /^(initialize|ping|server|completion|logging|notifications|prompts|resources|roots|sampling|elicitation|tools)(\/|$)/.test(
    method,
  ) && method !== 'tools/call';
