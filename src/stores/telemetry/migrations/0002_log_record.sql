-- One row per log record, those that speak of a model's call and others. A record that was sent again has the same id.
CREATE TABLE IF NOT EXISTS log_record (
  client_id UUID,
  -- Of what it says: log records have no identifier of their own.
  id FixedString(32),
  -- Empty: it belongs to no trace.
  trace_id String,
  span_id String,
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  name LowCardinality(String),
  -- 1 to 24, as OpenTelemetry counts them; 0 when not said.
  severity UInt8,
  -- JSON.
  body String CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  flags Array(LowCardinality(String)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  INDEX trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, toStartOfHour(at), id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;
