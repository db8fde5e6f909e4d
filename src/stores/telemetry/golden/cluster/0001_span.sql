CREATE TABLE IF NOT EXISTS span_local ON CLUSTER `main` (
  client_id UUID,
  trace_id FixedString(32),
  span_id FixedString(16),
  parent_span_id String,
  name String CODEC(ZSTD(1)),
  kind LowCardinality(String),
  started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  duration_ms Nullable(Float64),
  status LowCardinality(String),
  status_message Nullable(String) CODEC(ZSTD(1)),
  provider LowCardinality(Nullable(String)),
  request_model LowCardinality(Nullable(String)),
  model LowCardinality(Nullable(String)),
  input_tokens Nullable(UInt64),
  cached_input_tokens Nullable(UInt64),
  cache_write_tokens Nullable(UInt64),
  output_tokens Nullable(UInt64),
  reasoning_tokens Nullable(UInt64),
  cost_usd Nullable(Float64),
  cost_source LowCardinality(Nullable(String)),
  costable Bool,
  user Nullable(String),
  session Nullable(String),
  environment LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  version LowCardinality(Nullable(String)),
  service LowCardinality(Nullable(String)),
  workflow LowCardinality(Nullable(String)),
  trace_name Nullable(String),
  tags Array(String),
  prompt_name Nullable(String),
  prompt_version Nullable(String),
  response_id Nullable(String),
  input Nullable(String) CODEC(ZSTD(1)),
  output Nullable(String) CODEC(ZSTD(1)),
  finish_reasons Array(LowCardinality(String)),
  time_to_first_token_ms Nullable(Float64),
  flags Array(LowCardinality(String)),

  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource Map(LowCardinality(String), String) CODEC(ZSTD(1)),

  scores String CODEC(ZSTD(1)),
  events String CODEC(ZSTD(1)),
  links String CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),

  resent Bool,
  INDEX trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX users user TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX sessions session TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX attribute_values mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/span_local', '{replica}', received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, toStartOfHour(started_at), trace_id, span_id)

SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, replicated_deduplication_window = 1000,
  min_bytes_for_wide_part = 67108864;

CREATE TABLE IF NOT EXISTS span ON CLUSTER `main` AS span_local
ENGINE = Distributed(`main`, currentDatabase(), span_local, cityHash64(client_id, trace_id));
