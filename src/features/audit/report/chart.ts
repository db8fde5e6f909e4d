import type { CustomSeriesOption, EChartsOption, LineSeriesOption } from 'echarts';
import type { Chart } from '../model.ts';
import { axisStep, runsOf as gapless } from '../../../ui/chart-scale.ts';
import { type Colors, colors, type Theme } from './chart-theme.ts';
import { markOf } from './chart-words.ts';
import { DAY_MS } from './format.ts';
import { barsOption } from './chart-bars.ts';
import { dotsOption } from './chart-dots.ts';
import { font } from './chart-font.ts';
import { axisName, axisTop, tick, timeTick, timeTicks } from './chart-axis.ts';

export interface Size {
  width: number;
  height: number;
}

type RenderItem = NonNullable<CustomSeriesOption['renderItem']>;
type Point = [number, number];

/** The picture of a finding as SVG: the same code for HTML and PDF. Of the log it holds the letters of words and no other text. */
export async function renderChart(chart: Chart, theme: Theme, size: Size): Promise<string> {
  const echarts = await loadECharts();
  const plot = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    plot.setOption(optionOf(chart, theme, size));
    return tidy(plot.renderToSVGString());
  } finally {
    plot.dispose();
  }
}

// Loaded when the first chart is drawn: an audit in a terminal needs none. One file loads in a tenth of a second, where the
// package's four hundred modules take half of one.
const loadECharts = () => import('echarts/dist/echarts.esm.min.mjs');

// What ECharts adds for a chart that comes alive in a browser is of no use here, and is no attribute of SVG.
const tidy = (svg: string) =>
  svg
    .replace(/ ecmeta_\w+="[^"]*"/g, '')
    .replace(/<style\b[^>]*>.*?<\/style>/gs, '')
    .replace(/ class="[^"]*"/g, '')
    .replace(/ xml:space="[^"]*"/g, '')
    .replace(/\n+/g, '\n');

function optionOf(chart: Chart, theme: Theme, size: Size): EChartsOption {
  if (chart.bars) return barsOption(chart.bars, theme);
  if (chart.cohorts) return dotsOption(chart.cohorts, chart.unit, theme, size);
  return seriesOption(chart, colors[theme], size);
}

function seriesOption(chart: Chart, color: Colors, size: Size): EChartsOption {
  const points = chart.points.filter((p) => [p.at, p.value].every(Number.isFinite));
  const [from, to] = extent(chart, points);
  const top = axisTop(
    points.map((p) => (Number.isFinite(p.high) ? Math.max(p.high, p.value) : p.value)),
    chart.unit,
  );
  const bottom = Math.min(0, ...points.map((p) => p.value));
  const runs = runsOf(points, chart.bucketMs);
  return {
    animation: false,
    textStyle: { ...font, color: color.text },
    grid: { left: 62, right: 16, top: 24, bottom: 26, outerBoundsMode: 'none' },
    xAxis: timeAxis(from, to, color, size),
    yAxis: valueAxis(chart, bottom, top, color),
    series: [
      ...silence(chart, color),
      ...baseline(chart, from, to, top, color),
      ...interval(chart, color),
      ribbon(runs, bottom, top, color),
      ...runs.map((run) => measured(run, points.length, color)),
      ...levels(chart, color),
      ...mark(chart, color),
    ],
  };
}

function extent(chart: Chart, points: Chart['points']): Point {
  const starts = [...points.map((p) => p.at), ...chart.levels.map((l) => l.from), ...chart.shaded.map(([from]) => from)];
  const ends = [
    ...points.map((p) => p.at + chart.bucketMs),
    ...chart.levels.map((l) => l.to),
    ...chart.shaded.map(([, to]) => to),
  ];
  const marks = chart.change ? [chart.change.at] : [];
  const all = [...starts, ...ends, ...marks].filter(Number.isFinite);
  return all.length === 0 ? [0, DAY_MS] : [least(all), most(all)];
}

const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));

const runsOf = (points: Chart['points'], bucketMs: number): Chart['points'][] =>
  gapless(points, bucketMs).map((run) => run.map((point) => ({ ...point, at: point.at + bucketMs / 2 })));

// A plain axis with ticks of our own: those of a time axis stand unevenly and cannot be set to UTC Mondays.
function timeAxis(from: number, to: number, color: Colors, { width }: Size): EChartsOption['xAxis'] {
  const customValues = timeTicks(from, to, Math.max(2, Math.floor(width / 64)));
  return {
    type: 'value',
    min: from,
    max: to,
    axisLine: { lineStyle: { color: color.grid } },
    axisTick: { show: true, lineStyle: { color: color.grid }, customValues },
    splitLine: { show: false },
    axisLabel: { color: color.text, fontSize: 12, customValues, formatter: (at: number) => timeTick(at, to - from) },
  };
}

const valueAxis = (chart: Chart, min: number, max: number, color: Colors): EChartsOption['yAxis'] => ({
  type: 'value',
  name: axisName(chart.unit),
  nameGap: 8,
  nameTextStyle: { color: color.text, fontSize: 12, align: 'left', padding: [0, 0, 0, -56] },
  min,
  max,
  interval: axisStep(max),
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: color.text, fontSize: 12, formatter: (value: number) => tick(value, chart.unit) },
  splitLine: { lineStyle: { color: color.grid } },
});

