import { createHash } from 'node:crypto';
import type { Noting } from '../../../platform/practice.ts';
import type { Tally } from '../../../platform/ledger.ts';
import type { LoggedScore, Score, Span } from '../otlp/index.ts';

export interface NewScore extends Score {
  id: string;
  traceId: string;
  spanId: string | null;
  workflow: string | null;
  at: Date;
}

/** A score as a row of the table `score`; its client is put in by the wall. */
export const scoreRow = (score: NewScore, receivedAt: Date) => ({
  id: score.id,
  trace_id: score.traceId,
  span_id: score.spanId ?? '',
  workflow: score.workflow,
  name: score.name,
  value: score.value,
  label: score.label,
  explanation: score.explanation,
  source: score.source,
  at: score.at.toISOString(),
  received_at: receivedAt.toISOString(),
});

/** The scores that came with a span. One that is sent again brings the same ones. */
export function scoreRowsOf({ scores, traceId, spanId, workflow, startedAt }: Span, receivedAt: Date) {
  const at = startedAt === null ? receivedAt : new Date(startedAt);
  return scores.map((score, n) => scoreRow({ ...score, id: `${spanId}-${n}`, traceId, spanId, workflow, at }, receivedAt));
}

/** The call that gave an answer. */
export interface Call {
  traceId: string;
  spanId: string;
  workflow: string | null;
}

/**
 * A score that came as a log record; nothing where neither the record names a trace nor the call of its answer is known. The
 * same record again is the same score.
 */
export function loggedScoreRow({ responseId, ...score }: LoggedScore, at: Date, receivedAt: Date, call?: Call) {
  if (!score.traceId && !call) return undefined;
  const id = createHash('sha256')
    .update(JSON.stringify([score, responseId, at]))
    .digest('hex')
    .slice(0, 32);
  const about = score.traceId ? { traceId: score.traceId, workflow: null } : call!;
  return scoreRow({ ...score, ...about, id, at }, receivedAt);
}

type ScoreRow = ReturnType<typeof scoreRow>;

/** Scores as rows, noted as they are read, and their line for the ledger then. */
export function countedScores(scores: readonly ScoreRow[], noting: Pick<Noting, 'isResent'>) {
  let resent = 0;
  return {
    *rows(): Generator<ScoreRow & { resent: boolean }> {
      for (const row of scores) {
        // As `note-lately` calls them after a start.
        const isResent = noting.isResent({ traceId: `score${row.trace_id}`, spanId: row.id });
        if (isResent) resent += 1;
        yield { ...row, resent: isResent };
      }
    },
    resentCount: () => resent,
    /** `bytes`: of the request, where it brought nothing else. */
    tallies: (bytes?: number, struck?: ReadonlyMap<string, number>): Tally[] =>
      scores.length === 0
        ? []
        : [
            {
              kind: 'score',
              received: scores.length,
              resent,
              rejected: new Map(),
              bytes: bytes ?? 0,
              requests: bytes === undefined ? 0 : 1,
              ...(struck && { struck }),
            },
          ],
  };
}
