import { carriesText, precedence, unnumberedScores, numbered } from './precedence.ts';
import type { Topic } from './convention.ts';
import { typeNames } from './types.ts';

/** Answers to these are what people wrote or models said; to all others they are names, ids, times and counts. */
const wordy: ReadonlySet<Topic> = new Set([
  'system',
  'input',
  'output',
  'messageList',
  'laterInput',
  'laterOutput',
  'statusMessage',
  'providerMetadata',
  'usageObject',
  'metadata',
] as const);

/** Further names by which conventions give names, ids and kinds of things. Addresses with a query in them are not among them. */
const further = [
  'gen_ai: operation.name agent.id agent.name agent.version tool.name tool.type tool.call.id data_source.id output.type',
  'gen_ai: request.encoding_formats response.service_tier workflow.name token.type openai.api_version',
  'gen_ai: openai.request.service_tier openai.response.service_tier openai.response.system_fingerprint',
  'gen_ai: evaluation.name evaluation.score.value evaluation.score.label evaluation.source evaluation.annotator_kind',
  'openai: api.type request.service_tier response.service_tier response.system_fingerprint',
  'aws: request_id bedrock.guardrail.id bedrock.knowledge_base.id',
  'mcp: method.name session.id protocol.version',
  'ai: operationId telemetry.functionId toolCall.name toolCall.id response.timestamp schema.name',
  'traceloop: workflow.name entity.name entity.path entity.version',
  'langfuse: observation.type trace.name',
  'steward: workflow import.file',
  'tool: name id',
  'agent: name',
  'graph: node.id node.name node.parent_id',
  'otel: status_code scope.name scope.version library.name library.version',
  'exception: type',
  'event: name',
  'operation: name',
  'resource: name',
  'code: function function.name namespace filepath file.path',
  'http: method request.method route flavor scheme',
  'url: scheme domain',
  'server: address',
  'client: address',
  'network: transport type protocol.name protocol.version peer.address',
  'net: peer.name host.name',
  'peer: service',
  'rpc: system service method',
  'db: system system.name name namespace operation operation.name collection.name sql.table',
  'messaging: system destination.name operation operation.name operation.type',
  'faas: name trigger invocation_id',
  'thread: name',
].flatMap((line) => {
  const [family, ...names] = line.split(/:? /);
  return names.map((name) => `${family}.${name}`);
});

const labels = new Set(
  [
    ...Object.entries(precedence).flatMap(([topic, names]) => (wordy.has(topic as Topic) ? [] : names)),
    ...typeNames,
    ...further,
  ].filter((name) => !carriesText(name)),
);

const counted: ReadonlySet<Topic> = new Set([
  'inputTokens',
  'uncachedTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'textTokens',
  'reasoningTokens',
  'totalTokens',
  'thoughtTokens',
  'cost',
  'completionStart',
  'firstChunkS',
  'firstChunkMs',
] as const);
const counts = new Set([...counted].flatMap((topic) => precedence[topic]));

/** Whether what stands under the name is known to be a number of tokens, dollars or seconds. */
export const isCount = (name: string) => counts.has(name);

const scorePrefixes = [...numbered.scores, ...unnumberedScores];
const leafOfScore = /\.(?:name|label|score|value|annotator_kind|source)$/;
const isLeafOfScore = (name: string) => scorePrefixes.some((prefix) => name.startsWith(prefix)) && leafOfScore.test(name);

/** Whether what stands under the name is known to be a name, an id, a kind or a count, and no text that somebody wrote or read. */
export const isLabel = (name: string) => labels.has(name) || isLeafOfScore(name);
