/** What came in and what became of it, and how much a client may send. */
export { metricsText } from './metrics.ts';
export { requireQuota, setQuota, showQuota } from './quota.ts';
export { showLedger } from './operations.ts';
