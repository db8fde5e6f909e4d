import { inEachClient } from '../../accounts/index.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import { job } from '../../../platform/job.ts';
import type { WalledTelemetry } from '../../../platform/practice.ts';
import type { LoggedScore } from '../otlp/index.ts';
import { keepScores, keptScores, loggedScoreRow } from '../scores/index.ts';
import { callsThatGave, unplacedScores } from './store.ts';

/** A score with the time of its record. */
export interface TimedScore {
  score: LoggedScore;
  at: Date;
}

/** How long after an answer it is looked for at once; the store reads no more of its spans for it. */
const AT_ONCE_MS = HOUR_MS;
/** And later, once an hour. */
const LATER_MS = 2 * DAY_MS;

/** Rows of the scores whose trace is known: they name it, or the answer that they are about was given within the hour. */
export const rowsOfScores = (telemetry: WalledTelemetry, scores: readonly TimedScore[], now: Date) =>
  placed(telemetry, scores, now, AT_ONCE_MS);

async function placed(telemetry: WalledTelemetry, scores: readonly TimedScore[], now: Date, backMs: number) {
  const answers = new Set(scores.flatMap(({ score }) => (score.traceId === null ? (score.responseId ?? []) : [])));
  const calls = answers.size === 0 ? new Map() : await callsThatGave(telemetry, [...answers], new Date(now.getTime() - backMs));
  return scores.flatMap(({ score, at }) => loggedScoreRow(score, at, now, calls.get(score.responseId ?? '')) ?? []);
}

/** Each hour: scores that name an answer and no trace, and came before its call or long after it. */
export const placeScores = job({
  name: 'telemetry.placeScores',
  every: 'hour',
  run: (ctx) =>
    inEachClient(ctx, {
      async due({ telemetry, now }) {
        const scores = await unplacedScores(telemetry, new Date(now().getTime() - LATER_MS));
        const rows = scores.length === 0 ? [] : await placed(telemetry, scores, now(), LATER_MS);
        const kept =
          rows.length === 0
            ? new Set()
            : await keptScores(
                telemetry,
                rows.map(({ id }) => id),
              );
        const missing = rows.filter(({ id }) => !kept.has(id));
        return missing.length > 0 ? missing : undefined;
      },
      run: ({ intake }, rows) => keepScores(intake, rows, new Map()),
    }),
});
