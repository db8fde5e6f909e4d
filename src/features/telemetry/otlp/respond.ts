import type { Decoded } from './decode.ts';
import type { Encoding } from './encoding.ts';
import { Writer } from './protobuf/writer.ts';

export type Signal = 'traces' | 'logs' | 'metrics';

/** What the receiver did not take. A message without a count is a warning. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

const rejectedNames: Record<Signal, string> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

/** The body of a 200: ExportTraceServiceResponse and its like, empty when everything was taken. */
export function exportResponse(signal: Signal, encoding: Encoding, { rejected, message }: PartialSuccess): Buffer {
  const isFull = rejected === 0 && message === '';
  if (encoding === 'protobuf') {
    const partial = new Writer().varint(1, rejected).text(2, message).finish();
    return isFull ? Buffer.alloc(0) : new Writer().bytes(1, partial).finish();
  }
  // Protobuf's JSON writes numbers of 64 bits as texts.
  const partialSuccess = { [rejectedNames[signal]]: String(rejected), errorMessage: message };
  return Buffer.from(JSON.stringify(isFull ? {} : { partialSuccess }));
}

/** Codes of google.rpc.Status that a receiver of telemetry needs. */
export const statusCodes = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The body of an error, in the words of the request: google.rpc.Status. */
export function errorStatus(encoding: Encoding, code: number, message: string): Buffer {
  return encoding === 'protobuf'
    ? new Writer().varint(1, code).text(2, message).finish()
    : Buffer.from(JSON.stringify({ code, message }));
}

const dropWords = {
  attributes: 'attributes dropped',
  events: 'span events dropped',
  links: 'span links dropped',
  values: 'values cut short',
  scores: 'with scores left out, as they are beyond 1e15',
} as const;

/** What to tell the client: `2 rejected (trace_id_invalid); 5 attributes dropped`. */
export function partialOf({
  rejected,
  reasons,
  drops,
}: Pick<Decoded<unknown>, 'rejected' | 'reasons' | 'drops'>): PartialSuccess {
  const why = [...reasons].map(([reason, count]) => `${count} rejected: ${reason}`);
  const lost = (Object.keys(dropWords) as (keyof typeof dropWords)[])
    .filter((what) => drops[what] > 0)
    .map((what) => `${drops[what]} ${dropWords[what]}`);
  return { rejected, message: [...why, ...lost].join('; ') };
}
