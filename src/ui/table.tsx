import { useState, type ReactNode } from 'react';
import { useKeys } from './keys.ts';
import { go, Link } from './router.tsx';

export interface Column<Row> {
  readonly head: string;
  /** What stands in it. In the first column it becomes the link of the row. */
  readonly cell: (row: Row) => ReactNode;
  readonly number?: boolean;
  /** Left out on a narrow screen. */
  readonly wide?: boolean;
}

/** Rows that `j` and `k` walk and Enter opens. Narrow screens scroll it sideways. */
export function Table<Row>({
  label,
  columns,
  rows,
  idOf,
  hrefOf,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  hrefOf?: (row: Row) => string;
}) {
  const [chosen, choose] = useState<string>();
  const at = rows.findIndex((row) => idOf(row) === chosen);
  const move = (by: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    if (!row) return;
    choose(idOf(row));
    document.getElementById(rowId(label, idOf(row)))?.scrollIntoView({ block: 'nearest' });
  };
  useKeys(
    hrefOf
      ? [
          { keys: 'j', does: 'Next line', run: () => move(1) },
          { keys: 'k', does: 'Line before', run: () => move(-1) },
          {
            keys: 'Enter',
            does: 'Open the line',
            run: () => {
              if (rows[at]) go(hrefOf(rows[at]));
            },
          },
        ]
      : [],
  );
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ head, number, wide }) => (
              <th key={head} scope="col" className={classes(number, wide)}>
                {head}
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
                {columns.map(({ head, cell, number, wide }, i) => (
                  <td key={head} className={classes(number, wide)}>
                    {i === 0 && hrefOf ? <Link to={hrefOf(row)}>{cell(row)}</Link> : cell(row)}
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

const rowId = (label: string, id: string) => `${label}:${id}`;
const classes = (number?: boolean, wide?: boolean) => [number && 'number', wide && 'wide'].filter(Boolean).join(' ') || undefined;
