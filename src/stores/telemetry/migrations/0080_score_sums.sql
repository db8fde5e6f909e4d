-- What charts of scores read: sums by minute, hour and day, filled as those of spans are. A score that was sent again is counted
-- with the first one and marked; what it changed is put right when its day is summed up again.
ALTER TABLE score ADD COLUMN IF NOT EXISTS resent Bool;

CREATE TABLE IF NOT EXISTS score_minute (
  client_id UUID,
  at DateTime('UTC') CODEC(Delta, ZSTD(1)),
  name LowCardinality(String),
  workflow LowCardinality(String),
  source LowCardinality(String),
  scores SimpleAggregateFunction(sum, UInt64),
  sum_value SimpleAggregateFunction(sum, Float64),
  sum_square SimpleAggregateFunction(sum, Float64),
  -- Neither 0 nor 1: where there are none, the scores say yes or no.
  graded SimpleAggregateFunction(sum, UInt64),
  -- That took the place of another, not counted here.
  resent SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (client_id, at, name, workflow, source)
TTL at + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS score_hour AS score_minute
ENGINE = AggregatingMergeTree
ORDER BY (client_id, at, name, workflow, source)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS score_day AS score_minute
ENGINE = AggregatingMergeTree
ORDER BY (client_id, at, name, workflow, source)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS score_hour_of_minute TO score_hour AS
SELECT client_id, toStartOfHour(score_minute.at) AS at, name, workflow, source, sum(score_minute.scores) AS scores,
  sum(score_minute.sum_value) AS sum_value, sum(score_minute.sum_square) AS sum_square, sum(score_minute.graded) AS graded,
  sum(score_minute.resent) AS resent
FROM score_minute
GROUP BY client_id, toStartOfHour(score_minute.at), name, workflow, source;

CREATE MATERIALIZED VIEW IF NOT EXISTS score_day_of_hour TO score_day AS
SELECT client_id, toStartOfDay(score_hour.at) AS at, name, workflow, source, sum(score_hour.scores) AS scores,
  sum(score_hour.sum_value) AS sum_value, sum(score_hour.sum_square) AS sum_square, sum(score_hour.graded) AS graded,
  sum(score_hour.resent) AS resent
FROM score_hour
GROUP BY client_id, toStartOfDay(score_hour.at), name, workflow, source;

-- What stood there before. A try that was broken off left some of it.
TRUNCATE TABLE score_minute;

TRUNCATE TABLE score_hour;

TRUNCATE TABLE score_day;

INSERT INTO score_minute
SELECT client_id, toStartOfMinute(toDateTime(score.at, 'UTC')) AS at, score.name AS name, ifNull(score.workflow, '') AS workflow,
  ifNull(score.source, '') AS source, count() AS scores, sum(assumeNotNull(score.value)) AS sum_value,
  sum(assumeNotNull(score.value) * assumeNotNull(score.value)) AS sum_square, countIf(score.value NOT IN (0, 1)) AS graded,
  toUInt64(0) AS resent
FROM score FINAL
WHERE isFinite(ifNull(score.value, nan))
GROUP BY client_id, at, name, workflow, source;

CREATE MATERIALIZED VIEW IF NOT EXISTS sums_of_scores TO score_minute AS
SELECT client_id, toStartOfMinute(toDateTime(score.at, 'UTC')) AS at, score.name AS name, ifNull(score.workflow, '') AS workflow,
  ifNull(score.source, '') AS source, countIf(NOT score.resent) AS scores,
  sumIf(assumeNotNull(score.value), NOT score.resent) AS sum_value,
  sumIf(assumeNotNull(score.value) * assumeNotNull(score.value), NOT score.resent) AS sum_square,
  countIf(NOT score.resent AND score.value NOT IN (0, 1)) AS graded, countIf(score.resent) AS resent
FROM score
WHERE isFinite(ifNull(score.value, nan)) OR score.resent
GROUP BY client_id, at, name, workflow, source;
