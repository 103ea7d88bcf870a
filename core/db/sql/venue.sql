-- What `plenum doctor --venue` asks; used by server/venue/plan.c.

-- venue_events :many () -> (slug text, timezone text, ends_ms i64, delegates i64)
SELECT e.slug, e.timezone, e.ends_ms, (SELECT COUNT(*) FROM delegate d WHERE d.event_id = e.id) FROM event e ORDER BY e.starts_ms, e.slug;

-- venue_blobs :maybe () -> (blobs i64, bytes i64)
SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blob;

-- venue_newest_scan :maybe () -> (received_ms i64?)
SELECT MAX(newest) FROM (SELECT (SELECT MAX(s.received_ms) FROM scan s WHERE s.event_id = e.id) AS newest FROM event e) x;

-- venue_newest_run :maybe () -> (printed_ms i64?)
SELECT MAX(printed_ms) FROM print_run;
