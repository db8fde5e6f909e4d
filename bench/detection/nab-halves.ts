import { ANOMALY_THRESHOLD, seededRandom } from '../../src/detect/index.ts';
import { NewExtreme, SlowLevel, TimeOfDay, type Component } from '../../src/detect/anomaly/components.ts';
import { NewShape } from '../../src/detect/anomaly/shape.ts';
import { Tail } from '../../src/detect/anomaly/tail.ts';
import { coolDown, scoreNab, seriesOfNab, type ScoredFile } from './nab.ts';

/**
 * The figure to expect on files never seen: threshold and components are chosen on a random half of the files and scored on the
 * other half.
 */
export interface Halves {
  halves: number;
  standard: number;
  lowFalsePositives: number;
  /** How often each choice of components won. */
  chosen: Record<string, number>;
}

const MOST_PER_COMPONENT = 6;
const THRESHOLDS = [5, 5.6, 6.2, ANOMALY_THRESHOLD, 7.8, 8.6, 9.4];
const names = ['extreme', 'time of day', 'slow level', 'shape'];
const choices = Array.from({ length: 15 }, (_, i) => names.map((_, k) => ((i + 1) & (1 << k)) !== 0));

export function scoreNabHalves(dir: string, halves: number): Halves {
  const files = seriesOfNab(dir).map(({ points, ...file }) => ({ ...file, parts: partsOf(points) }));
  // Each file with each choice at each threshold, once.
  const scored = choices.map((choice) =>
    THRESHOLDS.map((threshold) =>
      files.map(({ name, prep, parts }): ScoredFile => ({ name, prep, score: coolDown(sumOf(parts, choice), threshold) })),
    ),
  );
  const worth = (choice: number, threshold: number, keep: (file: number) => boolean) =>
    scoreNab(
      scored[choice]![threshold]!.filter((_, file) => keep(file)),
      THRESHOLDS[threshold],
    );
  const chosen: Record<string, number> = {};
  let [standard, lowFalsePositives] = [0, 0];
  for (let half = 0; half < halves; half += 1) {
    const seen = randomHalf(files.length, half);
    const all = choices.flatMap((_, choice) => THRESHOLDS.map((_, threshold) => ({ choice, threshold })));
    const ranked = all.map((one) => {
      const score = worth(one.choice, one.threshold, (file) => seen.has(file));
      return { ...one, worth: score.standard + score.lowFalsePositives };
    });
    const best = ranked.reduce((a, b) => (b.worth > a.worth ? b : a));
    const unseen = worth(best.choice, best.threshold, (file) => !seen.has(file));
    standard += unseen.standard / halves;
    lowFalsePositives += unseen.lowFalsePositives / halves;
    const label = names.filter((_, k) => choices[best.choice]![k]).join(' + ');
    chosen[label] = (chosen[label] ?? 0) + 1;
  }
  return { halves, standard, lowFalsePositives, chosen };
}

/** The surprise of each component at each point, as the shipped scorer adds them up. */
function partsOf(points: readonly { at: number; value: number }[]): Float64Array[] {
  const learned = [new TimeOfDay(), new SlowLevel(), new NewShape(20)].map((component: Component) => ({
    component,
    tail: new Tail(),
  }));
  const extreme = new NewExtreme();
  const parts = names.map(() => new Float64Array(points.length));
  for (const [i, { at, value }] of points.entries()) {
    if (!Number.isFinite(value)) continue;
    parts[0]![i] = Math.min(MOST_PER_COMPONENT, extreme.oddness(value));
    for (const [k, { component, tail }] of learned.entries()) {
      const oddness = component.oddness(value, at);
      parts[k + 1]![i] = Math.min(MOST_PER_COMPONENT, tail.surprise(oddness));
      tail.learn(oddness);
    }
  }
  return parts;
}

const sumOf = (parts: readonly Float64Array[], choice: readonly boolean[]) =>
  parts[0]!.map((_, i) => parts.reduce((sum, part, k) => sum + (choice[k] ? part[i]! : 0), 0));

function randomHalf(files: number, seed: number): Set<number> {
  const random = seededRandom(seed + 1);
  const order = Array.from({ length: files }, (_, file) => ({ file, lot: random() })).sort((a, b) => a.lot - b.lot);
  return new Set(order.slice(0, Math.floor(files / 2)).map(({ file }) => file));
}
