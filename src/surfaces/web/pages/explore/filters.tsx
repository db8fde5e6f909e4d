import { useEffect, useRef, type FormEvent } from 'react';
import { localMinute, moment } from '../../../../ui/format.ts';
import { useKeys } from '../../../../ui/keys.ts';
import { Button } from '../../../../ui/kit.tsx';
import { useParams } from '../../../../ui/router.tsx';
import type { Input } from '../../call.ts';

type Filter = Omit<Input<'telemetry.traces'>, 'client' | 'before' | 'limit'>;

interface Asked {
  readonly name: keyof Filter;
  readonly label: string;
  readonly type?: 'number' | 'datetime-local';
  readonly placeholder?: string;
}

const fields: readonly Asked[] = [
  { name: 'workflow', label: 'Workflow' },
  { name: 'model', label: 'Model' },
  { name: 'user', label: 'User' },
  { name: 'session', label: 'Session' },
  { name: 'environment', label: 'Environment', placeholder: 'production' },
  { name: 'promptVersion', label: 'Prompt version' },
  { name: 'minDurationMs', label: 'Took at least, ms', type: 'number' },
  { name: 'minCostUsd', label: 'Cost at least, $', type: 'number' },
  { name: 'scoreName', label: 'Score', placeholder: 'correctness' },
  { name: 'scoreBelow', label: 'Score below', type: 'number' },
  { name: 'attribute', label: 'Attribute', placeholder: 'name=value' },
  { name: 'from', label: 'From', type: 'datetime-local' },
  { name: 'to', label: 'To', type: 'datetime-local' },
];
const all = ['search', 'status', ...fields.map(({ name }) => name)] as const;

/** What the address asks for. What nobody could have meant is left to the server, which says what to mend. */
export function filterOf(params: URLSearchParams): Filter {
  const given = all.flatMap((name) => {
    const value = params.get(name);
    return value === null ? [] : [[name, isTime(name) ? inUtc(value) : value] as const];
  });
  return Object.fromEntries(given) as Filter;
}

export const isFiltered = (params: URLSearchParams) => all.some((name) => params.has(name));

const isTime = (name: string) => name === 'from' || name === 'to';
/** The address says times in UTC, so that a link means the same to everyone; a field shows them in the reader's zone. */
const shownIn = (name: string, params: URLSearchParams) => {
  const value = params.get(name) ?? '';
  return isTime(name) ? localMinute(value) : value;
};
/** A field for times gives those of the reader's zone, without saying so. */
const inUtc = (local: string) => {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
};

/** The filters, as the address has them. Enter or a change applies them. */
export function Filters() {
  const [params, setParams] = useParams();
  const form = useRef<HTMLFormElement>(null);
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    if (!form.current) return;
    const given = new FormData(form.current);
    const text = (name: string) =>
      given
        .getAll(name)
        .find((value) => typeof value === 'string')
        ?.trim();
    const values = all.map((name) => {
      const value = text(name);
      // What was not touched stays to the second.
      if (isTime(name) && value) return [name, value === shownIn(name, params) ? params.get(name) : inUtc(value)] as const;
      return [name, value] as const;
    });
    setParams({ ...Object.fromEntries(values), before: null });
  };
  useKeys([{ keys: '/', does: 'Search', run: () => form.current?.querySelector('input')?.focus() }]);
  // The address may change without the form: by "back", or by a link.
  const address = params.toString();
  useEffect(() => {
    for (const name of all) {
      const field = form.current?.elements.namedItem(name);
      if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && document.activeElement !== field)
        field.value = shownIn(name, params);
    }
    // oxlint-disable-next-line react/exhaustive-deps -- the text of the address is what changes
  }, [address]);
  const set = fields.filter(({ name }) => params.has(name));
  return (
    <form ref={form} className="filters" onSubmit={apply} role="search" aria-label="Filter traces">
      <div className="row">
        <label className="search">
          <span className="sr">Search names, inputs, outputs and errors</span>
          <input
            type="search"
            name="search"
            placeholder="Search names, inputs, outputs and errors  ( / )"
            defaultValue={params.get('search') ?? ''}
            minLength={2}
            maxLength={200}
          />
        </label>
        <label>
          <span className="sr">Outcome</span>
          <select name="status" defaultValue={params.get('status') ?? ''} onChange={() => apply()}>
            <option value="">any outcome</option>
            <option value="error">failed</option>
            <option value="ok">ok</option>
          </select>
        </label>
        <Button type="submit">Search</Button>
        {isFiltered(params) && (
          <Button onClick={() => setParams({ ...Object.fromEntries(all.map((name) => [name, null])), before: null })}>
            Drop filters
          </Button>
        )}
      </div>
      {set.length > 0 && (
        <ul className="chips" aria-label="Filters that are set">
          {set.map(({ name, label }) => (
            <li key={name}>
              <Button
                onClick={() => setParams({ [name]: null, before: null })}
                aria-label={`Drop the filter ${label}`}
                title="Drop this filter"
              >
                <span className="cut">
                  {label}: {isTime(name) ? moment(params.get(name) ?? '') : params.get(name)}
                </span>
                <span aria-hidden="true">×</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>More filters</summary>
        <div className="filter-fields">
          {fields.map(({ name, label, type = 'text', placeholder }) => (
            <label key={name}>
              <span>{label}</span>
              <input
                name={name}
                type={type}
                step={type === 'number' ? 'any' : undefined}
                placeholder={placeholder}
                defaultValue={shownIn(name, params)}
                onBlur={() => apply()}
              />
            </label>
          ))}
        </div>
      </details>
    </form>
  );
}
