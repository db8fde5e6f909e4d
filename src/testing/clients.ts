import { setTimeout as sleep } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Totals, TraceSpan } from '../features/telemetry/model.ts';
import { eventually } from '../stores/testing/temp.ts';
import { fakeProvider } from './provider/index.ts';
import { testServer } from './server.ts';

export interface ShownTrace {
  totals: Totals;
  /** Without the span of the request itself. */
  spans: TraceSpan[];
}

/** Until what a client does after it has answered is done. */
const SETTLED_MS = 100;

/** What an application has around its calls of models: a provider, and tracing by OpenTelemetry that is sent to a running Steward. */
export async function instrumentedApp(service: string) {
  const [server, models] = await Promise.all([testServer(), fakeProvider()]);
  const client = await server.client('Acme');
  const to = (signal: string) => ({
    url: `${server.url()}/v1/${signal}`,
    headers: { 'x-api-key': client.key },
    compression: CompressionAlgorithm.GZIP,
  });
  const resource = resourceFromAttributes({ 'service.name': service });
  const tracing = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(to('traces')))],
  });
  const logging = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor(new OTLPLogExporter(to('logs')))] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracing);
  const tracer = tracing.getTracer('app');

  /** A request that the application serves: the id of its trace, and what went wrong. */
  const requestOf = (work: () => unknown) =>
    tracer.startActiveSpan('request', async (root) => {
      const failed: unknown = await Promise.resolve()
        .then(work)
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      root.end();
      return { traceId: root.spanContext().traceId, failed };
    });

  const ask = (operation: string, input: object) => server.ask(operation, { client: client.id, ...input }, client.key);

  return {
    models,
    tracing,
    logging,
    tracer,
    /** Does each of these in a trace of its own, one after the other, and tells what Steward shows of it. */
    async tracesOf<Name extends string>(works: Record<Name, () => unknown>): Promise<Record<Name, ShownTrace>> {
      const ids: [Name, string][] = [];
      for (const [name, work] of Object.entries(works) as [Name, () => unknown][]) {
        const { traceId, failed } = await requestOf(work);
        if ((failed !== undefined) !== name.includes('refused')) throw new Error(`${name} went otherwise`, { cause: failed });
        ids.push([name, traceId]);
      }
      await sleep(SETTLED_MS);
      await Promise.all([tracing.forceFlush(), logging.forceFlush()]);
      // A record may say what a span does not, and comes by another way.
      await eventually(async () => (await ask('telemetry.ledger', {})).json['spooled'] === 0);
      const shown: Partial<Record<Name, ShownTrace>> = {};
      for (const [name, traceId] of ids) {
        const { totals, spans } = (await ask('telemetry.trace', { traceId })).json as unknown as ShownTrace;
        shown[name] = { totals, spans: spans.filter(({ name }) => name !== 'request') };
      }
      return shown as Record<Name, ShownTrace>;
    },
    async close() {
      await Promise.all([tracing.shutdown(), logging.shutdown()]);
      trace.disable();
      context.disable();
      await Promise.all([server.close(), models.close()]);
    },
  };
}

/** Reads a streamed answer to its end. */
export async function drain(stream: Promise<AsyncIterable<unknown>>): Promise<void> {
  const ended = (await stream)[Symbol.asyncIterator]();
  while (!(await ended.next()).done);
}

export const ofKind = ({ spans }: ShownTrace, kind: string) => spans.filter((span) => span.kind === kind);
