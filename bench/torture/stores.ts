import { killRepeatedly, victims } from '../../src/stores/testing/kills.ts';

/** `kill -9` of each process at random moments while a writer inserts into both stores. Whether nothing was lost. */
export async function killStores(kills: number): Promise<boolean> {
  let lost = 0;
  console.log('killed      kills  acknowledged (telemetry, records)  lost  partial  unacknowledged  back after (median, max)');
  for (const victim of victims) {
    const outcome = await killRepeatedly(victim, kills, 400);
    const gone = outcome.lost.telemetry + outcome.lost.records;
    lost += gone + outcome.partial;
    console.log(
      [
        victim.padEnd(10),
        String(kills).padStart(6),
        `${outcome.acknowledged.telemetry}, ${outcome.acknowledged.records}`.padStart(34),
        String(gone).padStart(5),
        String(outcome.partial).padStart(8),
        String(outcome.unacknowledged).padStart(15),
        `${outcome.backMs.median} ms, ${outcome.backMs.max} ms`.padStart(25),
      ].join(' '),
    );
  }
  return lost === 0;
}
