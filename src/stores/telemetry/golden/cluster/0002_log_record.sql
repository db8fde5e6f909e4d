CREATE TABLE IF NOT EXISTS log_record_local ON CLUSTER `main` (
  client_id UUID,

  id FixedString(32),

  trace_id String,
  span_id String,
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  name LowCardinality(String),

  severity UInt8,

  body String CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  flags Array(LowCardinality(String)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  INDEX trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/log_record_local', '{replica}', received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, toStartOfHour(at), id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS log_record ON CLUSTER `main` AS log_record_local
ENGINE = Distributed(`main`, currentDatabase(), log_record_local, cityHash64(client_id, id));
