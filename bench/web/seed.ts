import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';

const DAY_MS = 86_400_000;

/** An AI system with OpenTelemetry's own exporter in it. Each batch that was acknowledged is told, with when. */
export function openSystem(
  target: { url: string; key: string },
  workflow: string,
  {
    acknowledged,
    atOnce = false,
  }: { acknowledged?: (spans: readonly ReadableSpan[], atMs: number) => void; atOnce?: boolean } = {},
) {
  const exporter = new OTLPTraceExporter({ url: `${target.url}/v1/traces`, headers: { 'x-api-key': target.key } });
  const told = {
    export: (...[spans, done]: Parameters<typeof exporter.export>) =>
      exporter.export(spans, (result) => {
        if (result.error) throw result.error;
        acknowledged?.(spans, Date.now());
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
  const provider = new BasicTracerProvider({
    spanProcessors: [atOnce ? new SimpleSpanProcessor(told) : new BatchSpanProcessor(told, { maxQueueSize: 100_000 })],
  });
  return {
    workflow,
    tracer: provider.getTracer('bench'),
    close: async () => {
      await provider.forceFlush();
      await provider.shutdown();
    },
  };
}

interface Run {
  name: string;
  startMs: number;
  model: string;
  user: string;
  failed: boolean;
  ms: number;
}

/** One run: an agent, a call of a model, a tool that may fail. */
export function record(
  { tracer, workflow }: ReturnType<typeof openSystem>,
  { name, startMs, model, user, failed, ms }: Run,
): void {
  const common = { 'steward.workflow': workflow, 'user.id': user, 'session.id': `session-${user}` };
  const agent = tracer.startSpan(name, {
    startTime: startMs,
    attributes: { ...common, 'gen_ai.operation.name': 'invoke_agent' },
  });
  const inside = trace.setSpan(context.active(), agent);
  const attributes = {
    ...common,
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': 1100 + (startMs % 300),
    'gen_ai.usage.output_tokens': 120 + (startMs % 90),
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: 'Where is my parcel?' }]),
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', content: 'It is on its way.' }]),
  };
  tracer
    .startSpan(`chat ${model}`, { startTime: startMs + 20, kind: SpanKind.CLIENT, attributes }, inside)
    .end(startMs + ms * 0.7);
  const tool = tracer.startSpan('find_parcel', { startTime: startMs + ms * 0.7, attributes: common }, inside);
  if (failed) tool.setStatus({ code: SpanStatusCode.ERROR, message: 'no such parcel' });
  tool.end(startMs + ms * 0.9);
  agent.end(startMs + ms);
}

/** Four weeks of some workflows; the first one gets worse, and another model takes over in the second. */
export async function seed(target: { url: string; key: string }, workflows: number, runsPerDay: number): Promise<void> {
  const nowMs = Date.now();
  for (let w = 0; w < workflows; w += 1) {
    const system = openSystem(target, workflowName(w));
    for (let n = 0; n < 28 * runsPerDay; n += 1) {
      const startMs = nowMs - 28 * DAY_MS + Math.round(((n + 0.5) * DAY_MS) / runsPerDay);
      const late = n / (28 * runsPerDay);
      record(system, {
        name: 'draft a reply',
        startMs,
        model: w % 2 === 1 && late > 0.6 ? 'gpt-4o-mini' : 'gpt-4o',
        user: `user-${(n * 7) % 40}@acme.example`,
        failed: n % (w === 0 && late > 0.7 ? 4 : 40) === 3,
        ms: 900 + ((n * 379) % 800) + (w === 2 && late > 0.5 ? 1500 : 0),
      });
    }
    await system.close();
  }
}

const names = ['support drafts', 'invoice sync', 'proposal drafts', 'meeting notes', 'lead scoring', 'contract review'];
const workflowName = (w: number) =>
  w < names.length ? names[w]! : `${names[w % names.length]} ${Math.floor(w / names.length) + 1}`;
