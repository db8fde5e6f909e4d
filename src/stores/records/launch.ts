import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { unavailable } from '../../platform/problem.ts';

/** How PostgreSQL's programs are started, and who then owns their files. */
export interface Launch {
  readonly name: 'as we are' | 'user namespace' | 'capability';
  /** Words before the program's. They end by becoming the program, so its pid is the child's. */
  readonly prefix: readonly string[];
  /** The owner of the files; nothing: whoever runs Steward. */
  readonly owner: { uid: number; gid: number } | undefined;
}

/**
 * PostgreSQL refuses to run as root. So root starts it
 * - in a user namespace where it has another number, and is still who we are to the files; or, where namespaces are
 *   refused as in most containers,
 * - as another user that may enter any directory, because a checkout or a data directory below /root is closed to others.
 *   (`no_setuid_fixup`: access(2), by which PostgreSQL looks at its own programs, would ignore that right otherwise.)
 * Throws `unavailable` when neither is possible.
 */
export function chooseLaunch(only?: Launch['name']): Launch {
  if (process.getuid?.() !== 0) return { name: 'as we are', prefix: [], owner: undefined };
  const launch = ways(ordinaryUser()).find((way) => (only === undefined || way.name === only) && works(way));
  if (launch) return launch;
  throw unavailable(
    'PostgreSQL refuses to run as root, and another user cannot be taken on here. Run Steward as an ordinary user, or give it a PostgreSQL with DATABASE_URL.',
  );
}

function ways({ uid, gid }: { uid: number; gid: number }): Launch[] {
  const right = '-all,+dac_override';
  return [
    {
      name: 'user namespace',
      prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`],
      owner: { uid: 0, gid: process.getgid?.() ?? 0 },
    },
    {
      name: 'capability',
      prefix: [
        'setpriv',
        `--reuid=${uid}`,
        `--regid=${gid}`,
        '--clear-groups',
        `--inh-caps=${right}`,
        `--ambient-caps=${right}`,
        `--bounding-set=${right}`,
        '--securebits=+no_setuid_fixup',
      ],
      owner: { uid, gid },
    },
  ];
}

const works = ({ prefix: [command = '', ...args] }: Launch) =>
  spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0;

// initdb looks the user up by number, so it must be one that exists.
function ordinaryUser() {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return { uid: Number(found?.[2] ?? 65534), gid: Number(found?.[3] ?? 65534) };
}
