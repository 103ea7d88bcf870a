-- Figures: core/congress/figures.

-- figures_delegations :many (event_id i64) -> (id i64, code text, name text)
SELECT id, code, name FROM unit
WHERE id IN (SELECT key_id FROM tally WHERE event_id = $1 AND dimension = 2 AND measure IN (1, 2) AND total <> 0)
ORDER BY sort_order NULLS LAST, code

-- The first moment is only there to look at one day's stays: none that began before it goes on at after_ms.
-- figures_quorum_presence :many (event_id i64, area_id i64, category_id i64, first_ms i64, after_ms i64, before_ms i64) -> (from_ms i64, until_ms i64, personal_ms i64?)
SELECT p.from_ms, p.until_ms, p.personal_ms FROM presence p JOIN delegate d ON d.id = p.delegate_id
WHERE p.event_id = $1 AND p.area_id = $2 AND d.category_id = $3 AND d.status = 'summoned' AND p.from_ms >= $4 AND p.until_ms > $5 AND p.from_ms <= $6
ORDER BY p.from_ms

-- figures_handouts :many (event_id i64) -> (gate_id i64, total i64)
SELECT g.id, (SELECT COUNT(*) FROM handout h WHERE h.gate_id = g.id) FROM gate g WHERE g.event_id = $1 AND g.kind = 'handout'

-- What the chains of all people together must lead to.
-- figures_chained :maybe (event_id i64) -> (scans i64, stays i64)
SELECT (SELECT COUNT(*) FROM scan WHERE event_id = $1 AND delegate_id IS NOT NULL), (SELECT COUNT(*) FROM presence WHERE event_id = $1)

-- figures_all_delegates :many (event_id i64) -> (id i64, category_id i64, delegation_id i64?)
SELECT id, category_id, delegation_id FROM delegate WHERE event_id = $1
