import type { Known } from '../../ui/answers.ts';
import { useCall, type Answer } from './call.ts';

export type Session = Answer<'clients.list'>;
export type ClientRef = Pick<Session['clients'][number], 'id' | 'name'>;

/** Who looks at the app, and which clients they may see. */
export const useSession = (): Known<Session> => useCall('clients.list', {});

/** A client's colour in the frame, the same wherever it is shown. */
export function hueOf({ id }: Pick<ClientRef, 'id'>): string {
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + sign.charCodeAt(0)) % 9973;
  return `hue-${sum % 8}`;
}
