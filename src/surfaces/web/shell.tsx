import { lazy, Suspense, useEffect, useState, type ComponentType, type LazyExoticComponent } from 'react';
import { useKeys } from '../../ui/keys.ts';
import { Empty, Failure, Keys, Page, Skeleton } from '../../ui/kit.tsx';
import { go, Link, match, usePath, withParams } from '../../ui/router.tsx';
import type { Theme } from '../../ui/kept-theme.ts';
import { setTheme, useTheme } from '../../ui/theme.ts';
import { Boundary } from './boundary.tsx';
import { KeyList } from './key-list.tsx';
import { addressOf, isFor, pages, placesFor, type ClientPageProps, type PageProps } from './pages.ts';
import { Palette } from './palette.tsx';
import { hueOf, useSession, type ClientRef } from './session.ts';

type Place = (typeof pages)[number];
const HOME = '/c/:client';
type Places = ReturnType<typeof placesFor>;

const screens = pages.map((page) => ({
  page,
  Screen: (lazy as (load: unknown) => unknown)(page.load) as LazyExoticComponent<
    ComponentType<PageProps & Partial<ClientPageProps>>
  >,
}));

const screenOf = (path: string) => {
  for (const { page, Screen } of screens) {
    const params = match(page.path, path);
    if (params) return { page, Screen, params };
  }
};

/** Fetches the page of an address while it is still asked who looks at it, or when somebody is about to go there. */
export const prefetch = (path: string): void => {
  screenOf(path)
    ?.page.load()
    .catch(() => undefined);
};

/** What the address names, in the frame it belongs in. */
export function Shell() {
  const path = usePath();
  const found = screenOf(path);
  if (found?.page.of !== 'visitor') return <Inside path={path} found={found} />;
  return (
    <main>
      <Boundary key={path}>
        <Suspense fallback={null}>
          <found.Screen params={found.params} />
        </Suspense>
      </Boundary>
    </main>
  );
}

/** The frame of every page: whose it is, where one can go, and the keys. */
function Inside({ path, found }: { path: string; found: ReturnType<typeof screenOf> }) {
  const { answer: session, refusal } = useSession();
  const [asked, ask] = useState<'palette' | 'keys'>();
  const isOut = refusal?.code === 'unauthorized';
  const isOpen = found?.page.open === true;
  useEffect(() => {
    if (!isOut || isOpen) return;
    const next = location.pathname + location.search;
    go(`/sign-in${next === '/' ? '' : withParams('', { next })}`, { replace: true });
  }, [isOut, isOpen]);
  const clients = session?.clients ?? [];
  const named = match('/c/:client', path.split('/').slice(0, 3).join('/'))?.['client'];
  const client = clients.find(({ id }) => id === named);
  const places = placesFor(session, client);
  const isClosed = found !== undefined && session !== undefined && !isFor(found.page, session, client);
  // The home of a client is of its workflows; whoever they are not for begins at the first page that is for them.
  const first = isClosed && found.page.path === HOME ? places.find(({ of }) => of === 'client') : undefined;
  const begin = first && addressOf(first, client);
  useEffect(() => {
    if (begin) go(begin, { replace: true });
  }, [begin]);

  useKeys([
    { keys: 'mod+k', does: 'Find a page, a client or an act', run: () => ask('palette') },
    { keys: '?', does: 'Show these keys', run: () => ask('keys') },
    ...places.flatMap((page) =>
      page.key ? [{ keys: `g ${page.key}`, does: `Go to ${page.label}`, run: () => go(addressOf(page, client)) }] : [],
    ),
  ]);

  if (!isOpen && (isOut || !session))
    return <main className="page">{isOut ? null : refusal ? <Failure refusal={refusal} /> : <Skeleton />}</main>;
  return (
    <div className={`shell ${client ? hueOf(client) : 'neutral'}`}>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <Frame path={path} client={client} places={places} onPalette={() => ask('palette')} onKeys={() => ask('keys')} />
      <main id="content" tabIndex={-1}>
        <Boundary key={path}>
          <Suspense fallback={<Skeleton />}>
            {!found || (found.page.of === 'client' && !client) ? (
              <Nowhere />
            ) : isClosed ? (
              <Closed page={found.page} client={client} />
            ) : (
              <found.Screen params={found.params} {...(client && { client })} key={client?.id} />
            )}
          </Suspense>
        </Boundary>
      </main>
      {asked === 'palette' && (
        <Palette clients={clients} client={client} places={places} onClose={() => ask(undefined)} onKeys={() => ask('keys')} />
      )}
      {asked === 'keys' && <KeyList onClose={() => ask(undefined)} />}
    </div>
  );
}

function Frame({
  path,
  client,
  places,
  onPalette,
  onKeys,
}: {
  path: string;
  client: ClientRef | undefined;
  places: Places;
  onPalette: () => void;
  onKeys: () => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <header className="frame">
      <div className="whose">
        <Link to="/" className="brand">
          Steward
        </Link>
        {client && <strong className="client-name">{client.name}</strong>}
        <button
          type="button"
          className="menu button"
          aria-expanded={open}
          aria-controls="places"
          onClick={() => setOpen((was) => !was)}
        >
          Menu
        </button>
      </div>
      <div id="places" className={open ? 'places open' : 'places'}>
        <nav aria-label="Pages">
          {[undefined, 'Settings', 'Practice'].map((group) => {
            const of = places.filter((page) => page.group === group);
            return of.length === 0 ? null : (
              <div key={group ?? ''}>
                {group && <p className="group">{group}</p>}
                <ul>
                  {of.map((page) => {
                    const to = addressOf(page, client);
                    return (
                      <li key={page.path}>
                        <Link
                          to={to}
                          onPointerEnter={() => prefetch(to)}
                          aria-current={path === to ? 'page' : undefined}
                          onClick={() => setOpen(false)}
                        >
                          {page.label}
                        </Link>
                      </li>
                    );
                  })}
                </ul>
              </div>
            );
          })}
        </nav>
        <div className="tools">
          <button type="button" className="find" onClick={onPalette}>
            Find <Keys keys="mod+k" />
          </button>
          <button type="button" className="find" onClick={onKeys}>
            Keyboard <Keys keys="?" />
          </button>
          <ThemeSwitch />
        </div>
      </div>
    </header>
  );
}

function ThemeSwitch() {
  return (
    <label className="theme">
      <span>Theme</span>
      <select value={useTheme()} onChange={(event) => setTheme(event.target.value as Theme)}>
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

const several = { owner: 'owners', operator: 'operators', sponsor: 'sponsors', member: 'members', reviewer: 'reviewers' };

/** A page that exists and is for others: for whom, and nothing of it. */
function Closed({ page, client }: { page: Place; client: ClientRef | undefined }) {
  const roles = (page.roles ?? []).map((role) => several[role]);
  const whose = roles.length > 1 ? `${roles.slice(0, -1).join(', ')} and ${roles.at(-1)}` : roles[0];
  const of = page.of === 'client' && client ? client.name : 'the practice';
  return (
    <Page title={page.label ?? 'Not for you'}>
      <Empty title={`This page is for ${whose} of ${of}: ask one of them if you need it.`}>
        <Link to={page.of === 'client' && client ? addressOf({ path: HOME }, client) : '/'} className="button">
          {page.of === 'client' ? 'Go to what is open to you' : 'Go to the first page'}
        </Link>
      </Empty>
    </Page>
  );
}

const Nowhere = () => (
  <Page title="There is nothing here">
    <Empty title="This page does not exist, or it is not open to you.">
      <Link to="/" className="button">
        Go to the first page
      </Link>
    </Empty>
  </Page>
);
