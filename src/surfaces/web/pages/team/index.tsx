import { askAgain } from '../../../../ui/answers.ts';
import { counted } from '../../../../ui/format.ts';
import { Answered, Page } from '../../../../ui/kit.tsx';
import { call, useCall, type Answer, type Input } from '../../call.ts';
import { Invitations, People } from '../../people.tsx';
import { useSession } from '../../session.ts';

type Member = Answer<'team.list'>['people'][number];
type Role = Input<'team.setRole'>['role'];

const roles = [
  ['owner', 'sees every client, and all of this.'],
  ['operator', 'sees the clients they are granted.'],
] as const;

/** Everybody who can sign in. */
export default function TeamPage() {
  const known = useCall('team.list', {});
  const { answer: session } = useSession();
  const then = async (done: Promise<unknown>) => {
    await done;
    await askAgain('team.list');
  };
  const clientsOf = ({ practiceRole, clients }: Member) =>
    practiceRole === 'owner' ? 'every one' : clients.map(({ name, role }) => `${name} (${role})`).join(', ') || 'none';
  return (
    <Page title="Team" verdict={known.answer && `${counted(known.answer.people.length, 'person', 'people')} can sign in.`}>
      <Answered known={known}>
        {({ people, invited }) => (
          <>
            <People
              people={people}
              roleOf={({ practiceRole }) => practiceRole ?? 'none'}
              roles={['owner', 'operator', 'none']}
              more={[{ head: 'Clients', cell: clientsOf, wide: true }]}
              self={session?.person?.id}
              setRole={(one, role) => then(call('team.setRole', { id: one.id, role: role as Role }))}
              remove={(one) => then(call('team.remove', { id: one.id }))}
            />
            <Invitations
              invited={invited}
              roles={roles}
              invite={async ({ email, role }) => {
                const made = await call('team.invite', { email, role: role as 'owner' | 'operator' });
                await askAgain('team.list');
                return made;
              }}
              withdraw={(id) => then(call('team.withdraw', { id }))}
            />
          </>
        )}
      </Answered>
    </Page>
  );
}
