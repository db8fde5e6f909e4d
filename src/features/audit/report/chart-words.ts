import type { Chart, Unit } from '../model.ts';
import { dated, day, duration, moment, quantity, span, withInterval } from './format.ts';
import { columns, line } from './text.ts';

/** What a chart shows, for those who cannot see it, and as its caption. */
export function chartInWords(chart: Chart, unit: Unit) {
  const first = chart.points[0];
  const last = chart.points.at(-1);
  return {
    title: line(chart.title, 200),
    caption: [changeWords(chart), shadedWords(chart), barWords(chart), dotWords(chart)].filter(Boolean).join(' '),
    alt: [
      line(chart.title, 200),
      first && last && periodOf(chart, first.at, last.at),
      levelWords(chart, unit),
      changeWords(chart),
      shadedWords(chart),
      barWords(chart),
      dotWords(chart),
    ]
      .filter(Boolean)
      .join(' '),
  };
}

const periodOf = (chart: Chart, from: number, to: number) =>
  `per ${duration(chart.bucketMs).replace(/^1 /, '')}, ${span(from, to)}.`;

function levelWords({ levels, usual }: Chart, unit: Unit): string {
  // Where calls follow the week, a range over all its days says little.
  const level = ({ value, low, high }: Chart['levels'][number]) =>
    usual ? quantity(value, unit) : withInterval(value, low, high, unit);
  return levels.length === 0 ? '' : `Level ${levels.map(level).join(', then ')}.`;
}

function changeWords(chart: Chart): string {
  const { change } = chart;
  if (!change) return '';
  const iso = (at: number) => new Date(at).toISOString();
  const interval = change.interval && ([iso(change.interval[0]), iso(change.interval[1])] as const);
  return `${markOf(chart)}: ${dated(iso(change.at), interval) ?? day(change.at)}.`;
}

/** How long an incident lasted, which has a change at its start; else nothing, or far less than usual, arrived. */
function shadedWords({ shaded, points, change }: Chart): string {
  if (shaded.length === 0) return '';
  if (change) return `It lasted ${shaded.map(([from, to]) => `from ${moment(from)} to ${moment(to)}`).join(' and ')}.`;
  const silent = !points.some(({ at, value }) => value > 0 && shaded.some(([from, to]) => at >= from && at < to));
  return `${silent ? 'Nothing' : 'Far fewer calls'} arrived ${shaded.map(([from, to]) => `from ${moment(from)} to ${moment(to)}`).join(', nor ')}.`;
}

/** "sorry: 2 % (1–3), then 41 % (38–44)." */
function barWords({ bars = [], unit }: Chart): string {
  const share = ({ value, low, high }: NonNullable<Chart['bars']>[number]['before']) => withInterval(value, low, high, unit);
  return bars.map((bar) => `${labelOf(bar.label)}: ${share(bar.before)}, then ${share(bar.after)}.`).join(' ');
}

/** "gpt-4-0314: 84 % (82–86)." */
function dotWords({ cohorts = [], unit }: Chart): string {
  return cohorts
    .map(({ label, value, low, high }) => `${cohortLabel(label)}: ${withInterval(value, low, high, unit)}.`)
    .join(' ');
}

/** The name of a cohort: letters, digits and the marks that names of models have, whatever was handed over. */
export const cohortLabel = (label: string): string =>
  label
    .slice(0, LOOKED_AT)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}’' ._:@/+-]/gu, '')
    .replace(/ +/g, ' ')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/[\ud800-\udbff]$/, '')
    .trim() || '*';

/** Names beside each other: without the beginning that all share (`openai/`), cut in the middle, as versions stand at the end. */
export function cohortLabels(labels: readonly string[], letters: number): string[] {
  const names = labels.map(cohortLabel);
  const shared = names[0]?.match(/^.*[/:]/)?.[0] ?? '';
  const bare = shared !== '' && names.every((name) => name.startsWith(shared) && name.length > shared.length);
  return names.map((name) => middleCut(bare ? name.slice(shared.length) : name, letters));
}

function middleCut(name: string, letters: number): string {
  const characters = Array.from(name);
  if (columns(name) <= letters) return name;
  // Wide characters take two columns.
  const most = Math.floor((letters * characters.length) / columns(name));
  const tail = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

/** The word or phrase at a bar: letters and digits of any script, single spaces, and nothing else, whatever was handed over. */
export const labelOf = (label: string): string =>
  label
    .slice(0, LOOKED_AT)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}’' -]/gu, '')
    .replace(/ +/g, ' ')
    .trim()
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .slice(0, MOST_LETTERS)
    .replace(/[\ud800-\udbff]$/, '') || '*';

const MOST_LETTERS = 24;
/** Of ten megabytes the beginning. */
const LOOKED_AT = 200;

/** The letter at the change: a short name and nothing else, whatever was handed over. */
export const markOf = ({ change }: Chart): string => (change?.letter ?? '').replace(/[^A-Za-z0-9]/g, '').slice(0, 3) || '*';
