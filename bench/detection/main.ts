/**
 * `npm run bench:detection -- [--nab DIR] [--tcpd DIR] [--sim FILE] [--json OUT]`: the shipped detectors with their shipped
 * settings against labelled data. Without a directory or file: the simulator's two beds. `--n` and `--seeds 1,2` choose other beds;
 * `--hard` says that FILE was made with the simulator's `--hard`. `--false-alarms`: how often `findChanges` finds a change in
 * `--series` logs of each kind in which nothing happens. `--nab DIR --halves N`: threshold and components chosen on N random
 * halves of the files, scored on the others.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { falseAlarms } from './false-alarms.ts';
import { anomaliesOfNab, scoreNab, scoreNabHeldOut } from './nab.ts';
import { bed, poolOf, scoreSimulator, type SimulatorScore, type Workflow } from './simulator.ts';
import { scoreNabHalves } from './nab-halves.ts';
import { row, table, type Row } from './table.ts';
import { scoreTcpd } from './tcpd.ts';

const { values } = parseArgs({
  options: {
    nab: { type: 'string' },
    tcpd: { type: 'string' },
    sim: { type: 'string' },
    json: { type: 'string' },
    hard: { type: 'boolean', default: false },
    'false-alarms': { type: 'boolean', default: false },
    halves: { type: 'string' },
    series: { type: 'string', default: '1000' },
    n: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '1,2,3' },
  },
});

for (const [flag, path] of [
  ['--nab', values.nab && join(values.nab, 'combined_windows.json')],
  ['--tcpd', values.tcpd && join(values.tcpd, 'annotations.json')],
  ['--sim', values.sim],
] as const) {
  if (!path || existsSync(path)) continue;
  console.error(`${flag}: there is no file ${path}.`);
  process.exit(1);
}

interface Section {
  title: string;
  rows: Row[];
  detail: unknown;
}

const sections = [
  ...nab(values.nab),
  ...tcpd(values.tcpd),
  ...clean(values['false-alarms']),
  ...simulator(values.sim, !values.nab && !values.tcpd && !values['false-alarms']),
];
for (const { title, rows } of sections) console.log(`\n${title}\n${table(rows)}`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(sections, null, 2)}\n`);
const missed = sections.flatMap(({ rows }) => rows).filter(({ met }) => met === false);
console.log(missed.length === 0 ? '\nAll requirements met.' : `\n${missed.length} below what is required.`);
process.exitCode = missed.length === 0 ? 0 : 1;

function nab(dir: string | undefined): Section[] {
  if (!dir) return [];
  if (values.halves) return [halved(dir, Number(values.halves))];
  const score = scoreNab(anomaliesOfNab(dir));
  const title = `NAB: ${score.files} files, frozen threshold ${score.threshold}, ${score.windowsHit} of ${score.windows} windows, ${score.falsePositiveRows} false rows`;
  const heldOut = scoreNabHeldOut(anomaliesOfNab(dir, Infinity));
  const rows = [
    row('standard', score.standard, '≥', 62, 1),
    row('low false positives', score.lowFalsePositives, '≥', 52, 1),
    row('low false negatives', score.lowFalseNegatives, '', null, 1),
    row('standard, threshold of the other half', heldOut.standard, '', null, 1),
    row('low false pos., of the other half', heldOut.lowFalsePositives, '', null, 1),
  ];
  return [{ title, rows, detail: { ...score, heldOut } }];
}

function halved(dir: string, halves: number): Section {
  const score = scoreNabHalves(dir, halves);
  const rows = [
    row('standard', score.standard, '', null, 1),
    row('low false positives', score.lowFalsePositives, '', null, 1),
    ...Object.entries(score.chosen).map(([components, times]) => row(`chose ${components}`, times, '', null, 0)),
  ];
  return { title: `NAB: threshold and components of a random half, scored on the other; mean of ${halves}`, rows, detail: score };
}

function tcpd(dir: string | undefined): Section[] {
  if (!dir) return [];
  const score = scoreTcpd(dir);
  const rows = [row('F1', score.f1, '≥', 0.8, 3), row('cover', score.cover, '≥', 0.74, 3)];
  return [{ title: `Turing change points: ${Object.keys(score.series).length} series`, rows, detail: score }];
}

function clean(asked: boolean): Section[] {
  if (!asked) return [];
  const found = falseAlarms(Number(values.series));
  const rows = found.map(({ log, share }) => row(log, share, '', null, 4));
  return [{ title: `findChanges on clean logs, ${values.series} each: share with a change that is none`, rows, detail: found }];
}

function simulator(file: string | undefined, byDefault: boolean): Section[] {
  if (file) return [simulated(`Simulator: ${file}`, JSON.parse(readFileSync(file, 'utf8')) as Workflow[], values.hard)];
  if (!byDefault) return [];
  const seeds = values.seeds.split(',').map(Number);
  return [false, true].map((hard) => {
    const workflows = seeds.flatMap((seed) => bed(Number(values.n), seed, hard));
    return simulated(
      `Simulator, ${hard ? 'hard' : 'standard'} bed: ${workflows.length} workflows, seeds ${values.seeds}`,
      workflows,
      hard,
    );
  });
}

function simulated(title: string, workflows: Workflow[], hard: boolean): Section {
  const score = scoreSimulator(workflows);
  const required = hard ? { alarms: 0.04, found: 0.8, delay: 11 } : { alarms: 0.02, found: 0.87, delay: 7 };
  return {
    title,
    rows: [...alarmRows(score, required.alarms), ...stepRows(score, required), ...otherRows(score)],
    detail: score,
  };
}

function alarmRows({ falseAlarmsPerMonitorMonth: alarms }: SimulatorScore, most: number): Row[] {
  const mean = Object.values(alarms).reduce((sum, rate) => sum + rate, 0) / Object.keys(alarms).length;
  const perMetric = Object.entries(alarms).map(([metric, rate]) => row(`false alarms per month: ${metric}`, rate, '≤', most, 4));
  return [row('false alarms per monitor-month', mean, '≤', most, 4), ...perMetric];
}

function stepRows({ events, medianStepDelay }: SimulatorScore, required: { found: number; delay: number }): Row[] {
  const steps = ['eval', 'latency', 'cost'].flatMap((metric) => {
    const step = events[`step:${metric}`];
    return step ? [{ metric, ...step }] : [];
  });
  return [
    row('steps found', poolOf(steps), '≥', required.found, 3),
    ...steps.map(({ metric, recall }) => row(`steps found: ${metric}`, recall, '≥', required.found, 3)),
    row('median delay, days', medianStepDelay, '≤', required.delay, 0),
    ...steps.map(({ metric, medianDelay }) =>
      row(`median delay, days: ${metric}`, medianDelay ?? Infinity, '≤', required.delay, 0),
    ),
  ];
}

function otherRows({ events }: SimulatorScore): Row[] {
  const others = Object.entries(events).filter(([name]) => name.startsWith('drift:') || name.startsWith('stall:'));
  return others.map(([name, { recall }]) => row(`found: ${name.replace(':', ' in ')}`, recall, '', null, 3));
}
