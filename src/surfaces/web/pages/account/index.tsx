import { useState } from 'react';
import { encode } from 'uqr';
import { askAgain } from '../../../../ui/answers.ts';
import { Act } from '../../../../ui/act.tsx';
import { Form } from '../../../../ui/form.tsx';
import { moment } from '../../../../ui/format.ts';
import { Answered, Button, Copyable, Page, Section, TextField, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { auth, leave } from '../../auth.ts';
import { browserName } from '../../browser-name.ts';
import { call, useCall } from '../../call.ts';
import { useSession, type Session } from '../../session.ts';

/** Who is signed in: name, password, second factor, sessions. */
export default function AccountPage() {
  const known = useSession();
  return (
    <Answered known={known}>
      {({ person }) =>
        person ? <Account person={person} /> : <Page title="Your account">This page was opened with a key.</Page>
      }
    </Answered>
  );
}

function Account({ person }: { person: NonNullable<Session['person']> }) {
  const [said, say] = useState('');
  return (
    <Page
      title="Your account"
      verdict={`${person.name}, ${person.email}. ${person.twoFactor ? 'A second factor guards it.' : 'A password alone guards it.'}`}
      acts={<Button onClick={() => void leave()}>Sign out</Button>}
    >
      <p role="status" className={said ? 'notice' : 'sr'}>
        {said}
      </p>
      <Section title="Second factor">
        <SecondFactor on={person.twoFactor} say={say} />
      </Section>
      <Section title="Password">
        <Form
          act="Change the password"
          look="plain"
          onSubmit={async ({ text }) => {
            const asked = { currentPassword: text('current'), newPassword: text('new'), revokeOtherSessions: true };
            await auth('change-password', asked);
            await askAgain('sessions.list');
            say('The password is changed. Every other session has ended.');
          }}
        >
          <input type="hidden" name="username" autoComplete="username" value={person.email} readOnly />
          <TextField label="Password now" name="current" type="password" autoComplete="current-password" required />
          <TextField
            label="New password"
            name="new"
            type="password"
            autoComplete="new-password"
            minLength={12}
            required
            hint="12 characters or more."
          />
        </Form>
      </Section>
      <Section title="Where you are signed in">
        <Sessions />
      </Section>
      <Section title="Name">
        <Form
          act="Change the name"
          look="plain"
          onSubmit={async ({ text }) => {
            await auth('update-user', { name: text('name') });
            await askAgain('session.show');
            say('The name is changed.');
          }}
        >
          <TextField label="Your name" name="name" autoComplete="name" defaultValue={person.name} maxLength={120} required />
        </Form>
      </Section>
    </Page>
  );
}

function Sessions() {
  const known = useCall('sessions.list', {});
  return (
    <Answered known={known} rows={2}>
      {({ sessions }) => (
        <Table
          label="Sessions"
          rows={sessions}
          idOf={({ id }) => id}
          columns={[
            {
              head: 'Browser',
              cell: ({ browser, isThis }) => `${browserName(browser)}${isThis ? ' (this one)' : ''}`,
            },
            { head: 'Began', cell: ({ startedAt }) => <When at={startedAt} /> },
            { head: 'Used', cell: ({ usedAt }) => <When at={usedAt} />, wide: true },
            { head: 'Ends unused', cell: ({ endsAt }) => <When at={endsAt} absolute />, wide: true },
            {
              head: 'Act',
              cell: ({ id, isThis, browser, startedAt }) =>
                !isThis && (
                  <Act
                    aria-label={`End the session in ${browserName(browser)} that began ${moment(startedAt)}`}
                    onAct={async () => {
                      await call('sessions.end', { id });
                      await askAgain('sessions.list');
                    }}
                  >
                    End it
                  </Act>
                ),
            },
          ]}
        />
      )}
    </Answered>
  );
}

function SecondFactor({ on, say }: { on: boolean; say: (words: string) => void }) {
  const [begun, setBegun] = useState<{ totpURI: string; backupCodes: string[] }>();
  if (on) return <WithSecondFactor say={say} />;
  if (!begun)
    return (
      <Form
        key="on"
        act="Set it up"
        look="plain"
        onSubmit={async ({ text }) => setBegun(await auth('two-factor/enable', { password: text('password') }))}
      >
        <p className="prose">A code from an app on your phone, beside the password, each time you sign in.</p>
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      </Form>
    );
  const secret = new URL(begun.totpURI).searchParams.get('secret') ?? '';
  return (
    <Form
      key="confirm"
      act="Turn it on"
      onSubmit={async ({ text }) => {
        await auth('two-factor/verify-totp', { code: text('code').trim() });
        setBegun(undefined);
        await askAgain('session.show');
        say('The second factor is on. The next sign-in asks for a code.');
      }}
    >
      <p>Scan this with the app, or type the secret into it.</p>
      <QrCode text={begun.totpURI} />
      <Copyable text={secret} label="the secret" />
      <p>{KEEP_CODES}</p>
      <Copyable text={begun.backupCodes.join('\n')} label="the backup codes" />
      <TextField label="Code that the app shows" name="code" inputMode="numeric" autoComplete="one-time-code" required />
    </Form>
  );
}

/** What can be done once it is on: other codes for when the phone is lost, or doing without it. */
function WithSecondFactor({ say }: { say: (words: string) => void }) {
  const [codes, setCodes] = useState<string[]>();
  return (
    <>
      <Form
        act="Make new backup codes"
        look="plain"
        onSubmit={async ({ text }) => {
          setCodes((await auth('two-factor/generate-backup-codes', { password: text('password') })).backupCodes);
          say('These are the backup codes now. Those before them let nobody in any more.');
        }}
      >
        <TextField
          label="Password, for new backup codes"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      </Form>
      {codes && (
        <>
          <p>{KEEP_CODES}</p>
          <Copyable text={codes.join('\n')} label="the backup codes" />
        </>
      )}
      <Form
        act="Turn it off"
        look="danger"
        onSubmit={async ({ text }) => {
          await auth('two-factor/disable', { password: text('password') });
          await askAgain('session.show');
          say('The second factor is off.');
        }}
      >
        <TextField label="Password, to turn it off" name="password" type="password" autoComplete="current-password" required />
      </Form>
    </>
  );
}

const KEEP_CODES = 'Keep these codes where the phone is not: each lets you in once when the phone is lost.';

function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code of the secret" shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
