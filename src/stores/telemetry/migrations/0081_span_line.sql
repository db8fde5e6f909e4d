-- What a list shows of each span, in order of time: a list reads the last minutes of it and not hours of spans. It is one text, as
-- few rows from many places cost as much as they have columns. Filled from what is inserted
-- into span; the same span again takes its place, as there.
CREATE TABLE IF NOT EXISTS span_line (
  client_id UUID,
  trace_id FixedString(32),
  span_id FixedString(16),
  started_at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  -- Fields with the character 31 between them, which stands in none of them; what is missing is empty.
  line String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(received_at)
ORDER BY (client_id, toStartOfFiveMinutes(started_at), trace_id, span_id)
SETTINGS index_granularity = 512, min_compress_block_size = 16384, fsync_after_insert = 1, fsync_part_directory = 1,
  non_replicated_deduplication_window = 1000, min_bytes_for_wide_part = 67108864;

-- What stood there before. A try that was broken off left some of it.
TRUNCATE TABLE span_line;

INSERT INTO span_line
SELECT client_id, trace_id, span_id, started_at, received_at,
  concatWithSeparator('\x1f', toString(span_id), parent_span_id, replaceAll(name, '\x1f', ' '),
    replaceAll(ifNull(workflow, ''), '\x1f', ' '), toString(started_at), ifNull(toString(duration_ms), ''), status,
    replaceAll(ifNull(provider, ''), '\x1f', ' '), replaceAll(ifNull(model, ''), '\x1f', ' '), ifNull(toString(input_tokens), ''),
    ifNull(toString(cached_input_tokens), ''), ifNull(toString(cache_write_tokens), ''), ifNull(toString(output_tokens), ''),
    ifNull(toString(reasoning_tokens), ''), replaceAll(ifNull(user, ''), '\x1f', ' '),
    replaceAll(ifNull(session, ''), '\x1f', ' '), replaceAll(ifNull(environment, ''), '\x1f', ' '),
    replaceAll(ifNull(trace_name, ''), '\x1f', ' '), ifNull(toString(cost_usd), ''), toString(costable)) AS line
FROM span;

CREATE MATERIALIZED VIEW IF NOT EXISTS lines_of_spans TO span_line AS
SELECT client_id, trace_id, span_id, started_at, received_at,
  concatWithSeparator('\x1f', toString(span_id), parent_span_id, replaceAll(name, '\x1f', ' '),
    replaceAll(ifNull(workflow, ''), '\x1f', ' '), toString(started_at), ifNull(toString(duration_ms), ''), status,
    replaceAll(ifNull(provider, ''), '\x1f', ' '), replaceAll(ifNull(model, ''), '\x1f', ' '), ifNull(toString(input_tokens), ''),
    ifNull(toString(cached_input_tokens), ''), ifNull(toString(cache_write_tokens), ''), ifNull(toString(output_tokens), ''),
    ifNull(toString(reasoning_tokens), ''), replaceAll(ifNull(user, ''), '\x1f', ' '),
    replaceAll(ifNull(session, ''), '\x1f', ' '), replaceAll(ifNull(environment, ''), '\x1f', ' '),
    replaceAll(ifNull(trace_name, ''), '\x1f', ' '), ifNull(toString(cost_usd), ''), toString(costable)) AS line
FROM span;
