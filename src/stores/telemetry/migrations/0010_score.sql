-- One row per score. The same (client_id, trace_id, id) again takes its place: merges drop all but the latest, and every question
-- asks for one row of each (LIMIT 1 BY). It may be there before its span.
CREATE TABLE IF NOT EXISTS score (
  client_id UUID,
  id String,
  trace_id FixedString(32),
  -- Empty: it is about the trace.
  span_id String,
  -- As far as it was known when the score came.
  workflow LowCardinality(Nullable(String)),
  name LowCardinality(String),
  value Nullable(Float64),
  label Nullable(String),
  explanation Nullable(String) CODEC(ZSTD(1)),
  -- rule, model, person, end_user, ground_truth
  source LowCardinality(Nullable(String)),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  INDEX at_range at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, trace_id, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;
