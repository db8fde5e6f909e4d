import { useQuestion } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { Answered, TextField } from '../../../../ui/kit.tsx';
import { Link, useParams } from '../../../../ui/router.tsx';
import { auth, cutLink, enter, reasonOf, type Invitation } from '../../auth.ts';
import { Door } from '../../door.tsx';
import { useSession } from '../../session.ts';

/** An invitation, opened by whoever was invited: a new account, or one more client for an account there is. */
export default function InvitePage() {
  const [params] = useParams();
  const token = params.get('token') ?? '';
  return token === '' ? <Door title="You are invited" verdict={cutLink} /> : <Invited token={token} />;
}

function Invited({ token }: { token: string }) {
  const known = useQuestion(`invitation ${token}`, () => auth('invitation/show', { token }));
  return (
    <Door title={known.refusal ? 'An invitation' : 'You are invited'}>
      <Answered known={known} rows={3}>
        {(invitation) => <Accept invitation={invitation} token={token} />}
      </Answered>
    </Door>
  );
}

function Accept({ invitation, token }: { invitation: Invitation; token: string }) {
  const { email, role, client, hasAccount } = invitation;
  const { answer: session } = useSession();
  const here = `/invite?token=${encodeURIComponent(token)}`;
  const to = client ? `/c/${client.id}` : '/';
  const words = (
    <p>
      As <strong>{role}</strong> {client ? <>at {client.name}</> : 'of the practice'}, for {email}.
    </p>
  );
  if (hasAccount && session?.person?.email !== email)
    return (
      <>
        {words}
        <p>You have an account. Sign in with it, and this page opens again.</p>
        <Link className="button button-main" to={`/sign-in?${new URLSearchParams({ email, next: here }).toString()}`}>
          Sign in
        </Link>
      </>
    );
  return (
    <>
      {words}
      <Form
        act={hasAccount ? 'Accept' : 'Create the account'}
        onSubmit={async ({ text }) => {
          try {
            await auth('invitation/accept', hasAccount ? { token } : { token, name: text('name'), password: text('password') });
          } catch (error) {
            if (reasonOf(error) !== 'SIGN_IN_FIRST') throw error;
            await enter(`/sign-in?${new URLSearchParams({ email, next: here }).toString()}`);
            return;
          }
          await enter(to);
        }}
      >
        {!hasAccount && (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <TextField label="Your name" name="name" autoComplete="name" maxLength={120} required />
            <TextField
              label="Password"
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={12}
              required
              hint="12 characters or more."
            />
          </>
        )}
      </Form>
    </>
  );
}
