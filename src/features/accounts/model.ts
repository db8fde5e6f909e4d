import { z } from 'zod';
import { Scope } from '../../platform/access.ts';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A client is named by its id or its name, so no name may look like an id. */
export const ClientName = z
  .string()
  .trim()
  .normalize()
  .min(1)
  .max(120)
  .refine((name) => !uuid.test(name), 'a name must not look like an id')
  .refine((name) => !/\p{C}/u.test(name), 'a name must not hold control characters');

export const Client = z.object({ id: z.uuid(), name: z.string(), createdAt: z.date(), closedAt: z.date().nullable() });
export const ClientRef = Client.pick({ id: true, name: true });

/** What a key of a client may do: to administer is for the practice. */
export const ClientScope = Scope.exclude(['admin']);

/** A key as it is shown ever after: without the key itself. */
export const ApiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(ClientScope),
  createdAt: z.date(),
  expiresAt: z.date(),
  revokedAt: z.date().nullable(),
  lastUsedAt: z.date().nullable().describe('To the minute.'),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const MOST_DAYS = 365;

const noControl = (name: string) => !/\p{C}/u.test(name);

export const PersonName = z
  .string()
  .trim()
  .normalize()
  .min(1)
  .max(120)
  .refine(noControl, 'a name must not hold control characters');
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'));

/** Long enough to be no target for guessing; nothing else is asked of it. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;
export const Password = z
  .string()
  .min(SHORTEST_PASSWORD, `must have ${SHORTEST_PASSWORD} characters or more`)
  .max(LONGEST_PASSWORD)
  .meta({ secret: true });
