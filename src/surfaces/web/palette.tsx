import { useId, useState, type KeyboardEvent } from 'react';
import { Dialog, Keys } from '../../ui/kit.tsx';
import { go } from '../../ui/router.tsx';
import { setTheme } from '../../ui/theme.ts';
import { leave } from './auth.ts';
import { addressOf, type placesFor } from './pages.ts';
import type { ClientRef } from './session.ts';

interface Choice {
  readonly name: string;
  /** Where it belongs, or what it does. */
  readonly of: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** Everything one can go to or do, by typing a part of its name. */
export function Palette({
  clients,
  client,
  places,
  onClose,
  onKeys,
}: {
  clients: readonly ClientRef[];
  client: ClientRef | undefined;
  places: ReturnType<typeof placesFor>;
  onClose: () => void;
  onKeys: () => void;
}) {
  const [typed, type] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const choices = choicesOf(clients, client, places, onKeys).filter((choice) => fits(typed, `${choice.name} ${choice.of}`));
  const chosen = Math.min(at, choices.length - 1);
  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    choice.run();
  };
  const steer = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') take(choices[chosen]);
    else if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, choices.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Find" onClose={onClose} className="palette">
      <input
        role="combobox"
        aria-label="Find a page, a client or an act"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={choices[chosen] ? `${list}-${chosen}` : undefined}
        placeholder="Find a page, a client or an act"
        value={typed}
        onChange={(event) => {
          type(event.target.value);
          setAt(0);
        }}
        onKeyDown={steer}
      />
      <ul role="listbox" id={list} aria-label="What was found">
        {choices.map((choice, i) => (
          <li
            key={`${choice.name} ${choice.of}`}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === chosen}
            ref={(shown) => {
              if (i === chosen) shown?.scrollIntoView({ block: 'nearest' });
            }}
            onMouseMove={() => setAt(i)}
            onClick={() => take(choice)}
          >
            <span>{choice.name}</span>
            <span className="muted">{choice.of}</span>
            {choice.keys && <Keys keys={choice.keys} />}
          </li>
        ))}
      </ul>
      {choices.length === 0 && <p className="nothing-found">Nothing is called that.</p>}
    </Dialog>
  );
}

function choicesOf(
  clients: readonly ClientRef[],
  client: ClientRef | undefined,
  places: ReturnType<typeof placesFor>,
  onKeys: () => void,
): Choice[] {
  return [
    ...places.map((page) => ({
      name: page.label,
      of: page.of === 'client' ? client!.name : 'Practice',
      ...(page.key && { keys: `g ${page.key}` }),
      run: () => go(addressOf(page, client)),
    })),
    ...clients
      .filter(({ id }) => id !== client?.id)
      .map((other) => ({ name: other.name, of: 'Client', run: () => go(`/c/${other.id}`) })),
    ...(['light', 'dark', 'system'] as const).map((theme) => ({
      name: theme === 'system' ? 'Theme of the system' : `${theme === 'dark' ? 'Dark' : 'Light'} theme`,
      of: 'Look',
      run: () => setTheme(theme),
    })),
    { name: 'Sign out', of: 'Session', run: () => void leave() },
    { name: 'Keyboard', of: 'Help', keys: '?', run: onKeys },
  ];
}

/** Every word that was typed stands somewhere in it. */
const fits = (typed: string, text: string) =>
  typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
