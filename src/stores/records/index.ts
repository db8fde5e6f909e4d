/** Records: what people decide. PostgreSQL, built in or a server. */
export { openRecords, recordMigrations, type RecordsConfig } from './open.ts';
export type { Records, Sql, Wall } from './records.ts';
