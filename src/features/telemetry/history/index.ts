/** History: logs of the past, read as an audit reads them, and sent to a server like any telemetry. */
export { findKnown } from './known.ts';
export { importLog } from './operations.ts';
