import { z } from 'zod';
import { clientField, operation } from '../../../platform/operation.ts';
import { Erasure, insertErasure, listErasureRows } from './erasure-store.ts';
import { awaitArrival, eraseUser, hashesOf, noteTraces, strikeExplanations } from './erase.ts';
import { decidesPrivacy, readsPrivacy } from './operations.ts';
import { keeperFor } from './redaction.ts';
import { Kind } from './retention.ts';
import { listRules, removeRule, setRule } from './retention-store.ts';

const Days = z.number().int().min(1).max(36_500);
const days = z.coerce.number().int().min(1).max(36_500).nullable();

const Kept = z.object({
  texts: Days.nullable(),
  spans: Days.nullable(),
  logs: Days.nullable(),
  metrics: Days.nullable(),
  scores: Days.nullable(),
});

/** For good, where nothing is said. */
const keptBy = (rules: readonly { kind: Kind; days: number }[]) =>
  Object.fromEntries(Kind.options.map((kind) => [kind, rules.find((rule) => rule.kind === kind)?.days ?? null])) as z.infer<
    typeof Kept
  >;

export const showRetention = operation({
  name: 'retention.show',
  summary: 'Show for how many days each kind of a client’s telemetry is kept; null is for good.',
  access: readsPrivacy,
  input: z.object({ client: clientField }),
  output: Kept,
  run: async (ctx) => keptBy(await listRules(ctx)),
});

export const changeRetention = operation({
  name: 'retention.set',
  summary: 'Say for how many days a kind of a client’s telemetry is kept. What is older is removed within a day.',
  access: decidesPrivacy,
  confirms: true,
  input: z.object({
    client: clientField,
    kind: Kind.describe('texts: what went into models and came out of them; the spans stay without them.'),
    days: days.describe('Null: for good.'),
  }),
  output: Kept,
  async run(ctx, { kind, days: kept }) {
    await (kept === null ? removeRule(ctx, kind) : setRule(ctx, { kind, days: kept }));
    return keptBy(await listRules(ctx));
  },
});

export const requestErasure = operation({
  name: 'erasure.request',
  summary:
    'Erase an end user: every trace that they had a part in, log records and metric points that name them, and what was said of them. Counted before and after, by table.',
  access: decidesPrivacy,
  confirms: true,
  lasts: true,
  input: z.object({
    client: clientField,
    user: z.string().min(1).max(1000).meta({ secret: true }).describe('The user, as the client’s systems name them.'),
  }),
  output: Erasure,
  async run(ctx, { user }) {
    const keeper = await keeperFor(ctx.records, ctx.client!.id);
    const names = new Set([user, keeper?.name(user) ?? user]);
    const hashes = hashesOf(user, ctx.client!.id);
    await awaitArrival(ctx);
    const { counts, traceIds } = await eraseUser(ctx, hashes, ctx.now());
    const struck = await strikeExplanations(ctx, [...names]);
    const erasure = await insertErasure(ctx, hashes, [
      ...counts,
      ...(struck > 0 ? [{ table: 'score explanations', before: struck, after: 0 }] : []),
    ]);
    await noteTraces(ctx, { id: erasure.id, userSalt: hashes.userSalt }, traceIds);
    return erasure;
  },
});

export const listErasures = operation({
  name: 'erasure.list',
  summary:
    'List the erasures of a client, with what was found and what was left. Of who it was only a salted hash is kept, by which what still arrives of them is found.',
  access: readsPrivacy,
  input: z.object({ client: clientField }),
  output: z.object({ erasures: z.array(Erasure) }),
  run: async (ctx) => ({ erasures: await listErasureRows(ctx) }),
});
