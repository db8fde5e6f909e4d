/** What of a client's telemetry is not kept, for how long the rest is, and what is erased. */
export { changeRedaction, showRedaction, tryRedaction } from './operations.ts';
export { keeperFor } from './redaction.ts';
export type { Keeper } from './strike-span.ts';
