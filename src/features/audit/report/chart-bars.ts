import type { BarSeriesOption, CustomSeriesOption, EChartsOption } from 'echarts';
import type { Chart } from '../model.ts';
import { axisStep } from '../../../ui/chart-scale.ts';
import { axisTop, tick } from './chart-axis.ts';
import { font, inFont } from './chart-font.ts';
import { type Colors, colors, type Theme } from './chart-theme.ts';
import { labelOf } from './chart-words.ts';
import { fit } from './text.ts';

type Bar = NonNullable<Chart['bars']>[number];
type Side = 'before' | 'after';
type RenderItem = NonNullable<CustomSeriesOption['renderItem']>;

const THICK = 9;
const GAP = 2;
/** What stands beside the bars. */
const COLUMNS = 17;

/** Two bars for each word, the one before above the one after, from zero, with their intervals. */
export function barsOption(bars: readonly Bar[], theme: Theme): EChartsOption {
  const color = colors[theme];
  const sound = bars.filter((bar) => [bar.before.value, bar.after.value].every(Number.isFinite));
  const max = axisTop(
    sound.flatMap(({ before, after }) => [before.high, before.value, after.high, after.value]).filter(Number.isFinite),
    'rate',
  );
  return {
    animation: false,
    textStyle: { ...font, color: color.text },
    grid: { left: 132, right: 24, top: 8, bottom: 26, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      min: 0,
      max,
      interval: axisStep(max),
      axisLabel: { color: color.text, fontSize: 12, formatter: (value: number) => tick(value, 'rate') },
      splitLine: { lineStyle: { color: color.grid } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: sound.map(({ label }) => fit(theme === 'print' ? inFont(labelOf(label)) : labelOf(label), COLUMNS)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: color.grid } },
      axisLabel: { color: color.text, fontSize: 12, interval: 0 },
    },
    series: [
      shares(sound, 'before', color),
      shares(sound, 'after', color),
      whiskers(sound, 'before', color),
      whiskers(sound, 'after', color),
    ],
  };
}

const shares = (bars: readonly Bar[], side: Side, color: Colors): BarSeriesOption => ({
  type: 'bar',
  data: bars.map((bar) => bar[side].value),
  barWidth: THICK,
  barGap: `${(100 * GAP) / THICK}%`,
  itemStyle: { color: color[side] },
  silent: true,
});

/** The interval of a share, as a line over the end of its bar. */
function whiskers(bars: readonly Bar[], side: Side, color: Colors): CustomSeriesOption {
  const aside = ((THICK + GAP) / 2) * (side === 'before' ? -1 : 1);
  const renderItem: RenderItem = ({ dataIndex }, api) => {
    const { low, high, value } = bars[dataIndex]![side];
    const [left = 0, middle = 0] = api.coord([Number.isFinite(low) ? low : value, dataIndex]);
    const [right = 0] = api.coord([Number.isFinite(high) ? high : value, dataIndex]);
    const y = middle + aside;
    return {
      type: 'line',
      shape: { x1: left, y1: y, x2: right, y2: y },
      style: { stroke: color.mark, lineWidth: 1, fill: 'none' },
    };
  };
  return { type: 'custom', data: bars.map((bar, i) => [bar[side].value, i]), renderItem, silent: true, z: 5 };
}
