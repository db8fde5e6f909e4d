import type { AuditReport } from '../model.ts';
import { chartKey } from './chart-key.ts';
import { colors } from './chart-theme.ts';
import { renderChart } from './chart.ts';
import { type ExampleWords, factsOf, type FindingWords, groupNote, reportWords, type ReportWords, type Table } from './words.ts';

const CHART = { width: 640, height: 200 };

/** What the layout of the PDF reads: the words of the report and its charts, no null left to chance. */
export async function pdfFacts(report: AuditReport) {
  const words = reportWords(report);
  const charts = new Map<string, PdfChart>();
  for (const [i, { chart }] of report.findings.entries()) {
    const finding = words.findings[i];
    if (chart && finding?.chart) charts.set(finding.id, await pdfChart(chart, finding.chart));
  }
  return breakLongWords({ ...layoutOf(words, charts), glyphs: glyphNote(words) });
}

type PdfChart = Awaited<ReturnType<typeof pdfChart>>;

async function pdfChart(chart: NonNullable<AuditReport['findings'][number]['chart']>, words: NonNullable<FindingWords['chart']>) {
  const key = chartKey(chart).map(({ name, words }) => {
    const thin = name === 'line' || name === 'level';
    const solid = thin || name === 'before' || name === 'after';
    return { words, thin, color: colors.print[name] + (solid ? '' : '50') };
  });
  return { ...words, key, svg: await renderChart(chart, 'print', CHART) };
}

function layoutOf(words: ReportWords, charts: Map<string, PdfChart>) {
  const table = (caption: string, head: string[], rows: string[][]): Table => ({ caption, head, rows });
  return {
    steward: words.steward,
    writtenAt: words.writtenAt,
    verdict: words.verdict,
    source: [words.source.files, words.source.rows, words.source.period].filter(Boolean).join(' · '),
    figures: words.figures,
    nothing: words.nothing,
    order: words.order,
    sections: words.sections.map(({ group, findings }) => ({
      group: group && { title: group.title, note: groupNote(group), count: `${group.label}, ${findings.length} findings` },
      findings: findings.map((finding) => pdfFinding(finding, charts.get(finding.id) ?? null)),
    })),
    cohorts: words.cohorts.flatMap(inPageWidth),
    steady: words.steady,
    moved: words.moved,
    undecided: table(
      'Too early to tell',
      ['What', 'Needs'],
      words.undecided.map(({ what, needs }) => [what, needs]),
    ),
    undecidedMore: words.undecidedMore,
    assumptions: words.assumptions,
    mapping: table('Columns', ['Steward reads', 'from the column'], words.mapping),
    unread: words.unread,
    rejected: words.rejected ?? 'Every row could be read.',
    rejectedReasons: table('', ['Reason', 'Rows'], words.rejectedReasons),
  };
}

/** Metrics that stand beside each other on a page. */
const MOST_METRICS = 6;
/** Before them stand the value of the column and its rows. */
const LABELS = 2;

/** A table of many metrics, as tables that a page can hold: each names the values anew. */
function inPageWidth({ caption, head, rows }: Table): Table[] {
  const metrics = head.length - LABELS;
  return Array.from({ length: Math.max(1, Math.ceil(metrics / MOST_METRICS)) }, (_, i) => {
    const part = ([value = '', n = '', ...cells]: string[]) => [
      value,
      ...(i === 0 ? [n] : []),
      ...cells.slice(i * MOST_METRICS, (i + 1) * MOST_METRICS),
    ];
    return { caption: `By ${caption}${i === 0 ? '' : ', further metrics'}`, head: part(head), rows: rows.map(part) };
  });
}

const pdfFinding = (finding: FindingWords, chart: PdfChart | null) => ({
  icon: finding.severity,
  tone: finding.tone,
  badge: `${finding.severity} · ${finding.direction}`,
  title: finding.title,
  facts: factsOf(finding),
  chart,
  explanation: finding.explanation,
  action: finding.action,
  before: finding.before.map(short),
  after: finding.after.map(short),
});

const MAX_LINES = 12;
const MAX_CHARACTERS = 600;

// A page is no place for a whole answer; the HTML holds it.
const short = (example: ExampleWords): ExampleWords => ({
  ...example,
  texts: example.texts.map(({ name, text }) => ({ name, text: beginning(text) })),
});

function beginning(text: string): string {
  const kept = text.slice(0, MAX_CHARACTERS).split('\n').slice(0, MAX_LINES).join('\n').trimEnd();
  return kept.length < text.trimEnd().length ? `${kept.replace(/[\ud800-\udbff]$/, '')}…` : kept;
}

const LONG_WORD = /[^\s\u200b]{24}(?=[^\s\u200b])/gu;

/** Typst breaks lines between words only: long ones get places to break at. Pictures are left alone. */
function breakLongWords<T>(facts: T): T {
  const mend = (key: string, value: unknown) =>
    typeof value === 'string' && key !== 'svg' && key !== 'alt' ? value.replace(LONG_WORD, '$&\u200b') : value;
  return JSON.parse(JSON.stringify(facts, mend)) as T;
}

const FOREIGN =
  /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]|\p{Emoji_Presentation}/u;

/** The shipped fonts cover Latin, Greek and Cyrillic; what else the log holds depends on the machine, and the reader is told. */
const glyphNote = (words: ReportWords): string | null =>
  FOREIGN.test(JSON.stringify(words))
    ? 'Some texts use scripts or emoji that the fonts of this report do not hold. Where this machine has no font for them either, empty boxes stand in their place; the HTML report shows them.'
    : null;