const line = (data: Point[], style: LineSeriesOption['lineStyle']): LineSeriesOption => ({
  type: 'line',
  data,
  silent: true,
  symbol: 'none',
  clip: false,
  lineStyle: style,
});

function measured(run: Chart['points'], total: number, color: Colors): LineSeriesOption {
  const data = run.map((p): Point => [p.at, p.value]);
  // A lone bucket has no line to lie on; dots on every bucket of a long series would hide it.
  const dots = run.length === 1 || total <= 31;
  const style = line(data, { color: color.line, width: 1.5 });
  return dots ? { ...style, symbol: 'circle', symbolSize: 4, itemStyle: { color: color.line }, showAllSymbol: true } : style;
}

const levels = ({ levels }: Chart, color: Colors): LineSeriesOption[] =>
  levels
    .filter(({ value }) => Number.isFinite(value))
    .map(({ from, to, value }) =>
      line(
        [
          [from, value],
          [to, value],
        ],
        { color: color.level, width: 2 },
      ),
    );

/** A shape in the units of the axes. `top` and `bottom` of the plot are written as nothing. */
function area(corners: Point[][], fill: string, opacity: number): CustomSeriesOption {
  const renderItem: RenderItem = ({ dataIndex }, api) => ({
    type: 'polygon',
    shape: { points: (corners[dataIndex] ?? []).map((corner) => api.coord(corner)) },
    style: { fill, opacity },
  });
  return { type: 'custom', data: corners.map((shape) => shape[0] ?? [0, 0]), renderItem, silent: true, z: 1 };
}

function column(from: number, to: number, fill: string, opacity: number): CustomSeriesOption {
  const renderItem: RenderItem = ({ coordSys }, api) => {
    const { y = 0, height = 0 } = coordSys as { y?: number; height?: number };
    const [left = 0] = api.coord([from, 0]);
    const [right = 0] = api.coord([to, 0]);
    return { type: 'rect', shape: { x: left, y, width: Math.max(1, right - left), height }, style: { fill, opacity } };
  };
  return { type: 'custom', data: [[from, 0]], renderItem, silent: true, z: 0 };
}

const silence = ({ shaded }: Chart, color: Colors) => shaded.map(([from, to]) => column(from, to, color.silence, 0.22));

const interval = ({ change }: Chart, color: Colors) =>
  change?.interval ? [column(change.interval[0], change.interval[1], color.interval, 0.28)] : [];

function baseline(chart: Chart, from: number, to: number, top: number, color: Colors): CustomSeriesOption[] {
  if (chart.usual) return [usual(chart.usual, chart.bucketMs, top, color)];
  const [first] = chart.levels;
  if (!first || !(first.high > first.low)) return [];
  const { low, high } = first;
  return [
    area(
      [
        [
          [from, low],
          [to, low],
          [to, high],
          [from, high],
        ],
      ],
      color.baseline,
      0.22,
    ),
  ];
}

/** A range for each bucket, as steps. */
function usual(bands: NonNullable<Chart['usual']>, bucketMs: number, top: number, color: Colors): CustomSeriesOption {
  const edge = (run: typeof bands, of: (band: (typeof bands)[number]) => number) =>
    run.flatMap((band): Point[] => [
      [band.at, Math.min(top, of(band))],
      [band.at + bucketMs, Math.min(top, of(band))],
    ]);
  const shapes = gapless(bands, bucketMs).map((run) => [
    ...edge(run, ({ high }) => high),
    ...edge(run, ({ low }) => low).reverse(),
  ]);
  return area(shapes, color.baseline, 0.22);
}

function ribbon(runs: Chart['points'][], bottom: number, top: number, color: Colors): CustomSeriesOption {
  const within = (value: number, fallback: number) => Math.min(top, Math.max(bottom, Number.isFinite(value) ? value : fallback));
  const shape = (run: Chart['points']): Point[] => [
    ...run.map((p): Point => [p.at, within(p.low, p.value)]),
    ...run.map((p): Point => [p.at, within(p.high, p.value)]).reverse(),
  ];
  return area(runs.filter((run) => run.length > 1).map(shape), color.line, 0.16);
}

function mark(chart: Chart, color: Colors): CustomSeriesOption[] {
  const { change } = chart;
  if (!change || !Number.isFinite(change.at)) return [];
  const letter = markOf(chart);
  const renderItem: RenderItem = ({ coordSys }, api) => {
    const { y = 0, height = 0 } = coordSys as { y?: number; height?: number };
    const [x = 0] = api.coord([change.at, 0]);
    return {
      type: 'group',
      children: [
        {
          type: 'line',
          shape: { x1: x, y1: y, x2: x, y2: y + height },
          style: { stroke: color.mark, lineWidth: 1.5, fill: 'none' },
        },
        {
          type: 'text',
          style: {
            text: letter,
            x,
            y: y - 5,
            fill: color.mark,
            font: '600 13px Inter, sans-serif',
            align: 'center',
            verticalAlign: 'bottom',
          },
        },
      ],
    };
  };
  return [{ type: 'custom', data: [[change.at, 0]], renderItem, silent: true, z: 5 }];
}
