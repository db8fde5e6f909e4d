import { z } from 'zod';
import { isPlausibleScore, MOST_SCORE, SCORE_REFUSED } from '../otlp/index.ts';

/** Who judged. */
export const ScoreSource = z.enum(['rule', 'model', 'person', 'end_user', 'ground_truth']);

export const Score = z.object({
  id: z.string(),
  traceId: z.string(),
  spanId: z.string().nullable().describe('Null: it is about the trace.'),
  workflow: z.string().nullable(),
  name: z.string(),
  value: z.number().nullable().describe('Of true 1, of false 0; null where there is only a label.'),
  label: z.string().nullable(),
  explanation: z.string().nullable(),
  source: ScoreSource.nullable().describe('Who judged; null where the client does not say.'),
  at: z.string(),
  receivedAt: z.string(),
});
export type Score = z.infer<typeof Score>;

export const ScoreNumber = z.number().min(-MOST_SCORE, SCORE_REFUSED).max(MOST_SCORE, SCORE_REFUSED);

/** `0.9`, `true`, or a word such as `helpful`. */
export const ScoreValue = z.union([ScoreNumber, z.boolean(), z.string().trim().min(1).max(500)]);
export type ScoreValue = z.infer<typeof ScoreValue>;

/** A score has a number, a label, or both: the number of a word is what it says. */
export function sidesOf(given: ScoreValue): { value: number | null; label: string | null } {
  if (typeof given === 'number') return { value: given, label: null };
  const label = String(given);
  if (label === 'true' || label === 'false') return { value: label === 'true' ? 1 : 0, label };
  const value = Number(label);
  return { value: isPlausibleScore(value) ? value : null, label };
}
