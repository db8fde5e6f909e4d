import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendTo, testServer, type TestServer } from '../../../testing/server.ts';

/** OpenTelemetry's own exporters, as they are, against a running server. */

let server: TestServer;
beforeAll(async () => void (server = await testServer()));
afterAll(() => server.close());

const exporters = {
  'protobuf, gzipped': [ProtoTraces, ProtoLogs, ProtoMetrics, CompressionAlgorithm.GZIP],
  protobuf: [ProtoTraces, ProtoLogs, ProtoMetrics, CompressionAlgorithm.NONE],
  'JSON, gzipped': [JsonTraces, JsonLogs, JsonMetrics, CompressionAlgorithm.GZIP],
  JSON: [JsonTraces, JsonLogs, JsonMetrics, CompressionAlgorithm.NONE],
} as const;

/** A span, a record, and two metrics. */
async function sendAll(base: string, key: string, name: keyof typeof exporters) {
  const [Traces, Logs, Metrics, compression] = exporters[name];
  const to = (signal: string) => ({ url: `${base}/v1/${signal}`, headers: { 'x-api-key': key }, compression });
  const traces = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new Traces(to('traces')))] });
  traces
    .getTracer('app')
    .startSpan('ask', { attributes: { 'gen_ai.request.model': 'gpt-5', 'gen_ai.usage.input_tokens': 7 } })
    .end();
  const logs = new LoggerProvider({ processors: [new SimpleLogRecordProcessor(new Logs(to('logs')))] });
  logs.getLogger('app').emit({ body: 'it went well', severityText: 'INFO', attributes: { n: 1 } });
  const reader = new PeriodicExportingMetricReader({ exporter: new Metrics(to('metrics')), exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  meters.getMeter('app').createCounter('calls').add(3, { model: 'gpt-5' });
  meters
    .getMeter('app')
    .createHistogram('took', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } })
    .record(1.5);
  await Promise.all([traces.forceFlush(), logs.forceFlush(), reader.forceFlush()]);
  await Promise.all([traces.shutdown(), logs.shutdown(), meters.shutdown()]);
}

const ask = async (operation: string, client: { name: string; key: string }) =>
  (await server.ask(operation, { client: client.name }, client.key)).json as unknown as Record<string, object[]>;

test.each(Object.keys(exporters) as (keyof typeof exporters)[])('traces, logs and metrics as %s', async (name) => {
  const client = await server.client(`Client of ${name}`);
  await sendAll(server.url(), client.key, name);
  await server.settled();
  expect((await ask('telemetry.traces', client))['traces']).toMatchObject([{ name: 'ask', inputTokens: 7, models: ['gpt-5'] }]);
  expect((await ask('telemetry.logs', client))['logs']).toMatchObject([{ body: 'it went well', attributes: { n: 1 } }]);
  const { points } = await ask('telemetry.metricPoints', client);
  expect(points).toContainEqual(
    expect.objectContaining({ name: 'calls', kind: 'sum', isMonotonic: true, temporality: 'cumulative', value: 3 }),
  );
  expect(points).toContainEqual(
    expect.objectContaining({
      name: 'took',
      kind: 'histogram',
      unit: 's',
      count: 1,
      sum: 1.5,
      bounds: [1, 2],
      bucketCounts: [0, 1, 0],
    }),
  );
});

test('what an exporter sends again, as it was told 503, is counted once, also when it had been kept', async () => {
  const client = await server.client('Retried');
  const told = new Set<string>();
  const between = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    const relay = async () => {
      const path = request.url ?? '';
      const reply = await sendTo(`${server.url()}${path}`, {
        method: 'POST',
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      const isFirst = !told.has(path);
      told.add(path);
      if (isFirst) answer.writeHead(503, { 'retry-after': '1' }).end();
      else answer.writeHead(reply.status, { 'content-type': 'application/x-protobuf' }).end(reply.text);
    };
    request.on('end', () => void relay());
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  try {
    await sendAll(`http://127.0.0.1:${(between.address() as AddressInfo).port}`, client.key, 'protobuf, gzipped');
    const ledger = async () => (await server.ask('telemetry.ledger', { client: 'Retried' }, client.key)).json;
    await server.settled();
    // A span, a record and two points came twice; a reader that is shut down sends its points as they are then.
    expect(await ledger()).toMatchObject({ balanced: true, received: 10, deduplicated: 4, stored: 6 });
  } finally {
    between.closeAllConnections();
    between.close();
  }
});
