import { basename } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { operation } from '../../../platform/operation.ts';
import { openScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { askServer } from '../../accounts/index.ts';
import { logInput } from '../import/given-map.ts';
import { openLogFile, openSource, rowsOf } from '../import/index.ts';
import { givenColumns, labelColumns } from './label-columns.ts';
import { labelReader, type Label } from './labels.ts';
import { ScoreSource } from './model.ts';

/** Of one request: the server takes a thousand, and a megabyte. */
const MOST_AT_ONCE = 1000;
const MOST_BYTES = 600_000;
const MOST_EXAMPLES = 10;

const Done = z.object({
  read: z.number().describe('Rows of all files.'),
  sent: z.number().describe('Labels that the server has on disk.'),
  rejected: z.number().describe('Rows that are no label.'),
  because: z.array(z.object({ file: z.string(), row: z.number(), why: z.string() })).describe('The first of them.'),
  columns: z
    .array(z.object({ file: z.string(), field: z.string(), column: z.string() }))
    .describe('Which column was taken for what.'),
});

export const importScores = operation({
  name: 'scores.import',
  summary: 'Send labels from files to a client of a server, each to its trace or span by their ids.',
  access: 'local',
  input: z.object({
    files: logInput.files,
    client: z.string().min(1).max(200).describe('The client, by its id or its name.'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe('What was judged, where no column says it. Default: the column of the value.'),
    source: ScoreSource.optional().describe('Who judged, where no column says it. Default: ground_truth.'),
    map: z
      .array(z.string())
      .default([])
      .meta({ value: 'field=column' })
      .describe('Which column a field is in, where it was not found by itself, e.g. value=thumbs. May be given several times.'),
  }),
  output: Done,
  terminal: { words: ['scores', 'import'], positional: 'files', exitCode: ({ rejected }) => (rejected > 0 ? 1 : 0) },
  async run(ctx, { files, client, name, source, map }) {
    const done: z.infer<typeof Done> = { read: 0, sent: 0, rejected: 0, because: [], columns: [] };
    // Before a file is read: a client that does not exist is told at once.
    await askServer({ name: 'scores.list' }, ctx.config, { client, limit: 1 });
    await using scratch = await openScratchTelemetry({ log: ctx.log });
    const given = givenColumns(map);
    for (const named of files) {
      await using opened = await openLogFile(named, process.stdin);
      const found = await openSource(scratch, opened, ctx.progress);
      const file = named === '-' ? 'standard input' : basename(named);
      const columns = labelColumns(file, found.columns, given);
      for (const [field, column] of Object.entries(columns)) done.columns.push({ file, field, column: column.name });
      const read = labelReader(columns, { name, source });
      const page = openPage(ctx, client);
      for await (const row of rowsOf(scratch, found)) {
        done.read += 1;
        const label = read(row);
        if (typeof label === 'string') {
          done.rejected += 1;
          if (done.because.length < MOST_EXAMPLES) done.because.push({ file, row: row.number, why: label });
        } else done.sent += await page.add(label);
        ctx.progress({ label: `Sending ${file}`, done: done.read, unit: 'rows' });
      }
      done.sent += await page.send();
    }
    return done;
  },
});
/** Labels on their way to the server, as many at once as it takes. */
function openPage({ config }: Context, client: string) {
  let labels: Label[] = [];
  let bytes = 0;
  const send = async () => {
    const sent = labels.length;
    if (sent > 0) await askServer({ name: 'scores.createMany' }, config, { client, scores: labels });
    [labels, bytes] = [[], 0];
    return sent;
  };
  return {
    send,
    async add(label: Label) {
      const size = Buffer.byteLength(JSON.stringify(label));
      const sent = labels.length >= MOST_AT_ONCE || bytes + size > MOST_BYTES ? await send() : 0;
      labels.push(label);
      bytes += size;
      return sent;
    },
  };
}
