/** `npm run bench:detect-speed`: bucket updates per second on one core, and bytes of state per series, for each kind of monitor. */
import { createMonitor, type Bucket, type Monitor, type MonitorOptions } from '../../src/detect/index.ts';
import { seededRandom } from '../../src/detect/math/random.ts';

const DAY_MS = 86_400_000;
const SERIES = 500;
const BUCKETS = 400;
const REQUIRED_PER_SECOND = 100_000;
const MOST_BYTES = 2000;

const random = seededRandom(1);
const buckets: Record<MonitorOptions['kind'], (at: number) => Bucket> = {
  rate: (at) => whole(at, 100, 85 + Math.floor(random() * 10)),
  value: (at) => whole(at, 1, 2 + random()),
  volume: (at) => whole(at, 1, 900 + Math.floor(random() * 200)),
  freshness: (at) => whole(at, 1, 15 + random()),
};
const whole = (at: number, n: number, sum: number): Bucket => ({ at, n, sum, sumSq: sum });

let enough = true;
for (const kind of ['rate', 'value', 'volume', 'freshness'] as const) {
  const input = Array.from({ length: BUCKETS }, (_, day) => buckets[kind](day * DAY_MS));
  const monitors: Monitor[] = Array.from({ length: SERIES }, () => createMonitor({ kind, bucketMs: DAY_MS }));
  const started = process.cpuUsage();
  for (const bucket of input) for (const monitor of monitors) monitor.update(bucket);
  // Processor time, not the clock's: the figure is per core, whoever else is at work.
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  const perSecond = Math.round((SERIES * BUCKETS) / seconds);
  const bytes = monitors[0]!.state.byteLength;
  enough &&= perSecond >= REQUIRED_PER_SECOND && bytes <= MOST_BYTES;
  console.log(`${kind.padEnd(10)} ${perSecond.toLocaleString('en').padStart(12)} updates/s   ${bytes} bytes per series`);
}
console.log(
  `required: ≥ ${REQUIRED_PER_SECOND.toLocaleString('en')} updates/s, ≤ ${MOST_BYTES} bytes: ${enough ? 'met' : 'NOT MET'}`,
);
process.exitCode = enough ? 0 : 1;
