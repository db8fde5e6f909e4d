import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { moment } from './format.ts';
import './chart.css';

export interface ChartPoint {
  /** The start of its bucket, ms since 1970. */
  readonly at: number;
  /** Nothing was measured where it is null: a gap, never zero. */
  readonly value: number | null;
  readonly n: number;
}

export interface ChartMark {
  readonly at: number;
  /** Explained below the chart. */
  readonly letter: string;
  readonly bad: boolean;
}

const HEIGHT = 220;
const EDGE = { top: 20, right: 12, bottom: 24, left: 64 };
const DAY_MS = 86_400_000;
/** Where an axis that is shorter than these has its ticks. */
const STEPS = [
  300_000,
  900_000,
  3_600_000,
  3 * 3_600_000,
  6 * 3_600_000,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  30 * DAY_MS,
];

/** One series over time: from zero up, gaps where nothing came, changes as lines with a letter. */
export function TimeChart({
  label,
  points,
  bucketMs,
  from,
  to,
  most = Infinity,
  format,
  marks = [],
}: {
  label: string;
  points: readonly ChartPoint[];
  bucketMs: number;
  /** What was asked about, whether or not anything came then. */
  from: number;
  to: number;
  /** What no value can exceed: 1 for a rate. */
  most?: number | undefined;
  format: (value: number) => string;
  marks?: readonly ChartMark[];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [shown, show] = useState<ChartPoint>();
  const known = points.filter((point): point is ChartPoint & { value: number } => point.value !== null);
  const top = Math.min(most, roundTop(known.reduce((highest, { value }) => Math.max(highest, value), 0)));
  const x = (at: number) => EDGE.left + ((at - from) / (to - from)) * (width - EDGE.left - EDGE.right);
  const y = (value: number) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  // The first and the last bucket may stick out of what was asked about.
  const middle = (at: number) => x(Math.min(to, Math.max(from, at + bucketMs / 2)));
  const pick = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    show(
      known.reduce<ChartPoint | undefined>(
        (a, b) => (a && Math.abs(middle(a.at) - at) < Math.abs(middle(b.at) - at) ? a : b),
        undefined,
      ),
    );
  };
  const last = known.at(-1);
  return (
    <figure className="chart" ref={frame}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${label}: ${known.length} values${last ? `, the last ${format(last.value)}` : ''}.`}
        onPointerMove={pick}
        onPointerLeave={() => show(undefined)}
      >
        {[0, top / 2, top].map((value) => (
          <g key={value} className="grid">
            <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} />
            <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {ticksOf(from, to, Math.max(2, Math.floor((width - EDGE.left) / 88))).map((at) => (
          <text key={at} x={x(at)} y={HEIGHT - 6} textAnchor={x(at) > width - 32 ? 'end' : 'middle'}>
            {tickText(at, to - from)}
          </text>
        ))}
        {runsOf(known, bucketMs).map((run) =>
          run.length === 1 ? (
            <circle key={run[0]!.at} cx={middle(run[0]!.at)} cy={y(run[0]!.value)} r={2.5} className="dot" />
          ) : (
            <polyline key={run[0]!.at} points={run.map(({ at, value }) => `${middle(at)},${y(value)}`).join(' ')} />
          ),
        )}
        {marks
          .filter(({ at }) => at >= from && at <= to)
          .map(({ at, letter, bad }) => (
            <g key={letter} className={bad ? 'mark bad' : 'mark'}>
              <line x1={x(at)} x2={x(at)} y1={EDGE.top - 4} y2={HEIGHT - EDGE.bottom} />
              <text x={x(at)} y={EDGE.top - 8} textAnchor="middle">
                {letter}
              </text>
            </g>
          ))}
        {shown?.value != null && (
          <g className="shown">
            <line x1={middle(shown.at)} x2={middle(shown.at)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
            <circle cx={middle(shown.at)} cy={y(shown.value)} r={3.5} />
          </g>
        )}
      </svg>
      <figcaption aria-hidden="true">
        {shown?.value != null ? `${moment(shown.at)}: ${format(shown.value)} (n = ${shown.n.toLocaleString('en-GB')})` : ' '}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <div className="table-frame" tabIndex={0} role="region" aria-label={`${label}, as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col" className="number">
                  {label}
                </th>
                <th scope="col" className="number">
                  n
                </th>
              </tr>
            </thead>
            <tbody>
              {points.map(({ at, value, n }) => (
                <tr key={at}>
                  <td>{moment(at)}</td>
                  <td className="number">{value === null ? 'no data' : format(value)}</td>
                  <td className="number">{n.toLocaleString('en-GB')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function useWidth(frame: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

/** A missing bucket ends a run. */
function runsOf<Point extends { at: number }>(points: readonly Point[], bucketMs: number): Point[][] {
  const runs: Point[][] = [];
  for (const point of points) {
    const last = runs.at(-1)?.at(-1);
    if (last && point.at - last.at < bucketMs * 1.5) runs.at(-1)!.push(point);
    else runs.push([point]);
  }
  return runs;
}

function roundTop(highest: number): number {
  if (!(highest > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * size >= highest * 1.02) ?? 20) * size;
}

function ticksOf(from: number, to: number, most: number): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? 365 * DAY_MS;
  // Whole days begin at the reader's midnight.
  const zone = step >= DAY_MS ? new Date(from).getTimezoneOffset() * 60_000 : 0;
  const first = Math.ceil((from - zone) / step) * step + zone;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}

const dayTick = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const hourTick = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const tickText = (at: number, lengthMs: number) => (lengthMs > 3 * DAY_MS ? dayTick : hourTick).format(at);
