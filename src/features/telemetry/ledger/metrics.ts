import { z } from 'zod';
import { ledgerOutcomes, LedgerSum, type LedgerLine } from '../../../platform/ledger.ts';
import type { Stores } from '../../../stores/index.ts';

const Line = z.object({
  client_id: z.string(),
  kind: z.string(),
  outcome: z.enum(ledgerOutcomes),
  reason: z.string(),
  items: z.number(),
  requests: z.number(),
  bytes: z.number(),
});

const COUNTS_WITHIN_MS = 2000;

/** Everything about the way in, as Prometheus reads it. By client for the practice only. */
export async function metricsText(
  { telemetry, spool, refusals }: Pick<Stores, 'telemetry' | 'spool' | 'refusals'>,
  now: Date,
  byClient: boolean,
): Promise<string> {
  const health = spool.status();
  const { oldestAt } = health.spool;
  const gauges = [
    gauge('steward_spool_bytes', 'Telemetry on disk, on its way into the store.', health.spool.bytes),
    gauge('steward_spool_limit_bytes', 'What the spool may take.', health.spool.mostBytes),
    gauge(
      'steward_spool_oldest_seconds',
      'For how long the oldest of it has been waiting.',
      oldestAt ? Math.max(0, (now.getTime() - oldestAt.getTime()) / 1000) : 0,
    ),
    metric(
      'steward_set_aside_files',
      'gauge',
      'Files with acknowledged telemetry that is not shown.',
      Object.entries(health.setAside).map(([why, count]) => [{ why }, count] as const),
    ),
    gauge('steward_disk_free_bytes', 'Free on the disk of the data directory.', health.disk.freeBytes),
    gauge('steward_disk_needed_bytes', 'With less free, no telemetry is taken.', health.disk.neededBytes),
  ];
  const entered = spool.whileStill(async (waiting) => [
    ...(await telemetry.rows(Line)(
      `SELECT toString(client_id) AS client_id, kind, outcome, reason, sum(items) AS items, sum(requests) AS requests,
        sum(bytes) AS bytes
      FROM ingest_ledger GROUP BY client_id, kind, outcome, reason
      UNION ALL
      SELECT toString(client_id), kind, 'removed', reason, sum(items), 0, 0 FROM (
        SELECT client_id, kind, reason, items, state FROM ingest_removal ORDER BY state DESC LIMIT 1 BY client_id, id
      ) WHERE state = 1 GROUP BY client_id, kind, reason`,
    )),
    ...waiting,
    ...refusals.lines(),
  ]);
  entered.catch(() => undefined);
  // A store that is away is seen by what is missing; the rest is told all the more.
  const lines = await Promise.race([
    entered,
    new Promise<undefined>((late) => setTimeout(() => late(undefined), COUNTS_WITHIN_MS).unref()),
  ]).catch(() => undefined);
  const isUp = gauge('steward_telemetry_up', 'Whether the telemetry store answers.', lines ? 1 : 0);
  return [...gauges, isUp, ...(lines ? counters(lines, byClient) : [])].join('');
}

function counters(lines: readonly Omit<LedgerLine, 'hour'>[], byClient: boolean): string[] {
  const sum = new LedgerSum();
  sum.add(lines.map((line) => ({ ...line, hour: '', client_id: byClient ? line.client_id : '' })));
  const all = sum.lines();
  const samples = (what: 'items' | 'requests' | 'bytes') =>
    all
      .filter((line) => line[what] > 0)
      .map(
        ({ client_id: client, kind, outcome, reason, ...counts }) => [{ client, kind, outcome, reason }, counts[what]] as const,
      );
  return [
    metric(
      'steward_ingest_items_total',
      'counter',
      'Spans, log records, metric points and scores by what became of them.',
      samples('items'),
    ),
    metric(
      'steward_ingest_requests_total',
      'counter',
      'Requests that were read, and those refused as a whole.',
      samples('requests'),
    ),
    metric('steward_ingest_bytes_total', 'counter', 'Bodies as they were sent.', samples('bytes')),
  ];
}

type Sample = readonly [labels: Record<string, string>, value: number];

const gauge = (name: string, help: string, value: number) => metric(name, 'gauge', help, [[{}, value]]);

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => {
    const said = Object.entries(labels).filter(([, text]) => text !== '');
    const inside = said.map(
      ([label, text]) => `${label}="${text.replaceAll(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
    );
    return `${name}${inside.length > 0 ? `{${inside.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
