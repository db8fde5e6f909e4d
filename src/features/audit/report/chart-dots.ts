import type { CustomSeriesOption, EChartsOption } from 'echarts';
import type { Chart, Unit } from '../model.ts';
import { axisStep } from '../../../ui/chart-scale.ts';
import { axisName, axisTop, tick } from './chart-axis.ts';
import { font, inFont } from './chart-font.ts';
import { type Colors, colors, type Theme } from './chart-theme.ts';
import { cohortLabels } from './chart-words.ts';

type Dot = NonNullable<Chart['cohorts']>[number];
type RenderItem = NonNullable<CustomSeriesOption['renderItem']>;

const RADIUS = 4.5;
const CAP = 4;
/** Pixels for a letter of a name, and letters for all of it, on a wide and on a narrow picture. */
const LETTER = 6.8;
const WIDE = { from: 500, letters: 30 };
const NARROW = 17;

/** A dot for each cohort with its interval, from zero; the two that were compared are filled and in colour. */
export function dotsOption(cohorts: readonly Dot[], unit: Unit, theme: Theme, { width }: { width: number }): EChartsOption {
  const color = colors[theme];
  const sound = cohorts.filter(({ value }) => Number.isFinite(value));
  const ends = sound.flatMap(({ value, low, high }) => [value, low, high]).filter(Number.isFinite);
  const max = axisTop(ends, unit);
  const letters = width >= WIDE.from ? WIDE.letters : NARROW;
  const names = cohortLabels(
    sound.map(({ label }) => label),
    letters,
  );
  const longest = Math.max(6, ...names.map((name) => name.length));
  return {
    animation: false,
    textStyle: { ...font, color: color.text },
    grid: { left: 16 + Math.min(letters, longest) * LETTER, right: 24, top: 8, bottom: 42, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      name: axisName(unit),
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: color.text, fontSize: 12 },
      min: Math.min(0, ...ends),
      max,
      interval: axisStep(max),
      axisLabel: { color: color.text, fontSize: 12, formatter: (value: number) => tick(value, unit) },
      splitLine: { lineStyle: { color: color.grid } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names.map((name) => (theme === 'print' ? inFont(name) : name)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: color.grid } },
      axisLabel: { color: color.text, fontSize: 12, interval: 0 },
    },
    series: [dots(sound, color)],
  };
}

function dots(cohorts: readonly Dot[], color: Colors): CustomSeriesOption {
  const renderItem: RenderItem = ({ dataIndex }, api) => {
    const { value, low, high, side } = cohorts[dataIndex]!;
    const [x = 0, y = 0] = api.coord([value, dataIndex]);
    const [left = 0] = api.coord([Number.isFinite(low) ? low : value, dataIndex]);
    const [right = 0] = api.coord([Number.isFinite(high) ? high : value, dataIndex]);
    const ink = side === null ? color.text : side === 'after' ? color.line : color.level;
    const opacity = side === null ? 0.6 : 1;
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke: ink, lineWidth: 1.5, fill: 'none', opacity },
    });
    return {
      type: 'group',
      children: [
        line(left, y, right, y),
        line(left, y - CAP, left, y + CAP),
        line(right, y - CAP, right, y + CAP),
        {
          type: 'circle',
          shape: { cx: x, cy: y, r: side === null ? RADIUS - 1 : RADIUS },
          style: side === null ? { stroke: ink, lineWidth: 1.5, fill: 'none', opacity } : { fill: ink },
        },
      ],
    };
  };
  return { type: 'custom', data: cohorts.map(({ value }, i) => [value, i]), renderItem, silent: true, z: 5 };
}
