import { z } from 'zod';

export const Rejected = z.object({
  rows: z.number().describe('Rows that could not be read and were left out.'),
  first: z.array(z.object({ line: z.number(), reason: z.string() })).describe('The first ten of them.'),
});
export type Rejected = z.infer<typeof Rejected>;

const Columns = z.object({ time: z.string().nullable(), value: z.string() }).describe('Columns taken.');

const Needs = z.number().nullable().describe('How many more rows it takes to tell, where nothing was found in too few.');

const Stretch = z.object({ mean: z.number(), sd: z.number(), rows: z.number() });

export const Changes = z.object({
  file: z.string(),
  rows: z.number(),
  columns: Columns,
  rejected: Rejected,
  needs: Needs,
  changes: z.array(
    z.object({
      index: z.number().describe('Place of the first value of the new segment among the rows read, the first being 0.'),
      line: z.number().describe('The same, as a line of the file (place in a JSON array), the first being 1.'),
      time: z.string().nullable(),
      before: Stretch,
      after: Stretch,
    }),
  ),
});
export type Changes = z.infer<typeof Changes>;

export const Anomalies = z.object({
  file: z.string(),
  rows: z.number(),
  columns: Columns,
  rejected: Rejected,
  needs: Needs,
  threshold: z.number().describe('A row scoring at least this is an anomaly.'),
  anomalies: z.array(z.object({ line: z.number(), time: z.string().nullable(), value: z.number(), score: z.number() })),
  out: z.string().nullable().describe('Where the scores were written.'),
  csv: z.string().nullable().describe('The scores of all rows as CSV (timestamp,value,anomaly_score), when asked for.'),
});
export type Anomalies = z.infer<typeof Anomalies>;
