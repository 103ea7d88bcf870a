-- Figures: core/congress/figures.

-- figures_units :many () -> (id i64, code text, name text, parent_id i64?, level text?)
SELECT id, code, name, parent_id, level FROM unit ORDER BY sort_order NULLS LAST, code

-- For a reading for which nothing is kept: stays in the first area, of the eligible, and of whom the desk ever changed (is_eligible 0: is not at the moment).
-- figures_quorum_stays :many (event_id i64, area_id i64, category_id i64) -> (delegate_id i64, is_eligible i64, from_ms i64, until_ms i64, personal_ms i64?)
SELECT s.delegate_id, s.is_eligible, s.from_ms, s.until_ms, s.personal_ms
FROM (SELECT p.delegate_id, CASE WHEN d.category_id = $3 AND d.status = 'summoned' AND d.person_id IS NOT NULL THEN 1 ELSE 0 END AS is_eligible, p.from_ms, p.until_ms, p.personal_ms
      FROM presence p JOIN delegate d ON d.id = p.delegate_id WHERE p.event_id = $1 AND p.area_id = $2) s
WHERE s.is_eligible = 1 OR s.delegate_id IN (SELECT delegate_id FROM amendment WHERE event_id = $1 AND kind IN ('walk_in', 'name_blank', 'substitute')
                                             UNION ALL SELECT other_id FROM amendment WHERE event_id = $1 AND kind = 'substitute' AND other_id IS NOT NULL)

-- figures_eligible :each (event_id i64, category_id i64) -> (id i64)
SELECT id FROM delegate WHERE event_id = $1 AND category_id = $2 AND status = 'summoned' AND person_id IS NOT NULL

-- Of everybody, eligible or not.
-- figures_eligible_stays :each (event_id i64, area_id i64) -> (delegate_id i64, from_ms i64, until_ms i64, personal_ms i64?)
SELECT delegate_id, from_ms, until_ms, personal_ms FROM presence WHERE event_id = $1 AND area_id = $2

-- Who moved, or was changed, since.
-- figures_moved :many (event_id i64, roster_seq i64) -> (delegate_id i64)
SELECT s.delegate_id FROM scan s WHERE s.event_id = $1 AND s.roster_seq > $2
UNION SELECT d.id FROM delegate d WHERE d.event_id = $1 AND d.roster_seq > $2

