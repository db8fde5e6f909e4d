import { chartColors } from '../../../ui/chart-scale.ts';

/** `page` leaves the colours to the page's CSS variables, so that one SVG serves light and dark. */
export type Theme = 'light' | 'dark' | 'print' | 'page';

export interface Colors {
  /** Text of the axes. */
  text: string;
  grid: string;
  line: string;
  level: string;
  baseline: string;
  interval: string;
  silence: string;
  before: string;
  after: string;
  mark: string;
}

const light: Colors = {
  text: '#5e5a53',
  grid: '#e2ded6',
  line: chartColors.line.light,
  level: '#d55e00',
  baseline: chartColors.baseline.light,
  interval: chartColors.interval.light,
  silence: '#8a857c',
  before: '#b5aea2',
  after: '#0072b2',
  mark: '#1d1c1a',
};
const dark: Colors = {
  text: '#b3ada3',
  grid: '#3a3732',
  line: chartColors.line.dark,
  level: '#f08a3c',
  baseline: chartColors.baseline.dark,
  interval: chartColors.interval.dark,
  silence: '#9a948a',
  before: '#6f6a62',
  after: '#56b4e9',
  mark: '#ece9e3',
};

const variable = (name: string) => `var(--chart-${name})`;

export const colors: Record<Theme, Colors> = {
  light,
  dark,
  print: light,
  page: {
    text: variable('text'),
    grid: variable('grid'),
    line: variable('line'),
    level: variable('level'),
    baseline: variable('baseline'),
    interval: variable('interval'),
    silence: variable('silence'),
    before: variable('before'),
    after: variable('after'),
    mark: variable('mark'),
  },
};

/** The variables that `page` asks for, as declarations. */
export const declarations = (theme: 'light' | 'dark'): string =>
  Object.entries(colors[theme])
    .map(([name, color]) => `--chart-${name}:${color}`)
    .join(';');
