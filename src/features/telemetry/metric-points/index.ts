/** Points of metrics, kept as they came. */
export { keepMetricPoints } from './keep.ts';
export { listMetricPoints } from './operations.ts';
