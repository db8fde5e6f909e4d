import { useState } from 'react';
import { askAgain } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { count } from '../../../../ui/format.ts';
import { Answered, Section, TextField, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { call, useCall, type Answer } from '../../call.ts';

const kinds = [
  ['texts', 'Texts: what went into models and came out of them'],
  ['spans', 'Traces'],
  ['logs', 'Logs'],
  ['metrics', 'Metrics'],
  ['scores', 'Scores'],
] as const;

type Kept = Answer<'retention.show'>;

/** For how many days each kind is kept. */
export function Retention({ client, may }: { client: string; may: boolean }) {
  const known = useCall('retention.show', { client });
  return (
    <Section title="Kept for so many days">
      <Answered known={known} rows={3}>
        {(kept) => (may ? <Days kept={kept} client={client} /> : <p>{toldOf(kept)}</p>)}
      </Answered>
    </Section>
  );
}

const toldOf = (kept: Kept) =>
  kinds.map(([kind]) => `${kind}: ${kept[kind] === null ? 'for good' : `${count(kept[kind])} days`}`).join(', ');

function Days({ kept, client }: { kept: Kept; client: string }) {
  const [saved, setSaved] = useState(false);
  return (
    <Form
      act="Save the days"
      onSubmit={async ({ text }) => {
        setSaved(false);
        for (const [kind] of kinds) {
          const days = text(kind) === '' ? null : Number(text(kind));
          if (days !== kept[kind]) await call('retention.set', { client, kind, days });
        }
        await askAgain('retention.show');
        setSaved(true);
      }}
    >
      <p>What is older is removed within a day, for good. An empty field keeps it for good.</p>
      {kinds.map(([kind, label]) => (
        <TextField key={kind} label={label} name={kind} type="number" min={1} max={36_500} defaultValue={kept[kind] ?? ''} />
      ))}
      {saved && (
        <p className="notice" role="status">
          Saved.
        </p>
      )}
    </Form>
  );
}

/** Removes an end user from everything, proven by a count. */
export function Erasure({ client, may }: { client: string; may: boolean }) {
  const known = useCall('erasure.list', { client });
  const [done, setDone] = useState<Answer<'erasure.request'>>();
  return (
    <Section title="Erase an end user">
      {may && (
        <Form
          act="Erase this user for good"
          look="danger"
          onSubmit={async ({ text }) => {
            setDone(await call('erasure.request', { client, user: text('user') }));
            await askAgain('erasure.list');
          }}
        >
          <p className="prose">
            Every trace that they had a part in goes, with its texts, costs and scores. There is no way back. Who it was is not
            kept.
          </p>
          <TextField
            label="The user, as the client’s systems name them"
            name="user"
            maxLength={1000}
            autoComplete="off"
            required
          />
          <TextField label="Type “erase” to confirm" name="confirm" pattern="erase" autoComplete="off" required />
          {done && (
            <p className="notice" role="status">
              {count(done.rowsBefore)} rows were found, {count(done.rowsAfter)} are left.
            </p>
          )}
        </Form>
      )}
      <Answered known={known} rows={2}>
        {({ erasures }) =>
          erasures.length === 0 ? (
            <p className="muted">Nobody was erased yet.</p>
          ) : (
            <Table
              label="Erasures"
              rows={erasures}
              idOf={({ id }) => id}
              columns={[
                { head: 'Asked for', cell: ({ requestedAt }) => <When at={requestedAt} absolute /> },
                { head: 'Rows found', cell: ({ rowsBefore }) => count(rowsBefore), number: true },
                { head: 'Rows left', cell: ({ rowsAfter }) => count(rowsAfter), number: true },
                { head: 'Last looked', cell: ({ checkedAt }) => <When at={checkedAt} />, wide: true },
              ]}
            />
          )
        }
      </Answered>
    </Section>
  );
}
