/** Rows of one acknowledged insert of telemetry. */
export const rowsPerBatch = 50;
