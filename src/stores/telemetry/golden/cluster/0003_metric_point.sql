CREATE TABLE IF NOT EXISTS metric_point_local ON CLUSTER `main` (
  client_id UUID,

  id FixedString(32),
  name LowCardinality(String),
  description LowCardinality(String),
  unit LowCardinality(String),

  kind LowCardinality(String),

  temporality LowCardinality(Nullable(String)),
  is_monotonic Bool,
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),

  start_at Nullable(DateTime64(6, 'UTC')) CODEC(ZSTD(1)),

  value Nullable(Float64),
  count Nullable(UInt64),
  sum Nullable(Float64),
  min Nullable(Float64),
  max Nullable(Float64),

  bounds Array(Float64) CODEC(ZSTD(1)),
  bucket_counts Array(UInt64) CODEC(ZSTD(1)),

  exponential String CODEC(ZSTD(1)),

  quantiles Array(Float64),
  quantile_values Array(Nullable(Float64)),

  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  workflow LowCardinality(Nullable(String)),
  scope_name LowCardinality(String),
  flags Array(LowCardinality(String)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/metric_point_local', '{replica}', received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, name, toStartOfHour(at), id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS metric_point ON CLUSTER `main` AS metric_point_local
ENGINE = Distributed(`main`, currentDatabase(), metric_point_local, cityHash64(client_id, id));
