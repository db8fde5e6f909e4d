import type { Known } from '../../ui/answers.ts';
import { useCall, type Answer } from './call.ts';

export type Session = Answer<'session.show'>;
export type ClientRef = Session['clients'][number];

/** Who looks at the app, and which clients they may see. */
export const useSession = (): Known<Session> => useCall('session.show', {});

/** Who handles keys and people of a client: owners, and operators who were granted it. */
export const administers = (session: Session | undefined, client: ClientRef): boolean =>
  session?.kind === 'key' ? session.practiceRole === 'owner' : client.role === 'owner' || client.role === 'operator';

/** A client's colour in the frame, the same wherever it is shown. */
export function hueOf({ id }: Pick<ClientRef, 'id'>): string {
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + sign.charCodeAt(0)) % 9973;
  return `hue-${sum % 8}`;
}
