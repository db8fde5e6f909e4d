import { useState } from 'react';
import { ActTwice } from '../../../../ui/act.tsx';
import { askAgain } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { counted } from '../../../../ui/format.ts';
import { Answered, Copyable, Empty, Page, Section, State, TextField, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { call, useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';

type Key = Answer<'keys.list'>['keys'][number];

const scopes = [
  ['ingest', 'send telemetry'],
  ['read', 'read traces and figures'],
  ['write', 'change things'],
] as const;

/** By what programs come in: the API keys of a client. */
export default function KeysPage({ client }: ClientPageProps) {
  const known = useCall('keys.list', { client: client.id });
  const [made, setMade] = useState<{ key: string; name: string }>();
  const keys = known.answer?.keys;
  const good = keys?.filter((key) => stateOf(key) === 'good');
  return (
    <Page title="Keys" verdict={good && `${counted(good.length, 'key')} may speak for ${client.name}.`}>
      <Section title="Make a key">
        {made && (
          <>
            <p className="notice" role="status">
              The key “{made.name}” is shown this once. Only its fingerprint is kept.
            </p>
            <Copyable text={made.key} label={`the key ${made.name}`} />
          </>
        )}
        <Form
          act="Make the key"
          onSubmit={async ({ text, all }) => {
            const name = text('name');
            const wanted = scopes.map(([scope]) => scope).filter((scope) => all('scope').includes(scope));
            const days = Number(text('days'));
            const { key } = await call('keys.create', { client: client.id, name, scopes: wanted, expiresInDays: days });
            setMade({ key, name });
            await askAgain('keys.list');
          }}
        >
          <TextField label="What it is for" name="name" placeholder="Support bot, production" maxLength={120} required />
          <fieldset>
            <legend>It may</legend>
            {scopes.map(([scope, does]) => (
              <label key={scope}>
                <input type="checkbox" name="scope" value={scope} defaultChecked={scope === 'ingest'} /> {does}
              </label>
            ))}
          </fieldset>
          <TextField label="Ends after how many days" name="days" type="number" min={1} max={365} defaultValue={365} required />
        </Form>
      </Section>
      <Section title="Keys there are">
        <Answered known={known}>
          {({ keys }) =>
            keys.length === 0 ? (
              <Empty title="No program has a key of this client yet. Make one above." />
            ) : (
              <Table
                label="Keys"
                walked
                rows={keys}
                idOf={({ id }) => id}
                columns={[
                  { head: 'For', cell: ({ name }) => name, text: 'wrap' },
                  { head: 'Ends with', cell: ({ ending }) => (ending ? <code>…{ending}</code> : '–') },
                  { head: 'State', cell: (key) => <KeyState of={key} /> },
                  { head: 'May', cell: ({ scopes }) => scopes.join(', '), wide: true },
                  { head: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt ? <When at={lastUsedAt} /> : 'never'), wide: true },
                  { head: 'Good until', cell: ({ expiresAt }) => <When at={expiresAt} absolute />, wide: true },
                  { head: 'Act', cell: (key) => stateOf(key) === 'good' && <Revoke of={key} client={client.id} /> },
                ]}
              />
            )
          }
        </Answered>
      </Section>
    </Page>
  );
}

const stateOf = ({ revokedAt, expiresAt }: Key) =>
  revokedAt ? 'revoked' : new Date(expiresAt).getTime() < Date.now() ? 'expired' : 'good';

function KeyState({ of }: { of: Key }) {
  const state = stateOf(of);
  return <State kind={state === 'good' ? 'healthy' : 'no_data'}>{state}</State>;
}

function Revoke({ of, client }: { of: Key; client: string }) {
  const revoke = async () => {
    await call('keys.revoke', { client, id: of.id });
    await askAgain('keys.list');
  };
  const called = of.ending ? `${of.name} …${of.ending}` : of.name;
  return <ActTwice name="Revoke" sure={`End “${called}” for good`} label={`Revoke ${called}`} onAct={revoke} />;
}
