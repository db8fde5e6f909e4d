CREATE TABLE IF NOT EXISTS ingest_removal_local ON CLUSTER `main` (
  client_id UUID,
  id UUID,
  at DateTime64(3, 'UTC'),

  kind LowCardinality(String),

  reason LowCardinality(String),

  which String,
  items UInt64,

  state UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/ingest_removal_local', '{replica}', state)
ORDER BY (client_id, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS ingest_removal ON CLUSTER `main` AS ingest_removal_local
ENGINE = Distributed(`main`, currentDatabase(), ingest_removal_local, cityHash64(client_id));

INSERT INTO ingest_ledger
SELECT client_id, toStartOfHour(min(received_at)) AS hour, 'score' AS kind, 'received' AS outcome, '' AS reason,
  uniqExact(trace_id, id) AS items, 0 AS requests, 0 AS bytes
FROM score WHERE client_id NOT IN (SELECT client_id FROM ingest_ledger WHERE kind = 'score') GROUP BY client_id;
