/** AI calls out of an OTLP/JSON export, for reading files: one flat record per model call. Pure. */

interface Attribute {
  key: string;
  value?: { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean };
}
interface Span {
  name?: string;
  traceId?: string;
  startTimeUnixNano?: string | number;
  endTimeUnixNano?: string | number;
  attributes?: Attribute[];
  status?: { code?: number | string; message?: string };
}
interface Export {
  resourceSpans?: { resource?: { attributes?: Attribute[] }; scopeSpans?: { spans?: Span[] }[] }[];
}

type Facts = Map<string, string | number | boolean>;

/** First hit wins: Langfuse, OTel GenAI (current, then deprecated), Vercel AI, OpenInference, Traceloop. */
const names = {
  model: [
    'langfuse.observation.model.name',
    'gen_ai.response.model',
    'ai.response.model',
    'llm.response.model_name',
    'gen_ai.request.model',
    'ai.model.id',
    'llm.model_name',
  ],
  input: [
    'langfuse.observation.input',
    'ai.prompt.messages',
    'ai.prompt',
    'gen_ai.input.messages',
    'gen_ai.prompt',
    'gen_ai.prompt.0.content',
    'llm.input_messages.0.message.content',
    'traceloop.entity.input',
    'input.value',
  ],
  output: [
    'langfuse.observation.output',
    'ai.response.text',
    'ai.response.object',
    'gen_ai.output.messages',
    'gen_ai.completion',
    'gen_ai.completion.0.content',
    'llm.output_messages.0.message.content',
    'traceloop.entity.output',
    'output.value',
  ],
  input_tokens: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'llm.token_count.prompt',
  ],
  output_tokens: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'llm.token_count.completion',
  ],
  cost_usd: ['gen_ai.usage.cost', 'llm.cost.total'],
  user: ['langfuse.user.id', 'user.id', 'ai.telemetry.metadata.userId', 'enduser.id'],
  session: ['langfuse.session.id', 'session.id', 'gen_ai.conversation.id', 'ai.telemetry.metadata.sessionId'],
  prompt_version: ['langfuse.observation.prompt.version', 'gen_ai.prompt.version', 'llm.prompt_template.version'],
  finish_reason: ['gen_ai.response.finish_reasons', 'ai.response.finishReason', 'llm.finish_reason'],
} as const;

/** One record per model call. Wrapper spans (agents, chains, tools) repeat what their calls say and are left out. */
export function callsOfExport(document: unknown): Record<string, unknown>[] {
  const { resourceSpans = [] } = rename(document) as Export;
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const about = facts(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) => spans.filter(isCall).map((span) => call(span, about)));
  });
}

const rename = (document: unknown): unknown =>
  JSON.parse(JSON.stringify(document), (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
            inner,
          ]),
        )
      : value,
  );

function facts(attributes: readonly Attribute[] = []): Facts {
  return new Map(
    attributes.flatMap(({ key, value }) => {
      const found = value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue;
      return found === undefined ? [] : [[key, found] as const];
    }),
  );
}

const first = (from: Facts, keys: readonly string[]) =>
  keys.map((key) => from.get(key)).find((value) => value !== undefined && value !== '');

function isCall(span: Span): boolean {
  const about = facts(span.attributes);
  const kind = about.get('langfuse.observation.type') ?? about.get('openinference.span.kind');
  if (kind !== undefined) return /^(generation|llm)$/i.test(String(kind));
  const operation = about.get('gen_ai.operation.name');
  if (operation !== undefined) return ['chat', 'generate_content', 'text_completion'].includes(String(operation));
  const step = about.get('ai.operationId');
  if (step !== undefined) return /\.do(Generate|Stream)$/.test(String(step));
  return first(about, names.model) !== undefined;
}

function call(span: Span, resource: Facts): Record<string, unknown> {
  const about = facts(span.attributes);
  const [start, end] = [nanos(span.startTimeUnixNano), nanos(span.endTimeUnixNano)];
  return {
    timestamp: start === null ? null : new Date(Number(start / 1_000_000n)).toISOString(),
    workflow: about.get('steward.workflow') ?? resource.get('service.name') ?? null,
    latency_s: start !== null && end !== null ? Number(end - start) / 1e9 : null,
    error: failed(span) ? (span.status?.message ?? 'error') : '',
    ...Object.fromEntries(Object.entries(names).map(([field, keys]) => [field, first(about, keys) ?? null])),
  };
}

const failed = ({ status }: Span) => status?.code === 2 || status?.code === 'STATUS_CODE_ERROR';

function nanos(value: string | number | undefined): bigint | null {
  try {
    return value === undefined ? null : BigInt(value);
  } catch {
    return null;
  }
}
