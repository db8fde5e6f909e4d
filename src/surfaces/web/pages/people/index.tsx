import { askAgain } from '../../../../ui/answers.ts';
import { counted } from '../../../../ui/format.ts';
import { Answered, Page } from '../../../../ui/kit.tsx';
import { call, useCall, type Answer, type Input } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { Invitations, People } from '../../people.tsx';
import { administers, useSession } from '../../session.ts';

type Role = Input<'people.invite'>['role'];
type Member = Answer<'people.list'>['people'][number];

const roles = [
  ['sponsor', 'reads and approves.'],
  ['member', 'works on workflows.'],
  ['reviewer', 'reviews answers.'],
] as const;
const operator = ['operator', 'of the practice, works for this client.'] as const;

/** Who of the client, and of the practice, sees what is here. */
export default function PeoplePage({ client }: ClientPageProps) {
  const known = useCall('people.list', { client: client.id });
  const { answer: session } = useSession();
  const may = administers(session, client);
  const grants = session?.practiceRole === 'owner';
  const open = grants ? [operator, ...roles] : roles;
  const then = async (done: Promise<unknown>) => {
    await done;
    await askAgain('people.list');
  };
  const of = (one: Member) => ({ client: client.id, id: one.id });
  return (
    <Page
      title="People"
      verdict={
        known.answer &&
        (known.answer.people.length === 0
          ? `Nobody sees ${client.name} but the owners of the practice.`
          : `${counted(known.answer.people.length, 'person sees', 'people see')} ${client.name}, beside the owners of the practice.`)
      }
    >
      <Answered known={known}>
        {({ people, invited }) => (
          <>
            <People
              people={people}
              roleOf={({ role }) => role}
              roles={['operator', ...roles.map(([role]) => role)]}
              self={session?.person?.id}
              setRole={may ? (one, role) => then(call('people.setRole', { ...of(one), role: role as Role })) : undefined}
              remove={may ? (one) => then(call('people.remove', of(one))) : undefined}
            />
            {may && (
              <Invitations
                invited={invited}
                roles={open}
                invite={async ({ email, role }) => {
                  const made = await call('people.invite', { client: client.id, email, role: role as Role });
                  await askAgain('people.list');
                  return made;
                }}
                withdraw={(id) => then(call('people.withdraw', { client: client.id, id }))}
              />
            )}
          </>
        )}
      </Answered>
    </Page>
  );
}
