import { z } from 'zod';

const Store = z.object({
  version: z.string(),
  builtIn: z.boolean().describe('Started by Steward; otherwise reached by its URL.'),
  queryMs: z.number().describe('How long one small question took once the store was open.'),
});

export const SystemCheck = z.object({
  dataDir: z.string(),
  openMs: z.number().describe('How long both stores together took to open.'),
  readyMs: z.number().describe('From the start of the process to the first answers of both stores.'),
  records: Store,
  telemetry: Store,
  memory: z.object({
    processes: z.number().int(),
    rssBytes: z.number().int().describe('Pages that processes share are counted in each.'),
    pssBytes: z.number().int().nullable().describe('Shared pages are counted once. Linux only.'),
  }),
});
export type SystemCheck = z.infer<typeof SystemCheck>;