-- Of those on the list who are not simply summoned: who came although not expected, who is excused and has not come, who stands for somebody and came.
-- figures_special :maybe (event_id i64, now_ms i64, excused text, area_id i64) -> (unexpected i64, excused i64, substitutes i64, unsummoned i64)
SELECT CAST(COALESCE(SUM(CASE WHEN (d.status <> 'summoned' OR d.person_id IS NULL) AND s.attended_ms <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(SUM(CASE WHEN d.status = 'summoned' AND d.person_id IS NOT NULL AND d.absence LIKE $3 AND (s.attended_ms IS NULL OR s.attended_ms > $2) THEN 1 ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(SUM(CASE WHEN d.status = 'summoned' AND d.person_id IS NOT NULL AND d.replaces IS NOT NULL AND s.attended_ms <= $2 THEN 1 ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(SUM(CASE WHEN (d.status <> 'summoned' OR d.person_id IS NULL) AND s.area_id = $4 AND s.since_ms <= $2 AND s.until_ms > $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM delegate d LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.event_id = $1 AND (d.status <> 'summoned' OR d.person_id IS NULL OR d.absence IS NOT NULL OR d.replaces IS NOT NULL)

-- figures_by_group :maybe (event_id i64, area_id i64, now_ms i64) -> (total i64)
SELECT COUNT(*) FROM delegate_state WHERE event_id = $1 AND by_group = 1 AND area_id = $2 AND since_ms <= $3 AND until_ms > $3

-- The day's first and last arrival, exactly: the first stay since the day's first minute with one is an arrival; of the stays of its last minute with one that is the latest whose person
-- has no other of that day there. Each is found from its own end, for a minute may have thousands.
-- figures_arrivals_of :maybe (area_id i64, first_ms i64, last_ms i64, until_ms i64) -> (first_ms i64?, last_ms i64?)
SELECT (SELECT p.from_ms FROM presence p WHERE p.area_id = $1 AND p.from_ms >= $2 AND p.from_ms < $4 ORDER BY p.from_ms LIMIT 1),
       (SELECT p.from_ms FROM presence p
        WHERE p.area_id = $1 AND p.from_ms >= $3 AND p.from_ms < $4 AND NOT EXISTS (
          WITH RECURSIVE past(id, area_id, from_ms, previous) AS (
            SELECT q.id, q.area_id, q.from_ms, q.previous FROM presence q WHERE q.id = p.previous
            UNION ALL SELECT q.id, q.area_id, q.from_ms, q.previous FROM past JOIN presence q ON q.id = past.previous WHERE past.from_ms >= $2)
          SELECT 1 FROM past WHERE past.area_id = $1 AND past.from_ms >= $2)
        ORDER BY p.from_ms DESC LIMIT 1)

-- All that came late, less what was taken back: to look for each late scan whether it was would cost ten times as much.
-- figures_late_count :maybe (event_id i64, since_ms i64) -> (total i64)
SELECT (SELECT COUNT(*) FROM scan WHERE event_id = $1 AND received_ms >= $2 AND received_ms - true_ms > 60000 AND delegate_id IS NOT NULL
          AND outcome IN ('admitted', 'left', 'handed_out'))
     - (SELECT COUNT(*) FROM correction c JOIN scan s ON s.id = c.scan WHERE c.event_id = $1 AND c.kind = 'undo' AND s.received_ms >= $2
          AND s.received_ms - s.true_ms > 60000 AND s.delegate_id IS NOT NULL AND s.outcome IN ('admitted', 'left', 'handed_out'))

-- By gate, by who sent them, and by the minute in which they came.
-- figures_late_list :many (event_id i64, most i64) -> (gate_id i64, device text?, account text?, on_paper i64, known_ms i64, first_ms i64, last_ms i64, entered i64, gone i64, given i64, undone i64)
SELECT s.gate_id, v.name, a.name, CASE WHEN s.origin IS NULL THEN 0 ELSE 1 END, MIN(s.received_ms), MIN(s.true_ms), MAX(s.true_ms),
  CAST(SUM(CASE WHEN s.outcome = 'admitted' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN s.outcome = 'left' THEN 1 ELSE 0 END) AS BIGINT),
  CAST(SUM(CASE WHEN s.outcome = 'handed_out' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN c.id IS NULL THEN 0 ELSE 1 END) AS BIGINT)
FROM scan s LEFT JOIN device v ON v.id = s.device_id LEFT JOIN account a ON a.id = s.account_id LEFT JOIN correction c ON c.scan = s.id AND c.kind = 'undo'
WHERE s.event_id = $1 AND s.received_ms - s.true_ms > 60000 AND s.delegate_id IS NOT NULL AND s.outcome IN ('admitted', 'left', 'handed_out')
GROUP BY s.gate_id, v.name, a.name, CASE WHEN s.origin IS NULL THEN 0 ELSE 1 END, s.received_ms / 60000
ORDER BY MIN(s.received_ms) DESC, s.gate_id LIMIT $2

-- figures_handouts :many (event_id i64) -> (gate_id i64, total i64)
SELECT g.id, (SELECT COUNT(*) FROM handout h WHERE h.gate_id = g.id) FROM gate g WHERE g.event_id = $1 AND g.kind = 'handout'

-- What the chains of all people together must lead to.
-- figures_chained :maybe (event_id i64) -> (scans i64, stays i64)
SELECT (SELECT COUNT(*) FROM scan WHERE event_id = $1 AND delegate_id IS NOT NULL), (SELECT COUNT(*) FROM presence WHERE event_id = $1)

-- figures_all_delegates :many (event_id i64) -> (id i64, category_id i64, delegation_id i64?)
SELECT id, category_id, delegation_id FROM delegate WHERE event_id = $1

-- --- the past: everybody, and all that was scanned ---

-- figures_people :each (event_id i64) -> (id i64, category_id i64, delegation_id i64?, named i64, status text, replaces text?, absence text?)
SELECT id, category_id, delegation_id, CASE WHEN person_id IS NULL THEN 0 ELSE 1 END, status, replaces, absence FROM delegate WHERE event_id = $1

-- Of these, whom the desk put onto the list, named or replaced.
-- figures_changed_people :each (event_id i64) -> (id i64, category_id i64, delegation_id i64?, named i64, status text, replaces text?, absence text?)
SELECT id, category_id, delegation_id, CASE WHEN person_id IS NULL THEN 0 ELSE 1 END, status, replaces, absence FROM delegate
WHERE event_id = $1 AND id IN (SELECT delegate_id FROM amendment WHERE event_id = $1 AND kind IN ('walk_in', 'name_blank', 'substitute')
                               UNION SELECT other_id FROM amendment WHERE event_id = $1 AND kind = 'substitute' AND other_id IS NOT NULL)

-- figures_names :each (event_id i64) -> (id i64, code text?, name text?, number text?)
SELECT d.id, p.code, p.name, d.number FROM delegate d LEFT JOIN person p ON p.id = d.person_id WHERE d.event_id = $1
ORDER BY d.sort_order NULLS LAST, d.number NULLS LAST, d.id

-- The list's changes, the newest first, so that they can be taken back.
-- figures_amendments :many (event_id i64) -> (kind text, delegate_id i64, other_id i64?, detail text, made_ms i64)
SELECT kind, delegate_id, other_id, detail, made_ms FROM amendment
WHERE event_id = $1 AND kind IN ('walk_in', 'name_blank', 'substitute', 'absence') ORDER BY made_ms DESC, id DESC

-- figures_scans :each (event_id i64, at_ms i64, known_ms i64) -> (id i64, delegate_id i64, gate_id i64, outcome i64, true_ms i64, received_ms i64, by_group i64)
SELECT id, delegate_id, gate_id, CASE outcome WHEN 'admitted' THEN 1 WHEN 'left' THEN 2 WHEN 'already_in' THEN 3 WHEN 'handed_out' THEN 4 ELSE 0 END, true_ms, received_ms,
  CASE WHEN group_id IS NULL THEN 0 ELSE 1 END
FROM scan WHERE event_id = $1 AND delegate_id IS NOT NULL AND true_ms <= $2 AND received_ms <= $3

-- figures_undone :many (event_id i64, known_ms i64) -> (scan i64)
SELECT scan FROM correction WHERE event_id = $1 AND kind = 'undo' AND made_ms <= $2 ORDER BY scan

-- What a scan said before its door told otherwise.
-- figures_told :many (event_id i64, known_ms i64) -> (scan i64, outcome i64)
SELECT s.id, CASE a.detail WHEN 'admitted' THEN 1 WHEN 'left' THEN 2 WHEN 'already_in' THEN 3 WHEN 'handed_out' THEN 4 ELSE 0 END
FROM audit a JOIN scan s ON s.scan_id = a.subject WHERE a.action = 'checkin.told' AND a.at_ms > $2 AND s.event_id = $1 ORDER BY s.id

-- figures_newest :maybe (event_id i64) -> (true_ms i64?, received_ms i64?, made_ms i64?, amended_ms i64?)
SELECT (SELECT MAX(true_ms) FROM scan WHERE event_id = $1), (SELECT MAX(received_ms) FROM scan WHERE event_id = $1), (SELECT MAX(made_ms) FROM correction WHERE event_id = $1),
  (SELECT MAX(made_ms) FROM amendment WHERE event_id = $1)
