import { z } from 'zod';
import {
  forgetAddress,
  markOf,
  noteAddress,
  openAttempts,
  openDoor,
  openPractice,
  openSignIn,
  prepareAccounts,
  sessionSecretOf,
  welcomeUrl,
} from './features/accounts/index.ts';
import { metricsText } from './features/telemetry/index.ts';
import { requireRole } from './platform/config.ts';
import { warningsOf } from './platform/health.ts';
import { requestContext, type Context } from './platform/context.ts';
import type { AnyOperation } from './platform/operation.ts';
import type { Job } from './platform/job.ts';
import type { Route } from './platform/route.ts';
import { openTracing } from './platform/tracing.ts';
import { openStores } from './stores/index.ts';
import { startScheduler } from './surfaces/clock/index.ts';
import { createApp, hostsOf, listen } from './surfaces/http/index.ts';

export interface Server extends AsyncDisposable {
  readonly url: string;
  /** The file with the practice's key, for scripts of this machine; nothing where another process has it. */
  readonly ownerKeyFile: string | undefined;
  /** Where the owner sets up their account, once; nothing when there is one. */
  readonly ownerLink: string | undefined;
  /** Runs the jobs that are due; it happens every minute by itself. */
  runDueJobs(): Promise<void>;
  /** Finishes what has begun, then closes the stores. */
  close(): Promise<void>;
}

const One = z.object({ one: z.number() });

/** Opens the stores and serves what the features plug in. Throws `Problem`, with everything closed again. */
export async function startServer(
  { now, config, log }: Pick<Context, 'now' | 'config' | 'log'>,
  {
    operations,
    routes,
    jobs,
    patience,
  }: {
    operations: readonly AnyOperation[];
    routes: readonly Route[];
    jobs: readonly Job[];
    /** For tests: refusals that cost nothing. */ patience?: number | undefined;
  },
): Promise<Server> {
  requireRole(config);
  const { role, dataDir } = config;
  const servesPages = role === 'all' || role === 'web';
  const tracing = await openTracing(config.traces, log);
  const stores = await openStores(
    config,
    log,
    () => (servesPages ? markOf(sessionSecretOf(dataDir, config.secret)) : undefined),
    { tracing },
  );
  try {
    const { records, telemetry } = stores;
    // Of several that start at once, one says how the owner gets in.
    const { ownerKeyFile, ownerLink } =
      servesPages && (await stores.register.isFirst()) ? await prepareAccounts(records, dataDir, now) : {};
    const door = openDoor(records, now);
    let url = '';
    const publicUrl = () => config.publicUrl ?? url;
    const secret = sessionSecretOf(dataDir, config.secret);
    const attempts = openAttempts({ records, now, log, secret, patience, isShared: stores.register.isShared });
    const signIn = openSignIn({
      records,
      now,
      log,
      secret,
      baseUrl: publicUrl,
      knownAs: attempts.knownAs,
      insideHosts: config.insideHosts,
    });
    const practice = openPractice(stores, (operation) => {
      signIn.forget();
      door.written(operation);
    });
    const proxies = new Set(config.proxies);
    const app = createApp({
      role,
      operations,
      routes,
      admit: (key) => door.admit(key),
      signIn,
      attempts,
      proxies,
      contextFor: (actor) => requestContext({ now, config, log, actor, practice }),
      ready: () => Promise.all([records.rows(One)`select 1 as one`, telemetry.rows(One)('SELECT 1 AS one')]),
      warnings: () => warningsOf(practice.health(), now()),
      metrics: { open: config.metrics === 'open', text: (byClient) => metricsText(stores, now(), byClient) },
      hosts: hostsOf(config.listen.host, config.publicUrl),
      tracing,
      log,
    });
    const listening = await listen(app, { ...config.listen, proxies });
    url = listening.url;
    if (servesPages) noteAddress(dataDir, url);
    const jobContext = requestContext({ now, config, log, actor: { kind: 'job', name: 'scheduler' }, practice });
    const runsJobs = role === 'all' || role === 'worker';
    const scheduler = startScheduler(
      jobs.filter(({ of }) => runsJobs || of === 'process'),
      { records, instance: stores.register.instance },
      jobContext,
      now,
      tracing,
    );
    const close = async () => {
      await listening.close();
      if (servesPages) forgetAddress(dataDir);
      await attempts.close();
      await scheduler.close();
      await stores.close();
      await tracing.close();
    };
    const link = ownerLink && welcomeUrl(publicUrl(), ownerLink);
    return { url, ownerKeyFile, ownerLink: link, runDueJobs: () => scheduler.runDue(), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
