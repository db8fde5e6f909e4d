import type { ComponentType } from 'react';
import type { ClientRef } from './session.ts';

/** What a page is handed: what its address names. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}
/** A page below `/c/:client` stands in that client's frame. */
export interface ClientPageProps extends PageProps {
  readonly client: ClientRef;
}

interface Declared {
  readonly path: string;
  /** In the navigation and the palette. A page without one is reached from another. */
  readonly label?: string;
  /** The second letter after `g`. */
  readonly key?: string;
}
export interface PracticePage extends Declared {
  readonly of: 'practice';
  readonly load: () => Promise<{ default: ComponentType<PageProps> }>;
}
export interface ClientPage extends Declared {
  readonly of: 'client';
  readonly load: () => Promise<{ default: ComponentType<ClientPageProps> }>;
}

/** Every page of the app. Each is a script of its own, fetched when it is first gone to. */
export const pages: readonly (PracticePage | ClientPage)[] = [
  { of: 'practice', path: '/', label: 'All clients', key: 'h', load: () => import('./pages/practice/index.tsx') },
  { of: 'client', path: '/c/:client', label: 'Workflows', key: 'w', load: () => import('./pages/client/index.tsx') },
];

export const addressOf = (page: Pick<Declared, 'path'>, client?: ClientRef) => page.path.replace(':client', client?.id ?? '');
