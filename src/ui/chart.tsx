import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { moment, utcDay } from './format.ts';
import { axisStep, roundTop, runsOf } from './chart-scale.ts';
import { go, Link } from './router.tsx';
import './chart.css';

export interface ChartPoint {
  /** The start of its bucket, ms since 1970. */
  readonly at: number;
  /** Nothing was measured where it is null: a gap, never zero. */
  readonly value: number | null;
  readonly n: number;
  /** Between which it lies, as far as so many can tell. */
  readonly low?: number | null;
  readonly high?: number | null;
}

export interface ChartMark {
  readonly at: number;
  /** Between which it lies, as far as the data can tell. */
  readonly from: number;
  readonly to: number;
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
  hrefOf,
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
  /** The rows behind a bucket. */
  hrefOf?: (point: ChartPoint) => string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [shown, show] = useState<ChartPoint>();
  const known = points.filter((point): point is ChartPoint & { value: number } => point.value !== null);
  const top = Math.min(most, roundTop(known.reduce((highest, { value, high }) => Math.max(highest, value, high ?? 0), 0)));
  const step = axisStep(top);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  const x = (at: number) => EDGE.left + ((at - from) / (to - from)) * (width - EDGE.left - EDGE.right);
  const y = (value: number) =>
    HEIGHT - EDGE.bottom - (Math.max(0, Math.min(value, top)) / top) * (HEIGHT - EDGE.top - EDGE.bottom);
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
  const startOf = bucketMs >= DAY_MS ? utcDay : moment;
  const inside = marks.filter(({ at }) => at >= from && at <= to);
  return (
    <figure className="chart" ref={frame}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${label}: ${known.length} values${last ? `, the last ${format(last.value)}` : ''}.`}
        onPointerMove={pick}
        onPointerLeave={() => show(undefined)}
        onClick={() => {
          if (shown && hrefOf) go(hrefOf(shown));
        }}
        className={hrefOf && shown ? 'opens' : undefined}
      >
        {inside.map(({ letter, from: first, to: last }) => (
          <rect
            key={letter}
            className="interval"
            x={x(Math.max(from, first))}
            width={Math.max(1, x(Math.min(to, last)) - x(Math.max(from, first)))}
            y={EDGE.top - 4}
            height={HEIGHT - EDGE.top - EDGE.bottom + 4}
          />
        ))}
        {runsOf(known, bucketMs)
          .filter((run) => run.length > 1 && run.every(({ low, high }) => low != null && high != null))
          .map((run) => (
            <polygon
              key={run[0]!.at}
              className="ribbon"
              points={[...run.map(({ at, high }) => [at, high!]), ...run.map(({ at, low }) => [at, low!]).reverse()]
                .map(([at, value]) => `${middle(at!)},${y(value!)}`)
                .join(' ')}
            />
          ))}
        {ticks.map((value) => (
          <g key={value} className="grid">
            <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} />
            <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">
              {value === 0 ? nought(format) : format(value)}
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
        {inside.map(({ at, letter, bad }) => (
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
        {shown?.value != null
          ? `${startOf(shown.at)}: ${format(shown.value)}${rangeOf(shown, format)} (n = ${shown.n.toLocaleString('en-GB')})${hrefOf ? ' · click to see them' : ''}`
          : ' '}
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
                  <td>{startOf(at)}</td>
                  <td className="number">{value === null ? 'no data' : format(value)}</td>
                  <td className="number">
                    {hrefOf ? <Link to={hrefOf({ at, value, n })}>{n.toLocaleString('en-GB')}</Link> : n.toLocaleString('en-GB')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** The foot of an axis is nothing at all, and not “less than”. */
const nought = (format: (value: number) => string) => (format(0).startsWith('<') ? '0' : format(0));

const rangeOf = ({ low, high }: ChartPoint, format: (value: number) => string) =>
  low != null && high != null ? ` (${format(low)} to ${format(high)})` : '';

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
