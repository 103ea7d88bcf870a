-- Counters: core/congress/figures/tally.h says what the numbers mean.

-- tally_add :exec (event_id i64, measure i64, dimension i64, key_id i64, until_ms i64, step i64)
INSERT INTO tally(event_id, measure, dimension, key_id, until_ms, total) VALUES($1, $2, $3, $4, $5, $6)
ON CONFLICT (event_id, measure, dimension, key_id, until_ms) DO UPDATE SET total = tally.total + excluded.total

-- tally_clear_measure :exec (event_id i64, measure i64)
DELETE FROM tally WHERE event_id = $1 AND measure = $2

-- tally_expected_rows :many (event_id i64) -> (category_id i64, delegation_id i64, total i64)
SELECT category_id, COALESCE(delegation_id, 0), COUNT(*) FROM delegate
WHERE event_id = $1 AND status = 'summoned' AND person_id IS NOT NULL
GROUP BY category_id, COALESCE(delegation_id, 0)

-- tally_people :many (event_id i64) -> (delegate_id i64, category_id i64, delegation_id i64?)
SELECT d.id, d.category_id, d.delegation_id FROM delegate d JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.event_id = $1 AND s.last_presence IS NOT NULL

-- tally_read :many (event_id i64) -> (measure i64, dimension i64, key_id i64, until_ms i64, total i64)
SELECT measure, dimension, key_id, until_ms, total FROM tally WHERE event_id = $1 AND total <> 0
ORDER BY measure, dimension, key_id, until_ms

-- tally_area_present :maybe (event_id i64, area_id i64, now_ms i64) -> (total i64)
SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM tally WHERE event_id = $1 AND measure = 3 AND dimension = 3 AND key_id = $2 AND until_ms > $3
