import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { operation, perform } from '../../platform/operation.ts';
import { requireWritable, save } from '../../platform/output-file.ts';
import { printableJson } from '../../platform/printable.ts';
import { invalid, type Problem } from '../../platform/problem.ts';
import { givenMap, logInput } from '../telemetry/index.ts';
import { audit } from './audit.ts';
import { AuditReport, Findings } from './model.ts';
import { writeSampleLog } from './sample-log.ts';
import { renderHtml, renderPdf, renderTerminal } from './report/index.ts';

const positive = z.coerce.number('a number is needed').positive('a number above 0 is needed');
const path = z.string().min(1, 'the name of a file is needed').meta({ value: 'file' });

export const runAudit = operation({
  name: 'audit.run',
  summary: 'Say from a log of AI calls what degraded, when, by how much, why, and what to do next.',
  access: 'local',
  input: z.object({
    ...logInput,
    groupBy: z
      .string()
      .optional()
      .meta({ value: 'column' })
      .describe('Compare the values of this column with each other, e.g. model.'),
    split: z
      .string()
      .optional()
      .meta({ value: 'date' })
      .describe('Compare the rows before this date with the rows since, e.g. 2026-06-03.'),
    valuePerSuccess: positive.optional().describe('What one right answer is worth, in USD.'),
    minutesSaved: positive.optional().describe('Minutes of work that one right answer saves; needs --hourly.'),
    hourly: positive.optional().describe('What an hour of that work costs, in USD.'),
    out: path.optional().describe('Write the report as one HTML file.'),
    pdf: path.optional().describe('Write the report as PDF.'),
    json: path.optional().describe('Write the findings as JSON; - prints them instead of the summary.'),
  }),
  output: z.object({ report: AuditReport, written: z.array(z.string()), printJson: z.boolean() }),
  terminal: {
    words: ['audit'],
    positional: 'files',
    print: ({ report, written, printJson }, { width, color }) => {
      if (printJson) return printableJson(Findings.parse(report));
      const where =
        written.length > 0
          ? `\nWritten: ${written.join(', ')}\n`
          : '\nThe whole report: add --out report.html or --pdf report.pdf.\n';
      return renderTerminal(report, { width, color }) + where;
    },
    exitCode: ({ report }) => (report.worse ? 2 : report.judged ? 0 : 1),
  },
  async run(ctx, input) {
    const paths = [input.out, input.pdf, input.json === '-' ? undefined : input.json].filter((name) => name !== undefined);
    for (const name of paths) await requireWritable(name, input.files);
    requireApart(paths);
    const written: string[] = [];
    const draw = async (report: AuditReport) => {
      if (report.input.rows === 0) throw nothingUsable(report);
      if (input.out) written.push(await save(input.out, await renderHtml(report)));
      if (input.pdf) written.push(await save(input.pdf, await renderPdf(report)));
      if (input.json && input.json !== '-')
        written.push(await save(input.json, `${JSON.stringify(Findings.parse(report), null, 2)}\n`));
      return report;
    };
    const options = {
      files: input.files,
      map: givenMap(input.map),
      dateOrder: input.dateOrder,
      groupBy: input.groupBy,
      splitMs: dateOf(input.split),
      perSuccessUsd: worth(input),
    };
    const report = await audit(ctx, options, draw);
    return { report, written, printJson: input.json === '-' };
  },
});

/** What an audit says, without a log of one's own: `npm run sample`. */
export const runSample = operation({
  name: 'audit.sample',
  summary: 'Write a small sample log and audit it, to see what an audit says.',
  access: 'local',
  input: z.object({ dir: z.string().default('sample').describe('Directory for the log and the reports.') }),
  output: runAudit.output,
  terminal: {
    ...runAudit.terminal,
    words: ['audit-sample'],
    positional: 'dir',
    print: (answer, page) => `${invitation}${runAudit.terminal!.print!(answer, page)}`,
    exitCode: () => 0,
  },
  async run(ctx, { dir }) {
    await mkdir(dir, { recursive: true });
    const log = join(dir, 'support-drafts.jsonl');
    await writeSampleLog(log, ctx.now());
    return perform(runAudit, ctx, {
      files: [log],
      valuePerSuccess: 1.5,
      out: join(dir, 'report.html'),
      pdf: join(dir, 'report.pdf'),
    });
  },
});

const invitation = `Steward audits the logs of AI systems: what degraded, when, by how much, why, and what to do next.

  npm run audit -- LOG.jsonl               audit a log (CSV, TSV, JSON, JSONL, Parquet, also .gz or .zst)
  npm run audit -- LOG.csv --out r.html    and write the whole report
  npx steward --help                       everything else

Here is what it says of a sample log, made just now:

`;

/** A date or time in ISO form; without a zone it is UTC. */
function dateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) || text.length <= 10 ? text : `${text}Z`);
  if (Number.isNaN(at)) throw invalid(`--split takes a date such as 2026-06-03 or 2026-06-03T14:00Z, not "${text}".`);
  return at;
}

/** USD per right answer: told, or minutes saved at an hourly rate. */
function worth({
  valuePerSuccess,
  minutesSaved,
  hourly,
}: {
  valuePerSuccess?: number | undefined;
  minutesSaved?: number | undefined;
  hourly?: number | undefined;
}): number | null {
  if (valuePerSuccess !== undefined && (minutesSaved ?? hourly) !== undefined) {
    throw invalid('Say either --value-per-success, or --minutes-saved with --hourly, not both.');
  }
  if (valuePerSuccess !== undefined) return valuePerSuccess;
  if (minutesSaved === undefined && hourly === undefined) return null;
  if (minutesSaved === undefined || hourly === undefined) throw invalid('--minutes-saved and --hourly go together: say both.');
  return (minutesSaved / 60) * hourly;
}

function requireApart(names: readonly string[]) {
  const twice = names.find((name, i) => names.findIndex((other) => resolve(other) === resolve(name)) < i);
  if (twice) throw invalid(`"${twice}" was named for two forms of the report. Name a file for each.`);
}

function nothingUsable({ rejectedReasons, rejectedFiles }: AuditReport): Problem {
  const why = rejectedReasons.map(({ reason, rows }) => `${rows} with ${reason}`).join(', ');
  return invalid(
    `No row could be used${why ? `: ${why}` : ''}.${rejectedFiles.length > 0 ? ` They are in ${rejectedFiles.join(', ')}.` : ''} Mend the export, or say with --map which column is which.`,
  );
}
