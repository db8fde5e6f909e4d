import { expect, test } from 'vitest';
import { fixedClock } from '../../platform/clock.ts';
import type { Records } from '../../stores/index.ts';
import { openDoor } from './door.ts';
import { makeKey } from './secret.ts';

const id = '00000000-0000-4000-8000-000000000001';
const found = { id, name: 'CI', ending: 'abcd', expiresAt: new Date('2027-01-01T00:00:00Z') };

test('a key that is revoked while it is looked up is looked up again', async () => {
  const asked: (() => void)[] = [];
  const behind = () => new Promise((answer) => asked.push(() => answer({ actor: found, untilMs: found.expiresAt.getTime() })));
  const door = openDoor({ behind: behind as Records['behind'] }, fixedClock('2026-06-03T00:00:00Z'));
  const key = makeKey('practice');
  const letIn = async () => {
    const before = asked.length;
    const admitted = door.admit(key);
    asked[before]?.();
    await admitted;
    return asked.length > before ? 'asked for' : 'remembered';
  };
  const during = door.admit(key);
  door.written('practiceKeys.revoke');
  asked[0]!();
  await during;
  expect(await letIn()).toBe('asked for');
  expect(await letIn()).toBe('remembered');
  // What ends no key leaves the others as they are.
  door.written('scores.create');
  expect(await letIn()).toBe('remembered');
  door.written('keys.revoke');
  expect(await letIn()).toBe('asked for');
});
