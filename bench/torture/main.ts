/** `npm run torture -- [kills]`: kill -9 of each process at random moments, and what was lost. Default: 100 kills each. */
import { killRepeatedly, victims } from '../../src/stores/testing/kills.ts';

const kills = Number(process.argv[2] ?? 100);
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
console.log(lost === 0 ? '\nNothing that was acknowledged is missing.' : `\n${lost} acknowledged batches are missing.`);
process.exitCode = lost === 0 ? 0 : 1;
