/** The wire format of telemetry: bytes in, spans out. Pure: no store, no clock. */
export { callsOfExport, scoresOfExport } from './calls.ts';
export {
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  parseDocument,
  readTraces,
  spansOfDocument,
  type Decoded,
  type Reading,
} from './decode.ts';
export { decompress } from './decompress.ts';
export { contentTypes, encodingOf, type Encoding } from './encoding.ts';
export { asProblem, type Failure } from './failure.ts';
export type { Drops, Reason } from './intake.ts';
export { defaultLimits, type Limits } from './limits.ts';
export { findingsOf, type LoggedScore, type LoggedTexts } from './logs.ts';
export { EVALUATION } from './map/scores.ts';
export { isCount, isLabel } from './map/labels.ts';
export { carriesText } from './map/precedence.ts';
export { providerOf } from './map/provider.ts';
export { workflowOf } from './map/workflow.ts';
export { isPlausibleScore, isPlausibleTime, MOST_SCORE, plausibleUsd, SCORE_REFUSED, TIME_REFUSED } from './plausible.ts';
export { errorStatus, exportResponse, partialOf, statusCodes, type PartialSuccess, type Signal } from './respond.ts';
export type { Kind, Score, ScoreSource, Span } from './span.ts';
export { countedSpans, traceTotals, type TraceTotals } from './tally.ts';
export { metricKinds, type Attributes, type Flag, type RawEvent, type RawLog, type RawPoint, type Value } from './wire.ts';
