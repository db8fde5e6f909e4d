/** What of a client's telemetry is not kept, for how long the rest is, and what is erased. */
export { changeRetention, listErasures, requestErasure, showRetention } from './erasing.ts';
export { eraseAgain, eraseKnown, expireTelemetry, forgetSetAside } from './jobs.ts';
export { changeRedaction, showRedaction, tryRedaction } from './operations.ts';
export { keeperFor } from './redaction.ts';
export { STRUCK } from './model.ts';
export { addStruck, addStruckOf, type Keeper } from './strike-span.ts';
