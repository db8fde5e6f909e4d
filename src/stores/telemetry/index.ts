/** Telemetry: what AI systems did. ClickHouse, built in or a server, through one client. */
export type { QueryProgress } from './control.ts';
export { openTelemetry, telemetryMigrations, type TelemetryConfig } from './open.ts';
export {
  makeCopiesDir,
  openScratchTelemetry,
  removeStaleScratch,
  type ScratchOptions,
  type ScratchTelemetry,
} from './scratch.ts';
export { prepareCopy } from './copy.ts';
export { asidePrefix, tablesWithColumn } from './names.ts';
export { fillTelemetry } from './fill.ts';
export { forgetClient, forgetUnknown } from './forget.ts';
export { distinct, plausibleScore, rebuildRollups } from './rollups.ts';
export { noteLately } from './note-lately.ts';
export { openRefusals, type Refusals } from './refusals.ts';
export { openSeen, type Seen } from './seen.ts';
export { readShapes, type Shapes } from './shapes.ts';
export { sizeOf, type TableParts, type TableRows } from './segment.ts';
export { openSpool, type Spool } from './spool.ts';
export { bytesOfToday, openUsages, type Usages } from './usage.ts';
export { readWalled, walledIntake, walledRemoval, walledTelemetry } from './walled.ts';
export type { InsertOptions, Params, QueryOptions, Telemetry } from './telemetry.ts';
