import { z } from 'zod';
import { operation } from '../../../platform/operation.ts';
import { printableJson } from '../../../platform/printable.ts';
import { givenMap, logInput } from '../import/given-map.ts';
import { importHistory } from './import.ts';
import { renderHistory } from './render.ts';

export const importLog = operation({
  name: 'telemetry.import',
  summary: 'Send logs of AI calls to a client of a server, as its history.',
  access: 'local',
  input: z.object({
    files: logInput.files,
    client: z.string().min(1).max(200).describe('The client, by its id or its name.'),
    workflow: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The workflow of calls whose row names none. Default: the name of the file.'),
    map: logInput.map,
    dateOrder: logInput.dateOrder,
    json: z.boolean().default(false).describe('Say what was done as JSON.'),
  }),
  output: z.object({
    client: z.object({ id: z.string(), name: z.string() }),
    read: z.number().describe('Rows of all files.'),
    rejected: z.number().describe('Rows that could not be used.'),
    rejectedFiles: z.array(z.string()),
    sent: z.number().describe('Calls that the server took and did not have.'),
    known: z.number().nullable().describe('Calls that it had already; nothing where the key may not read.'),
    refused: z.number().describe('Calls that it did not take.'),
    refusedBecause: z.array(z.string()),
    from: z.string().nullable(),
    to: z.string().nullable(),
    workflows: z.array(z.string()),
    assumptions: z.array(z.string()),
    printJson: z.boolean(),
  }),
  terminal: {
    words: ['import'],
    positional: 'files',
    print: ({ printJson, ...history }) => (printJson ? printableJson(history) : renderHistory(history)),
    exitCode: ({ refused }) => (refused > 0 ? 1 : 0),
  },
  async run(ctx, { files, client, workflow, map, dateOrder, json }) {
    const history = await importHistory(ctx, { files, client, workflow, map: givenMap(map), dateOrder });
    return { ...history, printJson: json };
  },
});
