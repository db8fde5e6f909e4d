import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../platform/clock.ts';
import type { Evidence } from './audit.ts';
import { count } from './report/format.ts';
import { MOST_VALUES } from './store.ts';
import { aboutKept } from './truncation.ts';

/** How the log was read: which column is what, and what was assumed. */

function widthOf(bucketMs: number): string {
  const [unit, size]: [string, number] =
    bucketMs >= DAY_MS ? ['day', DAY_MS] : bucketMs >= HOUR_MS ? ['hour', HOUR_MS] : ['minute', MINUTE_MS];
  return bucketMs === size ? unit : `${count(bucketMs / size)} ${unit}s`;
}

/** Steward field → column of the log. */
export function mappingOf({ imported: { mapping } }: Evidence): Record<string, string> {
  const fields = Object.entries(mapping.fields).map(([field, { name }]) => [field, name]);
  const scores = mapping.scores.map(({ name, label }) => [`score:${label}`, name]);
  return Object.fromEntries([...fields, ...scores, ...mapping.segments.map(({ name }) => [`segment ${name}`, name])]) as Record<
    string,
    string
  >;
}

/** What was assumed about the log, a sentence each. */
export function assumptions(
  { imported, overview, endings, bucketMs, judged, dimensions }: Evidence,
  releases: readonly string[],
): string[] {
  const { rows, recoded, unread_scores: unread, failed, from } = overview;
  return [
    ...imported.assumptions,
    ...(recoded > 0 ? [`${count(recoded)} rows were not UTF-8 and were read as Windows-1252.`] : []),
    ...(unread > 0 ? [`${count(unread)} scores are neither numbers nor words for right or wrong and count as missing.`] : []),
    ...(failed > 0 && failed < rows
      ? [`The ${count(failed)} calls that failed are left out of what is said of answers, tokens, cost and time.`]
      : []),
    ...aboutKept(endings),
    ...(from === null && rows > 0
      ? ['The log has no time, so cohorts were compared and changes over time were not looked for.']
      : []),
    ...dimensions
      .filter(({ values }) => values.length === MOST_VALUES)
      .map(({ name }) => `Of "${name}" the ${MOST_VALUES} values with the most rows were looked at.`),
    ...releases.map(
      (name) =>
        `The values of "${name}" follow one another, so each is taken as a deployment: that calls moved from one to the next is not told.`,
    ),
    ...(bucketMs > 0
      ? [
          `Judged by ${widthOf(bucketMs)}, ${count(judged.tests)} series and comparisons in all; a finding holds with a false discovery rate of 5 %.`,
        ]
      : []),
  ];
}
