-- In which hours the spans of a trace began: with it a trace is read by the sorting key of span. A few rows too many, of spans that
-- are gone, cost a look in vain. Few rows of it are read at a time, from many places.
CREATE TABLE IF NOT EXISTS trace_hour (
  client_id UUID,
  trace_id FixedString(32),
  -- As toStartOfHour says it of any time, also of one that it cannot hold.
  hour DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (client_id, trace_id, hour)
SETTINGS index_granularity = 512, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS hours_of_traces TO trace_hour AS
SELECT DISTINCT client_id, trace_id, toStartOfHour(started_at) AS hour FROM span;
