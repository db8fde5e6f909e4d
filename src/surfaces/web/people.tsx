import { useId, useState, type ReactNode } from 'react';
import { Act, ActTwice } from '../../ui/act.tsx';
import { Form } from '../../ui/form.tsx';
import { Copyable, Empty, Field, Section, TextField, When } from '../../ui/kit.tsx';
import { Table } from '../../ui/table.tsx';

/** People and invitations, of a client or of the practice: the same lists and forms. */

interface Invited {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly expiresAt: string;
}

export function Invitations({
  invited,
  roles,
  invite,
  withdraw,
}: {
  invited: readonly Invited[];
  roles: readonly (readonly [role: string, does: string])[];
  invite: (asked: { email: string; role: string }) => Promise<{ url: string; email: string }>;
  withdraw: (id: string) => Promise<unknown>;
}) {
  const [made, setMade] = useState<{ url: string; email: string }>();
  return (
    <Section title="Invite somebody">
      {made && (
        <>
          <p className="notice" role="status">
            Hand this link to {made.email}, and to nobody else. It works once, within a week, and is shown this once.
          </p>
          <Copyable text={made.url} label={`the link for ${made.email}`} />
        </>
      )}
      <Form
        act="Make the link"
        onSubmit={async ({ text }) => setMade(await invite({ email: text('email'), role: text('role') }))}
      >
        <TextField label="E-mail" name="email" type="email" autoComplete="off" required />
        <Field label="As" hint={roles.map(([role, does]) => `${role}: ${does}`).join('\n')}>
          {(props) => (
            <select name="role" defaultValue={roles.at(-1)?.[0]} {...props}>
              {roles.map(([role]) => (
                <option key={role}>{role}</option>
              ))}
            </select>
          )}
        </Field>
      </Form>
      {invited.length > 0 && (
        <Table
          label="Invitations"
          rows={invited}
          idOf={({ id }) => id}
          columns={[
            { head: 'Invited', cell: ({ email }) => email },
            { head: 'As', cell: ({ role }) => role },
            { head: 'Ends', cell: ({ expiresAt }) => <When at={expiresAt} absolute />, wide: true },
            {
              head: 'Act',
              cell: ({ id, email }) => (
                <Act onAct={() => withdraw(id)} aria-label={`Withdraw the invitation of ${email}`}>
                  Withdraw
                </Act>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}

interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly twoFactor: boolean;
  readonly since: string;
}

export function People<One extends Person>({
  people,
  roleOf,
  roles,
  more = [],
  self,
  setRole,
  remove,
}: {
  people: readonly One[];
  roleOf: (one: One) => string;
  roles: readonly string[];
  more?: readonly { head: string; cell: (one: One) => ReactNode; wide?: boolean }[];
  /** Who looks: nobody takes their own role away by a slip. */
  self: string | undefined;
  setRole?: ((one: One, role: string) => Promise<unknown>) | undefined;
  remove?: ((one: One) => Promise<unknown>) | undefined;
}) {
  if (people.length === 0) return <Empty title="Nobody yet. Invite the first person below." />;
  return (
    <Table
      label="People"
      walked
      rows={people}
      idOf={({ id }) => id}
      columns={[
        { head: 'Name', cell: ({ name }) => name },
        { head: 'E-mail', cell: ({ email }) => email, wide: true },
        {
          head: 'Role',
          cell: (one) =>
            setRole && one.id !== self ? (
              <RoleOf one={one} role={roleOf(one)} roles={roles} setRole={(role) => setRole(one, role)} />
            ) : (
              roleOf(one)
            ),
        },
        ...more,
        { head: 'Second factor', cell: ({ twoFactor }) => (twoFactor ? 'yes' : 'no'), wide: true },
        { head: 'Since', cell: ({ since }) => <When at={since} />, wide: true },
        ...(remove
          ? [
              {
                head: 'Act',
                cell: (one: One) =>
                  one.id !== self && (
                    <ActTwice name="Remove" label={`Remove ${one.name}`} sure={`Remove ${one.name}`} onAct={() => remove(one)} />
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}

function RoleOf({
  one,
  role,
  roles,
  setRole,
}: {
  one: Person;
  role: string;
  roles: readonly string[];
  setRole: (role: string) => Promise<unknown>;
}) {
  const id = useId();
  const [refused, refuse] = useState('');
  return (
    <>
      <select
        id={id}
        aria-label={`Role of ${one.name}`}
        value={role}
        onChange={({ target }) => {
          setRole(target.value).then(
            () => refuse(''),
            (error: Error) => refuse(error.message),
          );
        }}
      >
        {roles.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      {refused && (
        <span role="alert" className="refused">
          {refused}
        </span>
      )}
    </>
  );
}
