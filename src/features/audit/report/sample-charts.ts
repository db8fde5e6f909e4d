import type { Chart, Unit } from '../model.ts';

/** Charts of sample reports, the same each time. */

const DAY = 86_400_000;
const START = Date.parse('2026-05-01T00:00:00Z');
const CHANGED = Date.parse('2026-06-03T00:00:00Z');
export const INTERVAL: [string, string] = ['2026-06-02T00:00:00.000Z', '2026-06-04T00:00:00.000Z'];

// A fixed sequence: the same picture each time.
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return (state / 4_294_967_296 + ((state >>> 8) % 1000) / 1000 - 1) * 1.2;
  };
}

interface Step {
  title: string;
  unit: Unit;
  before: number;
  after: number;
  spread: number;
  letter: string;
  missing?: number[];
}

export function stepChart({ title, unit, before, after, spread, letter, missing = [] }: Step): Chart {
  const random = noise(before * 1000 + letter.charCodeAt(0));
  const points = Array.from({ length: 61 }, (_, i) => i)
    .filter((i) => !missing.includes(i))
    .map((i) => {
      const at = START + i * DAY;
      const value = (at < CHANGED ? before : after) + random() * spread;
      return { at, value, low: value - spread * 1.6, high: value + spread * 1.6, n: 33 };
    });
  const end = START + 61 * DAY;
  const level = (from: number, to: number, value: number) => ({
    from,
    to,
    value,
    low: value - spread * 0.4,
    high: value + spread * 0.4,
  });
  return {
    title,
    unit,
    bucketMs: DAY,
    points,
    levels: [level(START, CHANGED, before), level(CHANGED, end, after)],
    change: { at: CHANGED, interval: [CHANGED - DAY, CHANGED + DAY], letter },
    shaded: [],
  };
}

export const stallChart = (): Chart => {
  const chart = stepChart({ title: 'Calls of invoice-sync', unit: 'calls', before: 24, after: 24, spread: 3, letter: 'E' });
  const from = Date.parse('2026-06-27T14:00:00Z');
  const until = START + 61 * DAY;
  return {
    ...chart,
    points: chart.points.filter((p) => p.at < from),
    levels: chart.levels.slice(0, 1).map((level) => ({ ...level, to: from })),
    change: null,
    shaded: [[from, until]],
  };
};
