import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace, type Span, type TextMapGetter } from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { MINUTE_MS } from './clock.ts';
import type { TracesConfig } from './config.ts';
import { post } from './egress.ts';
import type { Log } from './log.ts';
import { invalid } from './problem.ts';
import type { Tracing, WorkSpan } from './tracing.ts';
import { version } from './version.ts';

/** What waits for a collector that is away; past it, spans are dropped. */
const MOST_WAITING = 2048;
const EVERY_MS = 5000;
const SENT_WITHIN_MS = 10_000;
const CLOSED_WITHIN_MS = 2000;

// What Steward sends is itself a request, perhaps to a Steward: it asks not to be traced, or it would be so for ever.
const untraced = { traceparent: '00-00000000000000000000000000000001-0000000000000001-00' };

/** Sends spans to the collector that the operator of this machine named. One that is away costs memory for a while, and nothing else. */
export function sendTraces(config: TracesConfig, log: Log): Tracing {
  const exporter = exporterTo(addressOf(config.endpoint), headersIn(config.headers), log);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': config.service, 'service.version': version }),
    spanProcessors: [
      new ToldOnly(exporter, {
        maxQueueSize: MOST_WAITING,
        scheduledDelayMillis: EVERY_MS,
        exportTimeoutMillis: SENT_WITHIN_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('steward', version);
  return {
    async span({ name, attributes, isRequest }, work) {
      const span = tracer.startSpan(name, { kind: isRequest ? SpanKind.SERVER : SpanKind.INTERNAL }, ROOT_CONTEXT);
      const open = openSpan(span);
      open.say(attributes ?? {});
      try {
        return await work(open);
      } catch (error) {
        open.failed();
        throw error;
      } finally {
        span.end();
      }
    },
    async close() {
      const late = new Promise<void>((done) => setTimeout(done, CLOSED_WITHIN_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** Spans of requests that asked not to be told of. */
const untold = new WeakSet<object>();

class ToldOnly extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    if (!untold.has(span)) super.onEnd(span);
  }
}

const propagator = new W3CTraceContextPropagator();
const headerOf: TextMapGetter<Readonly<Record<string, string | string[] | undefined>>> = {
  // Of which trace it is, and no more: `tracestate` is any text, of anybody, and would be sent on as it is.
  get: (headers, name) => (name === 'traceparent' ? headers[name] : undefined),
  keys: () => ['traceparent'],
};

const openSpan = (span: Span): WorkSpan => ({
  say(attributes) {
    for (const [name, value] of Object.entries(attributes)) if (value !== undefined) span.setAttribute(name, value);
  },
  failed: () => void span.setStatus({ code: SpanStatusCode.ERROR }),
  believe(headers) {
    const named = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, headers, headerOf));
    if (!named) return;
    if (named.traceFlags & TraceFlags.SAMPLED) span.addLink({ context: named });
    else untold.add(span);
  },
});

function exporterTo(url: string, headers: Record<string, string>, log: Log): SpanExporter {
  let toldMs = 0;
  /** Once in a while is enough: the log is not where traces go. */
  const tell = (why: object) => {
    if (Date.now() - toldMs < 10 * MINUTE_MS) return;
    toldMs = Date.now();
    log.warn(why, 'traces of Steward itself could not be sent; they are dropped until they can');
  };
  return {
    export(spans, done) {
      const body = ProtobufTraceSerializer.serializeRequest(spans);
      if (!body) return done({ code: ExportResultCode.FAILED });
      const all = { ...headers, ...untraced, 'content-type': 'application/x-protobuf' };
      // What fails is told here, in our words, and nowhere else.
      void post(url, all, new Uint8Array(body), SENT_WITHIN_MS)
        .then(
          ({ status }) => status >= 300 && tell({ status }),
          (error: unknown) => tell({ err: error }),
        )
        .finally(() => done({ code: ExportResultCode.SUCCESS }));
    },
    shutdown: async () => undefined,
  };
}

function addressOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    throw invalid(
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://127.0.0.1:4318, without a user: traces are sent by HTTP.',
    );
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

/** `name=value,name=value`, values percent-encoded, as OpenTelemetry writes them. */
function headersIn(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => pair.trim() || []);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)\s*=\s*([\x20-\x7e]*)$/.exec(pair) ?? [];
      const plain = name === undefined || value === undefined ? undefined : decoded(value);
      if (plain === undefined || /[^\x20-\x7e]/.test(plain))
        throw invalid('OTEL_EXPORTER_OTLP_HEADERS must be pairs such as x-api-key=stwc_1,other=2, divided by commas.');
      return [name!.toLowerCase(), plain];
    }),
  );
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
