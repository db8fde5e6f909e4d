-- What came in and what became of it, by hour and client. Rows about telemetry that was kept lie in the same frame of the spool
-- as the telemetry itself: both are there, or neither.
CREATE TABLE IF NOT EXISTS ingest_ledger (
  client_id UUID,
  hour DateTime('UTC'),
  -- The table the items were for.
  kind LowCardinality(String),
  -- received = stored + resent + rejected + set_aside + what is still in the spool; refused: whole requests, never read.
  outcome LowCardinality(String),
  reason LowCardinality(String),
  items UInt64,
  requests UInt64,
  bytes UInt64
)
ENGINE = SummingMergeTree((items, requests, bytes))
PARTITION BY toYear(hour)
ORDER BY (client_id, hour, kind, outcome, reason)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;
