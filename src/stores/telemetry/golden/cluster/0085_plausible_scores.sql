ALTER TABLE sums_of_scores ON CLUSTER `main` MODIFY QUERY
SELECT client_id, toStartOfMinute(toDateTime(score.at, 'UTC')) AS at, score.name AS name, ifNull(score.workflow, '') AS workflow,
  ifNull(score.source, '') AS source, countIf(NOT score.resent) AS scores,
  sumIf(assumeNotNull(score.value), NOT score.resent) AS sum_value,
  sumIf(assumeNotNull(score.value) * assumeNotNull(score.value), NOT score.resent) AS sum_square,
  countIf(NOT score.resent AND score.value NOT IN (0, 1)) AS graded, countIf(score.resent) AS resent
FROM score_local AS score
WHERE (abs(ifNull(score.value, nan)) <= 1e15 OR score.resent) AND toYear(score.at) BETWEEN 1970 AND 2105
GROUP BY client_id, at, name, workflow, source;
