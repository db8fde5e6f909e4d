import type { ClickHouseSettings } from '@clickhouse/client';
import { columnName } from './names.ts';

/**
 * Statements as they are on a cluster. There is one set of migrations: on a cluster each table is two, a replicated one on every
 * shard with `_local` behind its name, and a distributed one before them under the name that everything else knows. Views are filled on the
 * shard where the rows are. Everything here is text in, text out.
 */

const LOCAL = '_local';

/**
 * By what rows are spread over the shards. Rows of which one takes the place of another must meet, so each key is part of what its
 * table is sorted by; what a view fills lies where its rows came from. A trace is whole on one shard.
 */
const spread: Record<string, string> = {
  span: 'cityHash64(client_id, trace_id)',
  trace_hour: 'cityHash64(client_id, trace_id)',
  span_line: 'cityHash64(client_id, trace_id)',
  score: 'cityHash64(client_id, trace_id)',
  log_record: 'cityHash64(client_id, id)',
  metric_point: 'cityHash64(client_id, id)',
};
/** Sums, and everything else: a client's lie together. */
const SPREAD_BY_CLIENT = 'cityHash64(client_id)';

/** What a statement of Steward itself needs on a cluster. */
export const clusterSettings: ClickHouseSettings = {
  // An insert is done when every shard has its rows: only then is a segment of the spool deleted.
  distributed_foreground_insert: 1,
  // A question within a question is asked once, and its answer sent to the shards.
  distributed_product_mode: 'global',
  // A statement on the cluster waits for every server, also for a long rewrite.
  distributed_ddl_task_timeout: '900',
};

/** The statements of a migration on a cluster. Throws for one of a kind that is not known here. */
export function migrationOnCluster(statement: string, cluster: string): string[] {
  const known =
    createTable(statement, cluster) ??
    createView(statement, cluster) ??
    alterTable(statement, cluster) ??
    fill(statement, cluster);
  if (!known) throw new Error(`It is not known how this is done on a cluster: ${statement.slice(0, 80)}`);
  return known;
}

/** A statement that changes rows, as it is on a cluster: a distributed table cannot. Others stay. */
export function changeOnCluster(statement: string, cluster: string): string {
  const on = onCluster(cluster);
  return statement
    .replace(/^\s*ALTER TABLE (\w+) (?=DELETE|UPDATE)/, (_, table: string) => `ALTER TABLE ${table}${LOCAL} ${on} `)
    .replace(/^\s*DELETE FROM (\w+) (?=WHERE)/, (_, table: string) => `DELETE FROM ${table}${LOCAL} ${on} `);
}

const onCluster = (cluster: string) => `ON CLUSTER ${columnName(cluster)}`;

const table =
  /^CREATE TABLE IF NOT EXISTS (?<name>\w+) (?:AS (?<like>\w+)|(?<columns>\(.*\)))\s*ENGINE = (?<engine>\w*MergeTree)(?:\((?<of>[^\n]*)\))?(?<rest>\s.*)$/s;

function createTable(statement: string, cluster: string): string[] | undefined {
  const found = table.exec(statement)?.groups;
  if (!found) return undefined;
  const { name, like, columns, engine, of, rest } = found;
  const local = `${name}${LOCAL}`;
  const place = `'/clickhouse/tables/{shard}/{database}/${local}', '{replica}'`;
  const settings = rest!.replace('non_replicated_deduplication_window', 'replicated_deduplication_window');
  return [
    `CREATE TABLE IF NOT EXISTS ${local} ${onCluster(cluster)} ${like ? `AS ${like}${LOCAL}` : columns}\nENGINE = Replicated${engine}(${place}${of ? `, ${of}` : ''})${settings}`,
    `CREATE TABLE IF NOT EXISTS ${name} ${onCluster(cluster)} AS ${local}\nENGINE = Distributed(${columnName(cluster)}, currentDatabase(), ${local}, ${spread[name!] ?? SPREAD_BY_CLIENT})`,
  ];
}

const view = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (?<name>\w+) TO (?<to>\w+) AS\s(?<select>.*)$/s;

function createView(statement: string, cluster: string): string[] | undefined {
  const found = view.exec(statement)?.groups;
  if (!found) return undefined;
  const { name, to, select } = found;
  return [`CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} ${onCluster(cluster)} TO ${to}${LOCAL} AS\n${ofLocal(select!)}`];
}

/** What a view asks, of the tables on its shard. Columns are called by the name of the table. */
const ofLocal = (select: string) =>
  select.replace(/\bFROM (\w+)(?! AS)/g, (_, from: string) => `FROM ${from}${LOCAL} AS ${from}`);

const alter = /^ALTER TABLE (?<name>\w+)\s+(?<what>(?:ADD|MODIFY|DROP) (?<kind>\w+).*)$/s;

function alterTable(statement: string, cluster: string): string[] | undefined {
  const found = alter.exec(statement)?.groups;
  if (!found) return undefined;
  const { name, what, kind } = found;
  const on = onCluster(cluster);
  const local = `ALTER TABLE ${name}${LOCAL} ${on} ${what!.replace('non_replicated_deduplication_window', 'replicated_deduplication_window')}`;
  // A view has no table before it, and of a distributed table only the columns are its own.
  if (kind === 'QUERY') return [`ALTER TABLE ${name} ${on} ${ofLocal(what!)}`];
  return kind === 'COLUMN' ? [local, `ALTER TABLE ${name} ${on} ${what}`] : [local];
}

/** Filling a new table from what is there goes through the distributed tables; emptying one, on every server. */
function fill(statement: string, cluster: string): string[] | undefined {
  const emptied = /^TRUNCATE TABLE (?<name>\w+)$/.exec(statement)?.groups?.['name'];
  if (emptied) return [`TRUNCATE TABLE ${emptied}${LOCAL} ${onCluster(cluster)}`];
  return /^INSERT INTO \w+\s+SELECT\s/.test(statement) ? [statement] : undefined;
}
