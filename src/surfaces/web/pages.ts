import type { ComponentType } from 'react';
import type { ClientRef, Session } from './session.ts';

/** What a page is handed: what its address names. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}
/** A page below `/c/:client` stands in that client's frame. */
export interface ClientPageProps extends PageProps {
  readonly client: ClientRef;
}

interface Place {
  readonly path: string;
  /** In the navigation and the palette. A page without one is reached from another. */
  readonly label?: string;
  /** What it is called for people of a client alone. */
  readonly guestLabel?: string;
  /** Below this heading in the navigation. */
  readonly group?: 'Settings' | 'Practice';
  /** The second letter after `g`. */
  readonly key?: string;
  /** Whose roles it is for; the server decides what they may do. Everyone, unless it is said. */
  readonly roles?: readonly Role[];
  /** Also for who did not sign in. */
  readonly open?: true;
}
type Role = NonNullable<ClientRef['role']>;
interface OpenPage extends Place {
  /** `visitor`: before anyone is let in. `practice`: across clients, in a neutral frame. */
  readonly of: 'visitor' | 'practice';
  readonly load: () => Promise<{ default: ComponentType<PageProps> }>;
}
interface ClientPage extends Place {
  readonly of: 'client';
  readonly load: () => Promise<{ default: ComponentType<ClientPageProps> }>;
}
export type Page = OpenPage | ClientPage;

const leads: readonly Role[] = ['owner', 'operator'];
const readers: readonly Role[] = [...leads, 'sponsor', 'member'];

/** Every page of the app. Each is a script of its own, fetched when it is first gone to. */
export const pages: readonly Page[] = [
  { of: 'visitor', path: '/sign-in', load: () => import('./pages/sign-in/index.tsx') },
  { of: 'visitor', path: '/welcome', load: () => import('./pages/welcome/index.tsx') },
  { of: 'visitor', path: '/invite', load: () => import('./pages/invite/index.tsx') },
  {
    of: 'practice',
    path: '/',
    label: 'All clients',
    guestLabel: 'Your companies',
    key: 'h',
    load: () => import('./pages/practice/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client',
    roles: readers,
    label: 'Workflows',
    key: 'w',
    load: () => import('./pages/client/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/traces',
    roles: readers,
    label: 'Traces',
    key: 't',
    load: () => import('./pages/explore/index.tsx'),
  },
  { of: 'client', path: '/c/:client/traces/:trace', roles: readers, load: () => import('./pages/trace/index.tsx') },
  { of: 'client', path: '/c/:client/workflow', roles: readers, load: () => import('./pages/workflow/index.tsx') },
  {
    of: 'client',
    path: '/c/:client/reviews',
    label: 'Reviews',
    roles: ['reviewer'],
    load: () => import('./pages/reviews/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/settings/people',
    label: 'People',
    group: 'Settings',
    key: 'p',
    roles: [...leads, 'sponsor'],
    load: () => import('./pages/people/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/settings/keys',
    label: 'Keys',
    group: 'Settings',
    key: 'k',
    roles: leads,
    load: () => import('./pages/keys/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/settings/prices',
    label: 'Prices',
    group: 'Settings',
    key: 'm',
    roles: readers,
    load: () => import('./pages/prices/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/settings/privacy',
    label: 'Privacy',
    group: 'Settings',
    key: 'x',
    roles: [...leads, 'sponsor'],
    load: () => import('./pages/privacy/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/settings/ledger',
    label: 'Ledger',
    group: 'Settings',
    key: 'l',
    roles: readers,
    load: () => import('./pages/ledger/index.tsx'),
  },
  {
    of: 'client',
    path: '/c/:client/settings/trail',
    label: 'Audit trail',
    group: 'Settings',
    key: 'a',
    roles: [...leads, 'sponsor'],
    load: () => import('./pages/audit-trail/index.tsx'),
  },
  {
    of: 'practice',
    path: '/settings/team',
    label: 'Team',
    group: 'Practice',
    key: 'b',
    roles: ['owner'],
    load: () => import('./pages/team/index.tsx'),
  },
  {
    of: 'practice',
    path: '/settings/sso',
    label: 'Single sign-on',
    group: 'Practice',
    roles: ['owner'],
    load: () => import('./pages/sso/index.tsx'),
  },
  {
    of: 'practice',
    path: '/settings/trail',
    label: 'Trail of the practice',
    group: 'Practice',
    roles: ['owner'],
    load: () => import('./pages/practice-trail/index.tsx'),
  },
  {
    of: 'practice',
    path: '/account',
    label: 'Your account',
    group: 'Practice',
    key: 'u',
    load: () => import('./pages/account/index.tsx'),
  },
  {
    of: 'practice',
    path: '/api/docs',
    label: 'API',
    group: 'Practice',
    key: 'i',
    open: true,
    load: () => import('./pages/docs/index.tsx'),
  },
];

export const addressOf = (page: Pick<Place, 'path'>, client?: ClientRef) => page.path.replace(':client', client?.id ?? '');

/** The pages that one can go to from here. */
export const placesFor = (session: Session | undefined, client: ClientRef | undefined): (Page & { label: string })[] =>
  pages.flatMap((page) => {
    const { of, guestLabel } = page;
    const label = (session?.kind === 'person' && session.practiceRole === null && guestLabel) || page.label;
    if (!label || of === 'visitor' || (of === 'client' && !client)) return [];
    return isFor(page, session, client) ? [{ ...page, label }] : [];
  });

/** Whether a page is for who looks at it. */
export function isFor({ of, roles }: Page, session: Session | undefined, client: ClientRef | undefined): boolean {
  if (!roles || session?.kind === 'key') return true;
  const role = of === 'client' ? client?.role : session?.practiceRole;
  return role ? roles.includes(role) : false;
}
