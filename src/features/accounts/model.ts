import { z } from 'zod';
import { Role, Scope } from '../../platform/access.ts';

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
  ending: z.string().nullable().describe('Its last four signs; nothing of a key that was made before they were kept.'),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const PracticeKey = ApiKey.omit({ scopes: true });

export const MOST_DAYS = 365;
export const KeyName = z.string().trim().min(1).max(120).default('API key').describe('What it is for.');

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

/** What somebody may be to one client: an owner is of the whole practice. */
export const ClientRole = Role.exclude(['owner']);
export const PracticeRole = z.enum(['owner', 'operator']);

export const Member = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: ClientRole,
  twoFactor: z.boolean(),
  since: z.date(),
});

export const Invited = z.object({ id: z.uuid(), email: z.string(), role: Role, expiresAt: z.date() });

/** What who invites is answered: the link is theirs to hand over. */
export const Invite = z.object({
  id: z.uuid(),
  email: z.string(),
  role: Role,
  url: z.url().describe('Opened once, within a week, by whoever has it: hand it to nobody else. It is shown this once.'),
  expiresAt: z.date(),
});

export const TeamMember = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  practiceRole: PracticeRole.nullable(),
  twoFactor: z.boolean(),
  clients: z.array(ClientRef.extend({ role: ClientRole })),
  since: z.date(),
});

export const AuditEntry = z.object({
  id: z.uuid(),
  at: z.date(),
  operation: z.string(),
  actorKind: z.string(),
  actorId: z.string(),
  actorName: z.string().nullable().describe('As they were called then.'),
  input: z.unknown().describe('What was asked for, without secrets.'),
});
