CREATE TABLE IF NOT EXISTS score_local ON CLUSTER `main` (
  client_id UUID,
  id String,
  trace_id FixedString(32),

  span_id String,

  workflow LowCardinality(Nullable(String)),
  name LowCardinality(String),
  value Nullable(Float64),
  label Nullable(String),
  explanation Nullable(String) CODEC(ZSTD(1)),

  source LowCardinality(Nullable(String)),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  INDEX at_range at TYPE minmax GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/score_local', '{replica}', received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, trace_id, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS score ON CLUSTER `main` AS score_local
ENGINE = Distributed(`main`, currentDatabase(), score_local, cityHash64(client_id, trace_id));
