-- What retention and erasure took away, for the ledger. It is written before rows go, and again when they are gone: one that was
-- cut off is finished by the next.
CREATE TABLE IF NOT EXISTS ingest_removal (
  client_id UUID,
  id UUID,
  at DateTime64(3, 'UTC'),
  -- The table of the items.
  kind LowCardinality(String),
  -- retention, erasure
  reason LowCardinality(String),
  -- JSON: which rows. Empty once they are gone.
  which String,
  items UInt64,
  -- 0 planned, 1 done.
  state UInt8
)
ENGINE = ReplacingMergeTree(state)
ORDER BY (client_id, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Scores were not counted so far: those that are there are the opening balance.
INSERT INTO ingest_ledger
SELECT client_id, toStartOfHour(min(received_at)) AS hour, 'score' AS kind, 'received' AS outcome, '' AS reason,
  uniqExact(trace_id, id) AS items, 0 AS requests, 0 AS bytes
FROM score WHERE client_id NOT IN (SELECT client_id FROM ingest_ledger WHERE kind = 'score') GROUP BY client_id;
