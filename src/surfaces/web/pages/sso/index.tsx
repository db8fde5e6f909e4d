import { Act } from '../../../../ui/act.tsx';
import { askAgain } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { Answered, Copyable, Page, Section, TextField } from '../../../../ui/kit.tsx';
import { call, useCall } from '../../call.ts';

/** The provider by which people may sign in instead of by a password. */
export default function SsoPage() {
  const known = useCall('sso.show', {});
  const provider = known.answer?.provider;
  const remove = async () => {
    await call('sso.remove', {});
    await askAgain('sso.show');
  };
  return (
    <Page
      title="Single sign-on"
      verdict={
        known.answer &&
        (provider
          ? `People sign in by ${provider.name}, or by a password.`
          : 'People sign in by a password. A provider of OpenID Connect can vouch for them instead.')
      }
      acts={provider && <Act onAct={remove}>Remove {provider.name}</Act>}
    >
      <Answered known={known}>
        {({ redirectUrl }) => (
          <>
            <Section title="At the provider">
              <p>Register this address to return to. Others must reach it: set STEWARD_PUBLIC_URL.</p>
              <Copyable text={redirectUrl} label="the address to return to" />
            </Section>
            <Section title="Here">
              <Form
                key={provider?.issuer}
                act="Save"
                onSubmit={async ({ text }) => {
                  const asked = {
                    name: text('name'),
                    issuer: text('issuer'),
                    clientId: text('id'),
                    clientSecret: text('secret'),
                  };
                  await call('sso.set', asked);
                  await askAgain('sso.show');
                }}
              >
                <TextField label="Name" name="name" placeholder="Okta" maxLength={60} defaultValue={provider?.name} required />
                <TextField
                  label="Address of the provider (issuer)"
                  name="issuer"
                  type="url"
                  placeholder="https://login.example.com"
                  defaultValue={provider?.issuer}
                  required
                />
                <TextField label="Client id" name="id" autoComplete="off" defaultValue={provider?.clientId} required />
                <TextField
                  label="Client secret"
                  name="secret"
                  type="password"
                  autoComplete="off"
                  required
                  hint="It is kept encrypted."
                />
              </Form>
            </Section>
          </>
        )}
      </Answered>
    </Page>
  );
}
