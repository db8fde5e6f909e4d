import type { Feature } from '../../platform/feature.ts';

export { fieldNames, importLogs, openLogFile, type Field, type Imported, type LogFile } from './import/index.ts';
export type { Mapping } from './import/map-columns.ts';
export { language as languageOf } from './import/texts.ts';

/** Telemetry: what the AI systems did, however it reaches Steward. */
export const telemetry = { name: 'telemetry', operations: [] } as const satisfies Feature;
