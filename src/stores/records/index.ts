/** Records: what people decide. PostgreSQL, built in or a server. */
export { openRecords, type RecordsConfig } from './open.ts';
export type { Records, Sql, Wall } from './records.ts';
