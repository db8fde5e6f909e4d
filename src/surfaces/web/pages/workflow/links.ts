import { withParams } from '../../../../ui/router.tsx';

/** A workflow of a client. */
export interface Of {
  clientId: string;
  name: string;
}

/** The traces that a number counts. */
export const tracesOf = ({ clientId, name }: Of, filter: Record<string, string | undefined> = {}) =>
  `/c/${clientId}/traces${withParams('', { workflow: name, ...filter })}`;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The whole minute, so that equal questions are asked once, and links stay as they are. */
export const minuteNow = () => Math.floor(Date.now() / 60_000) * 60_000;
/** The four weeks that figures are of: whole days, as they are counted. */
export const monthAgo = () => new Date(Math.floor(Date.now() / DAY_MS - 28) * DAY_MS).toISOString();
