/** What came in and what became of it, and how much a client may send. */
export { showLedger } from './operations.ts';
