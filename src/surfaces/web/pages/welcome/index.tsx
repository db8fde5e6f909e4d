import { useQuestion } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { Answered, TextField } from '../../../../ui/kit.tsx';
import { useParams } from '../../../../ui/router.tsx';
import { auth, cutLink, enter } from '../../auth.ts';
import { Door } from '../../door.tsx';

/** The link that the first start printed: the owner's account. */
export default function WelcomePage() {
  const [params] = useParams();
  const token = params.get('token') ?? '';
  if (token === '') return <Door title="Set up your account" verdict={cutLink} />;
  return <Welcome token={token} />;
}

function Welcome({ token }: { token: string }) {
  const known = useQuestion(`welcome ${token}`, () => auth('welcome/show', { token }));
  return (
    <Door
      title="Set up your account"
      verdict={known.answer !== undefined && 'You will own this practice: its clients, its people and its keys.'}
    >
      <Answered known={known} rows={3}>
        {() => <Account token={token} />}
      </Answered>
    </Door>
  );
}

const Account = ({ token }: { token: string }) => (
  <Form
    act="Create the account"
    onSubmit={async ({ text }) => {
      await auth('welcome', { token, name: text('name'), email: text('email'), password: text('password') });
      await enter('/');
    }}
  >
    <TextField label="Your name" name="name" autoComplete="name" maxLength={120} required />
    <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
    <TextField
      label="Password"
      name="password"
      type="password"
      autoComplete="new-password"
      minLength={12}
      required
      hint="12 characters or more. Four words that you can remember are a good one."
    />
  </Form>
);
