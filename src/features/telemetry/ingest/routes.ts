import { Problem, type ProblemCode } from '../../../platform/problem.ts';
import type { Outgoing, Route } from '../../../platform/route.ts';
import {
  contentTypes,
  decodeTraces,
  decompress,
  defaultLimits,
  encodingOf,
  errorStatus,
  exportResponse,
  partialOf,
  statusCodes,
  type Encoding,
  type Failure,
} from '../otlp/index.ts';
import { keepSpans } from './keep.ts';

/** OTLP over HTTP, for traces. Spans are on disk before the answer says so. */
export const receiveTraces: Route = {
  paths: ['/v1/traces', '/api/otel/v1/traces', '/api/public/otel/v1/traces'],
  mostBytes: defaultLimits.bodyBytes,
  async answer(receiving, { headers, body }) {
    const encoding = encodingOf(headers['content-type']);
    if (!encoding) return unsupported('json', 'Send application/x-protobuf or application/json.');
    const plain = await decompress(body, headers['content-encoding']);
    if (!plain.ok) {
      if (plain.code === 'unsupported') return unsupported(encoding, plain.message);
      throw asProblem(plain);
    }
    const decoded = decodeTraces(plain.body, encoding);
    if (!decoded.ok) throw asProblem(decoded);
    await keepSpans(receiving, decoded, body.length);
    return {
      status: 200,
      contentType: contentTypes[encoding],
      body: exportResponse('traces', encoding, partialOf(decoded)),
    };
  },
  refuse({ code, message }, status, headers) {
    const encoding = encodingOf(headers['content-type']) ?? 'json';
    return { status, contentType: contentTypes[encoding], body: errorStatus(encoding, rpcCodes[code], message) };
  },
};

const asProblem = ({ code, message }: Failure) => new Problem(code === 'too_large' ? 'too_large' : 'invalid', message);

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
