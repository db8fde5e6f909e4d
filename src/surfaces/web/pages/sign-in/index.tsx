import { useState } from 'react';
import { useQuestion } from '../../../../ui/answers.ts';
import { Act } from '../../../../ui/act.tsx';
import { Form } from '../../../../ui/form.tsx';
import { Button, TextField } from '../../../../ui/kit.tsx';
import { useParams } from '../../../../ui/router.tsx';
import { auth, enter, enterByProvider, waysIn } from '../../auth.ts';
import { Door } from '../../door.tsx';

/** E-mail and password, then a code where the account has a second factor. */
export default function SignInPage() {
  const [step, setStep] = useState<'password' | 'code' | 'backup'>('password');
  const [params] = useParams();
  const next = params.get('next');
  const sso = useQuestion('ways in', waysIn).answer?.sso;
  if (step === 'password')
    return (
      <Door title="Sign in">
        <Form
          key={step}
          act="Sign in"
          onSubmit={async ({ text }) => {
            const { twoFactorRedirect } = await auth('sign-in/email', { email: text('email'), password: text('password') });
            if (twoFactorRedirect) setStep('code');
            else await enter(next);
          }}
        >
          <TextField
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={params.get('email') ?? ''}
            required
          />
          <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        </Form>
        {params.has('error') && (
          <p className="failure" role="alert">
            The provider did not let you in. You need an account or an invitation of the e-mail that it vouches for.
          </p>
        )}
        {sso && (
          <div className="stack">
            <Act onAct={() => enterByProvider(next)}>Sign in with {sso.name}</Act>
          </div>
        )}
        <p className="hint">
          No account? Ask an owner of the practice for an invitation. An owner who is locked out runs{' '}
          <code>steward owner-link</code> on the server.
        </p>
      </Door>
    );
  const backup = step === 'backup';
  return (
    <Door
      title="One more step"
      verdict={backup ? 'Type one of your backup codes. It works once.' : 'Type the code that your app shows.'}
    >
      <Form
        key={step}
        act="Sign in"
        onSubmit={async ({ text }) => {
          const code = text('code').trim();
          await auth(backup ? 'two-factor/verify-backup-code' : 'two-factor/verify-totp', { code });
          await enter(next);
        }}
      >
        {backup ? (
          <TextField label="Backup code" name="code" autoComplete="off" spellCheck={false} required autoFocus />
        ) : (
          <TextField
            label="Code of six digits"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="\s*\d{6}\s*"
            required
            autoFocus
          />
        )}
      </Form>
      <div>
        <Button onClick={() => setStep(backup ? 'code' : 'backup')}>{backup ? 'Use the app' : 'Use a backup code'}</Button>
      </div>
    </Door>
  );
}
