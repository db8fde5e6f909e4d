/** Log records: kept as they came, and joined to the spans that they speak of when a trace is shown. */
export { keepLogs } from './keep.ts';
export { placeScores } from './place-scores.ts';
export { listLogs } from './operations.ts';
export { textsOfLogs } from './texts-of-logs.ts';
