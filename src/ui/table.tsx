import { useState, type ReactNode } from 'react';
import { useKeys } from './keys.ts';
import { go, Link, useParams } from './router.tsx';

export interface Column<Row> {
  readonly head: string;
  /** What stands in it. In the first column it becomes the link of the row. */
  readonly cell: (row: Row) => ReactNode;
  readonly number?: boolean;
  /** Left out on a narrow screen; `most`: also on a small desktop. */
  readonly wide?: boolean | 'most';
  /** Long text: `fill` takes the room that is left, `name` has an end. Cut where there is too little; `wrap` takes further lines there. */
  readonly text?: 'fill' | 'name' | 'wrap';
  /** By what the rows can be sorted; what is not known comes last. */
  readonly by?: (row: Row) => number | string | null;
}

/** What has room beside each other on a phone. */
const MOST_BESIDE = 4;

/** Rows that `j` and `k` walk and Enter opens. */
export function Table<Row>({
  label,
  columns,
  rows: given,
  idOf,
  hrefOf,
  walked = hrefOf !== undefined,
  sortParam,
  stacked = columns.filter(({ wide }) => !wide).length > MOST_BESIDE,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  hrefOf?: (row: Row) => string;
  /** By `j` and `k`: the list that a page is about. */
  walked?: boolean;
  /** Where the address says what it is sorted by; without it the order is the page's. */
  sortParam?: string;
  /** On a narrow screen each row becomes a few lines that name what stands in them, and nothing is cut off beside the page. */
  stacked?: boolean;
}) {
  const [chosen, choose] = useState<string>();
  const { rows, sorted, sort } = useSorted(given, columns, sortParam);
  const at = rows.findIndex((row) => idOf(row) === chosen);
  const line = (row: Row) => document.getElementById(rowId(label, idOf(row)));
  const move = (by: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    if (!row) return;
    choose(idOf(row));
    line(row)?.scrollIntoView({ block: 'nearest' });
  };
  const open = () => {
    const row = rows[at];
    if (!row) return;
    if (hrefOf) go(hrefOf(row));
    else line(row)?.querySelector<HTMLElement>('a, button, select')?.focus();
  };
  useKeys(
    walked
      ? [
          { keys: 'j', does: 'Next line', run: () => move(1) },
          { keys: 'k', does: 'Line before', run: () => move(-1) },
          { keys: 'Enter', does: hrefOf ? 'Open the line' : 'To what can be done with the line', run: open },
        ]
      : [],
  );
  return (
    <div className={stacked ? 'table-frame stacks' : 'table-frame'} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.head}
                scope="col"
                className={classes(column)}
                aria-sort={sorted?.head === column.head ? (sorted.down ? 'descending' : 'ascending') : undefined}
              >
                {column.by && sortParam ? (
                  <button type="button" onClick={() => sort(column)}>
                    {column.head}
                    {sorted?.head === column.head && <span aria-hidden="true">{sorted.down ? ' ↓' : ' ↑'}</span>}
                  </button>
                ) : (
                  column.head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = idOf(row);
            return (
              <tr
                key={id}
                id={rowId(label, id)}
                className={id === chosen ? 'chosen' : undefined}
                aria-current={id === chosen || undefined}
              >
                {columns.map((column, i) => (
                  <td key={column.head} className={classes(column)} data-head={column.head}>
                    {i === 0 && hrefOf ? <Link to={hrefOf(row)}>{column.cell(row)}</Link> : column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** In the order that the address asks for: `Cost` upwards, `-Cost` downwards; otherwise as the page has it. */
function useSorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], param: string | undefined) {
  const [params, setParams] = useParams();
  const asked = (param && params.get(param)) || '';
  const down = asked.startsWith('-');
  const by = columns.find(({ head, by }) => by && head === asked.replace('-', ''));
  const sort = ({ head, number }: Column<Row>) => {
    if (!param) return;
    // Numbers begin with the largest; the third time is the page's own order.
    const steps = number ? [`-${head}`, head, null] : [head, `-${head}`, null];
    setParams({ [param]: steps[(steps.indexOf(asked || null) + 1) % 3] });
  };
  if (!by) return { rows, sorted: undefined, sort };
  const sorted = rows.toSorted((a, b) => compare(by.by!(a), by.by!(b), down));
  return { rows: sorted, sorted: { head: by.head, down }, sort };
}

function compare(a: number | string | null, b: number | string | null, down: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return down ? -order : order;
}

const rowId = (label: string, id: string) => `${label}:${id}`;
const classes = <Row,>({ number, wide, text }: Column<Row>) =>
  [number && 'number', wide === 'most' ? 'widest' : wide && 'wide', text].filter(Boolean).join(' ') || undefined;
