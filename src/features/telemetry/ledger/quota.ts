import { z } from 'zod';
import type { ClientAccess } from '../../../platform/access.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { tooMany } from '../../../platform/problem.ts';
import { rememberByClient } from '../../../platform/remember.ts';
import type { Receiving } from '../../../platform/route.ts';
import type { Sql } from '../../../platform/sql.ts';

const Quota = z.object({
  spansPerMinute: z.coerce.number().int().min(1).max(1e9).nullable().describe('Nothing: as many as it likes.'),
  bytesPerDay: z.coerce.number().int().min(1).max(1e15).nullable().describe('Of bodies, as they are sent. Nothing: no limit.'),
});
type Quota = z.infer<typeof Quota>;
const none: Quota = { spansPerMinute: null, bytesPerDay: null };

const Stored = z.object({ spansPerMinute: z.coerce.number().nullable(), bytesPerDay: z.coerce.number().nullable() });

async function quotaOf(records: Sql, clientId: string): Promise<Quota> {
  const [found] = await records.rows(Stored)`
    select spans_per_minute as "spansPerMinute", bytes_per_day as "bytesPerDay" from ingest_quota where client_id = ${clientId}`;
  return found ?? none;
}

const setQuotaOf = ({ records, client, now }: Context, { spansPerMinute, bytesPerDay }: Quota) =>
  records.rows(z.never())`
    insert into ingest_quota (client_id, spans_per_minute, bytes_per_day, changed_at)
    values (${client?.id}, ${spansPerMinute}, ${bytesPerDay}, ${now()})
    on conflict (client_id) do update set spans_per_minute = excluded.spans_per_minute,
      bytes_per_day = excluded.bytes_per_day, changed_at = excluded.changed_at`;

const rememberedQuota = rememberByClient(quotaOf);

/** Throws `too_many`, which a sender may try again, when a client has sent as much as it may. A batch is taken whole. */
export async function requireQuota({ records, client, intake }: Receiving): Promise<void> {
  const { spansPerMinute, bytesPerDay } = await rememberedQuota(records, client.id);
  if (spansPerMinute === null && bytesPerDay === null) return;
  const { itemsThisMinute, bytesToday } = intake.usage();
  if (bytesPerDay !== null && bytesToday >= bytesPerDay)
    throw tooMany(`This client has sent its ${bytesPerDay} bytes of today.`, secondsLeft(DAY_MS));
  if (spansPerMinute !== null && itemsThisMinute >= spansPerMinute)
    throw tooMany(`This client has sent its ${spansPerMinute} spans of this minute.`, secondsLeft(MINUTE_MS));
}

/** Usage goes by the machine's clock, too. */
const secondsLeft = (ofMs: number) => Math.ceil((ofMs - (Date.now() % ofMs)) / SECOND_MS);

const access = (does: 'read' | 'write') =>
  ({ of: 'client', does, key: 'admin', roles: ['owner', 'operator'] }) satisfies ClientAccess;

export const showQuota = operation({
  name: 'quotas.show',
  summary: 'Show how much telemetry a client may send, and what it has sent.',
  access: access('read'),
  input: z.object({ client: clientField }),
  output: Quota.extend({ itemsThisMinute: z.number(), bytesToday: z.number().describe('Since midnight, UTC.') }),
  run: async (ctx) => ({
    ...(await quotaOf(ctx.records, ctx.client!.id)),
    ...ctx.practice!.receiving(ctx.client!).usage(),
  }),
});

export const setQuota = operation({
  name: 'quotas.set',
  summary: 'Say how much telemetry a client may send. Past it, senders are told to try again later. It holds within seconds.',
  access: access('write'),
  confirms: true,
  input: z.object({
    client: clientField,
    spansPerMinute: Quota.shape.spansPerMinute.default(null),
    bytesPerDay: Quota.shape.bytesPerDay.default(null),
  }),
  output: Quota,
  async run(ctx, { spansPerMinute, bytesPerDay }) {
    await setQuotaOf(ctx, { spansPerMinute, bytesPerDay });
    return { spansPerMinute, bytesPerDay };
  },
});
