import { z } from 'zod';

const Count = z.number().int();
const ByReason = z.record(z.string(), Count);

/** What became of the items of one kind. received = stored + deduplicated + rejected + setAside + spooled + removed. */
const Counts = z.object({
  received: Count.describe('In requests that could be read.'),
  stored: Count.describe('Counted in the table itself, each once.'),
  deduplicated: Count.describe('Sent again: they were there already.'),
  rejected: ByReason.describe('Not kept, and told to their sender.'),
  setAside: Count.describe('Acknowledged, and refused by the store: kept in files beside the spool.'),
  spooled: Count.describe('Acknowledged and on disk, on their way into the store.'),
  removed: ByReason.describe('Taken away again since: by retention, by an erasure.'),
  struck: ByReason.describe('Texts that redaction struck, by its pattern. They are within what is kept, and in no sum.'),
});
export type Counts = z.infer<typeof Counts>;

export const Ledger = Counts.extend({
  balanced: z.boolean().describe('Whether the numbers add up.'),
  difference: Count.describe('received less all the others.'),
  refused: ByReason.describe('Requests that were refused as a whole, so that nobody knows what was in them.'),
  requests: Count.describe('Requests that could be read.'),
  bytes: Count.describe('Of their bodies, as they were sent.'),
  since: z.string().nullable().describe('The hour of the first entry.'),
  kinds: z
    .array(z.object({ kind: z.string(), ...Counts.shape }))
    .describe('The same for spans, log records, metric points and scores, each.'),
});
export type Ledger = z.infer<typeof Ledger>;
