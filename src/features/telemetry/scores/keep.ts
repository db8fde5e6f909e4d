import type { WalledIntake } from '../../../platform/practice.ts';
import { countedScores, type scoreRow } from './row.ts';

/** Keeps scores that came by themselves, with their line in the ledger. On disk when it returns. */
export async function keepScores(
  intake: WalledIntake,
  scores: readonly ReturnType<typeof scoreRow>[],
  struck: ReadonlyMap<string, number>,
): Promise<void> {
  const noting = intake.noting();
  const counted = countedScores(scores, noting);
  await intake.keep([{ table: 'score', rows: counted.rows() }], { noting, tallies: () => counted.tallies(0, struck) });
}
