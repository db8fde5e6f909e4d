import { findChanges, seededRandom, type Bucket, type FindChangesOptions } from '../../src/detect/index.ts';
import { DAY, HOUR, rateBuckets, repeated, START, valueBuckets } from '../../src/detect/generated.ts';
import { gaussian } from '../../src/detect/math/random.ts';

export interface FalseAlarms {
  log: string;
  series: number;
  /** Share of series with a change that is none. */
  share: number;
}

type Make = (random: () => number) => Bucket[];

const daily = { kind: 'rate', bucketMs: DAY } as const;
const values = { kind: 'value', bucketMs: DAY } as const;

/** Days that resemble each other: an AR(1) of that correlation around nothing, one standard deviation wide. */
function resembling(random: () => number, days: number, correlation: number): number[] {
  let level = gaussian(random);
  return Array.from({ length: days }, () => (level = correlation * level + Math.sqrt(1 - correlation ** 2) * gaussian(random)));
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const weekly = [1.1, 1.2, 1.2, 1.15, 1, 0.4, 0.3];

/** Logs in which nothing happens, each as a system might write it. */
const logs: Record<string, { options: FindChangesOptions; make: Make }> = {
  'rate, 30 days of 33 rows at 84 %': { options: daily, make: (random) => rateBuckets(random, 33, repeated(30, 0.84)) },
  'rate, 60 days of 60 rows at 99 %': { options: daily, make: (random) => rateBuckets(random, 60, repeated(60, 0.99)) },
  'rate, 400 hours of 2 rows': {
    options: { kind: 'rate', bucketMs: HOUR },
    make: (random) => rateBuckets(random, 2, repeated(400, 0.84), HOUR),
  },
  'value, lognormal, sigma 1': { options: values, make: (random) => valueBuckets(random, 33, repeated(60, 8)) },
  'value, lognormal, sigma 1.5': { options: values, make: (random) => valueBuckets(random, 33, repeated(60, 8), 1.5) },
  'volume by weekday': {
    options: { kind: 'count', bucketMs: DAY },
    make: (random) =>
      Array.from({ length: 84 }, (_, day) => {
        const n = Math.max(0, Math.round(60 * weekly[day % 7]! + Math.sqrt(60 * weekly[day % 7]!) * gaussian(random)));
        return { at: START + day * DAY, n, sum: n, sumSq: n };
      }),
  },
  'value, days that resemble each other (AR 0.5)': {
    options: values,
    make: (random) =>
      valueBuckets(
        random,
        33,
        resembling(random, 60, 0.5).map((x) => 8 * Math.exp(0.1 * x)),
      ),
  },
  'rate, days that resemble each other (AR 0.7)': {
    options: daily,
    make: (random) =>
      rateBuckets(
        random,
        60,
        resembling(random, 60, 0.7).map((x) => logistic(1.7 + 0.15 * x)),
      ),
  },
};

/** How often `findChanges` finds a change where there is none. */
export function falseAlarms(series: number, seed = 1): FalseAlarms[] {
  return Object.entries(logs).map(([log, { options, make }], kind) => {
    let alarmed = 0;
    for (let i = 0; i < series; i += 1) {
      const random = seededRandom(seed * 1_000_000 + kind * 100_000 + i);
      if (findChanges(make(random), options).changes.length > 0) alarmed += 1;
    }
    return { log, series, share: alarmed / series };
  });
}
