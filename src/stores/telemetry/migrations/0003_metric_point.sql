-- One row per point of a metric. A point that was sent again has the same id.
CREATE TABLE IF NOT EXISTS metric_point (
  client_id UUID,
  -- Of what it says: points have no identifier of their own.
  id FixedString(32),
  name LowCardinality(String),
  description LowCardinality(String),
  unit LowCardinality(String),
  -- gauge, sum, histogram, exponential_histogram, summary
  kind LowCardinality(String),
  -- delta, cumulative
  temporality LowCardinality(Nullable(String)),
  is_monotonic Bool,
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  -- Since when it counts, as far as the client says.
  start_at Nullable(DateTime64(6, 'UTC')) CODEC(ZSTD(1)),
  -- Of gauges and sums.
  value Nullable(Float64),
  count Nullable(UInt64),
  sum Nullable(Float64),
  min Nullable(Float64),
  max Nullable(Float64),
  -- One fewer than the counts.
  bounds Array(Float64) CODEC(ZSTD(1)),
  bucket_counts Array(UInt64) CODEC(ZSTD(1)),
  -- JSON, of exponential histograms alone; else empty.
  exponential String CODEC(ZSTD(1)),
  -- Of summaries, one value for each.
  quantiles Array(Float64),
  quantile_values Array(Nullable(Float64)),
  -- Values are JSON, so that the number 1 and the text 1 stay two.
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  workflow LowCardinality(Nullable(String)),
  scope_name LowCardinality(String),
  flags Array(LowCardinality(String)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, name, toStartOfHour(at), id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;
