import { z } from 'zod';
import { operation } from '../../platform/operation.ts';
import { memoryOf, openStores } from '../../stores/index.ts';
import { SystemCheck } from './model.ts';
import { printCheck } from './print.ts';

const Version = z.object({ version: z.string() });

export const checkSystem = operation({
  name: 'system.check',
  summary: 'Opens both stores, asks each a question, and says how long each took.',
  access: 'local',
  input: z.object({}),
  output: SystemCheck,
  terminal: { print: printCheck },
  async run({ config, log }) {
    const startedMs = performance.now();
    await using stores = await openStores(config, log);
    const openMs = performance.now() - startedMs;
    const [records, telemetry] = await Promise.all([
      timed(() => stores.records.rows(Version)`select current_setting('server_version') as version`),
      timed(() => stores.telemetry.rows(Version)('SELECT version() AS version')),
    ]);
    const readyMs = performance.now();
    return {
      dataDir: config.dataDir,
      openMs: Math.round(openMs),
      // The clock of `performance` starts with the process.
      readyMs: Math.round(readyMs),
      records: { ...records, builtIn: config.databaseUrl === undefined },
      telemetry: { ...telemetry, builtIn: config.clickhouseUrl === undefined },
      memory: memoryOf([process.pid, stores.records.pid(), stores.telemetry.pid()]),
    };
  },
});

async function timed(ask: () => Promise<{ version: string }[]>) {
  const startedMs = performance.now();
  const [answer] = await ask();
  return { version: answer?.version ?? '', queryMs: Math.round(performance.now() - startedMs) };
}
