import { setTimeout as sleep } from 'node:timers/promises';
import { preparedDataDir } from '../../src/stores/testing/prepared.ts';
import { beginSiege, besieged, type Outcome } from '../../src/testing/siege.ts';

/** `kill -9` of Steward and its stores at random moments while an exporter sends. Whether nothing was lost or doubled. */
export async function killServer(kills: number): Promise<boolean> {
  using dir = await preparedDataDir();
  await using siege = await beginSiege(dir.path, { betweenMs: 5 });
  const done = { steward: 0, engine: 0, postmaster: 0 };
  const startedMs = performance.now();
  for (let kill = 0; kill < kills; kill += 1) {
    await siege.taken();
    await sleep(Math.random() * 500);
    const victim = besieged[Math.floor(Math.random() * besieged.length)]!;
    await siege.kill(victim);
    done[victim] += 1;
  }
  await siege.taken();
  return told(await siege.count(), { kills: done, seconds: seconds(startedMs) });
}

/** The store stands still while an exporter sends. */
export async function stopStore(forSeconds: number): Promise<boolean> {
  using dir = await preparedDataDir();
  await using siege = await beginSiege(dir.path);
  await siege.taken();
  const startedMs = performance.now();
  // It is found hanging and started again, and the next one is stopped too.
  const stop = setInterval(() => {
    try {
      process.kill(siege.pidOf('engine'), 'SIGSTOP');
    } catch {
      // It is being started.
    }
  }, 100);
  await sleep(forSeconds * 1000);
  clearInterval(stop);
  process.kill(siege.pidOf('engine'), 'SIGCONT');
  await siege.taken();
  return told(await siege.count(), { seconds: seconds(startedMs) });
}

const seconds = (sinceMs: number) => Math.round((performance.now() - sinceMs) / 1000);

function told(outcome: Outcome, more: object): boolean {
  console.log(JSON.stringify({ ...more, ...outcome }, null, 2));
  return outcome.missing + outcome.surplus + outcome.refused === 0 && outcome.ledger.balanced;
}
