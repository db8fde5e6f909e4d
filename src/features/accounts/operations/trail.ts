import { z } from 'zod';
import { clientField, operation } from '../../../platform/operation.ts';
import { byOwner, byPeopleOf } from '../access.ts';
import { AuditEntry } from '../model.ts';
import { listAuditRows, listPracticeAuditRows, type Place } from '../store.ts';

const Cursor = z.tuple([z.iso.datetime({ precision: 3 }), z.uuid()]);

const page = {
  before: z
    .string()
    .refine((text) => Cursor.safeParse(text.split('_')).success, 'must be "next" of the page before')
    .optional()
    .describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};
const Page = z.object({
  entries: z.array(AuditEntry).describe('The latest first.'),
  next: z.string().nullable().describe('Where the next page begins; nothing when this is the last.'),
});

const placeOf = (before: string | undefined): Place | undefined => {
  const [at, id] = before?.split('_') ?? [];
  return at === undefined || id === undefined ? undefined : { at: new Date(at), id };
};

async function pageOf(list: (limit: number) => Promise<z.output<typeof AuditEntry>[]>, limit: number) {
  const found = await list(limit + 1);
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: found.length > limit && last ? `${last.at.toISOString()}_${last.id}` : null };
}

export const listAuditTrail = operation({
  name: 'auditTrail.list',
  summary: 'Who did what to a client, the latest first.',
  access: byPeopleOf('read', 'sponsor'),
  input: z.object({ client: clientField, ...page }),
  output: Page,
  run: (ctx, { before, limit }) => pageOf((most) => listAuditRows(ctx, placeOf(before), most), limit),
});

export const listPracticeAuditTrail = operation({
  name: 'auditTrail.practice',
  summary: 'Who did what to the practice, and who was refused at the door, the latest first.',
  access: byOwner('read'),
  input: z.object(page),
  output: Page,
  run: (ctx, { before, limit }) => pageOf((most) => listPracticeAuditRows(ctx, placeOf(before), most), limit),
});
