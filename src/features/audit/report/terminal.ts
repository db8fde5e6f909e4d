import { styleText } from 'node:util';
import type { AuditReport } from '../model.ts';
import { counted } from './format.ts';
import { sparkline } from './sparkline.ts';
import { columns, fit, wrap } from './text.ts';
import { type FindingWords, groupNote, type GroupWords, reportWords, type ReportWords, type Table, type Tone } from './words.ts';

export interface TerminalLayout {
  width: number;
  color: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** What every line needs to know: how wide it may be and how it is painted. */
interface Page {
  width: number;
  paint(style: Style, text: string): string;
}

const MAX_FINDINGS = 8;
const LEGEND = 'Ranges in brackets are 95 % intervals; n is rows before → after.';
const MAX_ROWS = 12;
const tones: Record<Tone, Style> = { bad: 'red', warn: 'yellow', good: 'green', calm: 'cyan' };

/** The report as plain text for a terminal, what matters first. Ends with a newline. */
export function renderTerminal(report: AuditReport, { width, color }: TerminalLayout): string {
  const page: Page = {
    width: Math.max(40, Math.min(width, 120)),
    // Whoever calls knows whether this goes to a terminal; the environment was asked there.
    paint: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
  };
  const words = reportWords(report);
  const blocks = [
    head(words, page),
    ...findingBlocks(report, words, page),
    ...words.cohorts.map((table) => cohorts(table, page)),
  ];
  return `${[...blocks, ...foot(words, page)].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function head({ verdict, source, worse, nothing, order }: ReportWords, page: Page): string[] {
  const facts = [source.rows, source.period, source.files].filter((fact) => fact !== null).join(' · ');
  return [
    ...wrap(verdict, page.width).map((text) => page.paint(worse ? ['bold'] : ['bold', 'green'], text)),
    ...wrap(facts, page.width).map((text) => page.paint('dim', text)),
    ...(nothing ? [] : wrap(`${order} ${LEGEND}`, page.width).map((text) => page.paint('dim', text))),
    ...(nothing ? ['', ...wrap(nothing, page.width)] : []),
  ];
}

function findingBlocks(report: AuditReport, words: ReportWords, page: Page): string[][] {
  const charts = new Map(report.findings.map((finding) => [finding.id, finding.chart]));
  let left = MAX_FINDINGS;
  const blocks = words.sections.flatMap(({ group, findings }) => {
    const shown = findings.slice(0, Math.max(0, left));
    left -= shown.length;
    const told = shown.map((finding) => findingLines(finding, charts.get(finding.id) ?? null, page));
    return group && shown.length > 0 ? [groupLines(group, page), ...told] : told;
  });
  const more = words.findings.length - MAX_FINDINGS;
  return more > 0 ? [...blocks, [page.paint('dim', `… and ${more} more in the report.`)]] : blocks;
}

function groupLines(group: GroupWords, page: Page): string[] {
  return [
    ...wrap(`${group.label}: ${group.title}`, page.width).map((text) => page.paint('bold', text)),
    ...wrap(groupNote(group), page.width),
  ];
}

type ChartOrNone = AuditReport['findings'][number]['chart'];

function findingLines(finding: FindingWords, chart: ChartOrNone, page: Page): string[] {
  const badge = `${finding.icon} ${finding.severity} · ${finding.direction}`;
  const inner = page.width - 4;
  const facts = [finding.values, finding.change, finding.sample && `n ${finding.sample}`, finding.money];
  const place = [finding.when, finding.where].filter(Boolean).join(' · ');
  return [
    page.paint(tones[finding.tone], badge),
    ...indent(wrap(finding.title, inner).map((text) => page.paint('bold', text))),
    ...indent(wrap(place, inner)),
    ...indent(joined(facts, inner)),
    ...indent(chart ? sparkline(chart, inner).map((text) => page.paint('dim', text)) : []),
    ...indent(finding.cause ? wrap(finding.cause, inner) : []),
    ...indent(finding.action ? wrap(`Next: ${finding.action}`, inner) : []),
  ];
}

const indent = (lines: string[]) => lines.map((text) => `    ${text}`);

// Facts stay whole: a line breaks between them, not inside one.
function joined(facts: (string | null)[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts.filter((fact) => fact !== null)) {
    const last = lines.at(-1);
    if (last !== undefined && columns(last) + columns(fact) + 3 <= width) lines[lines.length - 1] = `${last}   ${fact}`;
    else lines.push(...wrap(fact, width));
  }
  return lines;
}

function cohorts({ caption, head, rows }: Table, page: Page): string[] {
  const shown = rows.slice(0, MAX_ROWS);
  const kept = fitting([head, ...shown], page.width);
  const widths = kept.map((column) => Math.max(...[head, ...shown].map((row) => columns(fit(row[column] ?? '', CELL)))));
  const row = (cells: string[]) =>
    kept.map((column, i) => pad(fit(cells[column] ?? '', CELL), widths[i] ?? 0, column === 0)).join('  ');
  const notes = [
    rows.length > shown.length && `… and ${rows.length - shown.length} more in the report.`,
    kept.length < head.length && `${counted(head.length - kept.length, 'more column')} in the report.`,
  ].filter((note) => note !== false);
  return [
    page.paint('bold', fit(`By ${caption}`, page.width)),
    page.paint('dim', row(head)),
    ...shown.map(row),
    ...notes.map((note) => page.paint('dim', note)),
  ];
}

const CELL = 28;

// As many columns as fit, from the left.
function fitting(rows: string[][], width: number): number[] {
  let used = 0;
  return (rows[0] ?? []).flatMap((_, column) => {
    used += Math.max(...rows.map((row) => columns(fit(row[column] ?? '', CELL)))) + 2;
    return used - 2 <= width ? [column] : [];
  });
}

function pad(text: string, width: number, left: boolean): string {
  const space = ' '.repeat(Math.max(0, width - columns(text)));
  return left ? text + space : space + text;
}

function foot(words: ReportWords, page: Page): string[][] {
  const list = (title: string, items: string[]) => (items.length === 0 ? [] : [section(title, items, page)]);
  return [
    ...(words.moved ? [wrap(`Moved by less than counts: ${words.moved}.`, page.width)] : []),
    ...(words.steady ? [wrap(`Steady: ${words.steady}.`, page.width)] : []),
    ...list('Too early to tell', undecided(words)),
    ...list('Columns', columnsRead(words)),
    ...list('Assumed', words.assumptions),
    ...(words.rejected
      ? [
          section(
            words.rejected,
            words.rejectedReasons.map(([reason, rows]) => `${rows} × ${reason}`),
            page,
          ),
        ]
      : []),
  ];
}

function section(title: string, items: string[], page: Page): string[] {
  const shown = items.slice(0, MAX_ROWS);
  const rest = items.length > shown.length ? [`… and ${items.length - shown.length} more in the report.`] : [];
  const bullet = (item: string) => wrap(item, page.width - 4).map((text, i) => (i === 0 ? `  · ${text}` : `    ${text}`));
  return [...wrap(title, page.width).map((text) => page.paint('bold', text)), ...[...shown, ...rest].flatMap(bullet)];
}

/** One less than a section shows, as the last line tells of the rest. */
const MAX_UNDECIDED = 11;

function undecided({ undecided, undecidedCount }: ReportWords): string[] {
  const lines = undecided.map(({ what, needs }) => `${what}: ${needs}`);
  const more = undecidedCount - MAX_UNDECIDED;
  return more > 0 ? [...lines.slice(0, MAX_UNDECIDED), `and ${more} more in the report`] : lines;
}

/** The fields and the columns they were read from, in one line, and those of which nothing was read. */
const columnsRead = ({ mapping, unread }: ReportWords) => [
  ...(mapping.length === 0
    ? []
    : [mapping.map(([field, column]) => (field === column ? field : `${field} = ${column}`)).join(' · ')]),
  ...(unread ? [unread] : []),
];
