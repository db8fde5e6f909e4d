CREATE TABLE IF NOT EXISTS trace_hour_local ON CLUSTER `main` (
  client_id UUID,
  trace_id FixedString(32),

  hour DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/trace_hour_local', '{replica}')
ORDER BY (client_id, trace_id, hour)
SETTINGS index_granularity = 512, fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS trace_hour ON CLUSTER `main` AS trace_hour_local
ENGINE = Distributed(`main`, currentDatabase(), trace_hour_local, cityHash64(client_id, trace_id));

CREATE MATERIALIZED VIEW IF NOT EXISTS hours_of_traces ON CLUSTER `main` TO trace_hour_local AS
SELECT DISTINCT client_id, trace_id, toStartOfHour(started_at) AS hour FROM span_local AS span;
