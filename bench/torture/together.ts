import { setTimeout as sleep } from 'node:timers/promises';
import { tempDir } from '../../src/stores/testing/temp.ts';
import { startTogether, type Part } from '../../src/testing/together.ts';

const parts: readonly Part[] = ['web', 'ingest', 'ingest2', 'worker'];

/** `kill -9` of processes that share two stores while an exporter sends to two of them. Whether nothing was lost or doubled. */
export async function killTogether(kills: number): Promise<boolean> {
  using dir = tempDir();
  await using together = await startTogether(dir.path);
  const sending = await together.send();
  const done = { web: 0, ingest: 0, ingest2: 0, worker: 0 };
  const startedMs = performance.now();
  for (let kill = 0; kill < kills; kill += 1) {
    await sending.taken();
    await sleep(Math.random() * 500);
    const victim = parts[Math.floor(Math.random() * parts.length)]!;
    await together.kill(victim);
    done[victim] += 1;
  }
  await sending.taken();
  const outcome = await sending.count();
  console.log(JSON.stringify({ kills: done, seconds: Math.round((performance.now() - startedMs) / 1000), ...outcome }, null, 2));
  const doubled = outcome.summed - outcome.ledger.stored;
  return outcome.missing + outcome.surplus + outcome.refused + Math.abs(doubled) === 0 && outcome.ledger.balanced;
}
