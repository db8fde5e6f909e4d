import type { ProblemCode } from '../../../platform/problem.ts';
import type { Outgoing, Receiving, Route } from '../../../platform/route.ts';
import {
  asProblem,
  contentTypes,
  decodeLogs,
  decodeMetrics,
  decompress,
  defaultLimits,
  encodingOf,
  errorStatus,
  exportResponse,
  partialOf,
  readTraces,
  statusCodes,
  type Encoding,
  type Failure,
  type Reading,
  type Signal,
} from '../otlp/index.ts';
import { keepLogs } from '../logs/index.ts';
import { keepMetricPoints } from '../metric-points/index.ts';
import { requireQuota } from '../ledger/index.ts';
import { keepSpans } from './keep.ts';

/** What is the same for every signal: the paths below which exporters are pointed, the body and the answer. */
function receive<R extends Reading<unknown>>(
  signal: Signal,
  decode: (body: Uint8Array, encoding: Encoding) => R | Failure,
  keep: (receiving: Receiving, decoded: R, bytes: number) => Promise<void>,
): Route {
  const path = `/v1/${signal}`;
  return {
    // An exporter that is told the whole address may add its own end to it.
    paths: ['', '/api/otel', '/otlp', '/api/public/otel'].flatMap((base) => [`${base}${path}`, `${base}${path}${path}`]),
    mostBytes: defaultLimits.bodyBytes,
    async answer(receiving, { headers, body }) {
      const encoding = encodingOf(headers['content-type']);
      if (!encoding) return unsupported('json', 'Send application/x-protobuf or application/json.');
      await requireQuota(receiving);
      const plain = await decompress(body, headers['content-encoding']);
      if (!plain.ok) {
        if (plain.code === 'unsupported') return unsupported(encoding, plain.message);
        throw asProblem(plain);
      }
      const decoded = decode(plain.body, encoding);
      if (!decoded.ok) throw asProblem(decoded);
      await keep(receiving, decoded, body.length);
      return { status: 200, contentType: contentTypes[encoding], body: exportResponse(signal, encoding, partialOf(decoded)) };
    },
    refuse({ code, message }, status, headers) {
      const encoding = encodingOf(headers['content-type']) ?? 'json';
      return { status, contentType: contentTypes[encoding], body: errorStatus(encoding, rpcCodes[code], message) };
    },
  };
}

/** OTLP over HTTP. What was sent is on disk before the answer says so. */
export const receiveTraces = receive('traces', readTraces, keepSpans);
export const receiveLogs = receive('logs', decodeLogs, keepLogs);
export const receiveMetrics = receive('metrics', decodeMetrics, keepMetricPoints);

const unsupported = (encoding: Encoding, message: string): Outgoing => ({
  status: 415,
  contentType: contentTypes[encoding],
  body: errorStatus(encoding, statusCodes.invalidArgument, message),
});

/** What google.rpc calls each failure. */
const rpcCodes: Record<ProblemCode, number> = {
  invalid: statusCodes.invalidArgument,
  unauthorized: statusCodes.unauthenticated,
  forbidden: statusCodes.permissionDenied,
  not_found: statusCodes.invalidArgument,
  conflict: statusCodes.invalidArgument,
  too_large: statusCodes.resourceExhausted,
  too_many: statusCodes.unavailable,
  unavailable: statusCodes.unavailable,
};
