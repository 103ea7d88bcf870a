-- The room of a delegation: core/congress/delegation. A delegation is the people of one event who are listed under one unit.

-- Of the summoned: here are those who are in the event's first area, elsewhere those who are in another one; absent those who are neither and of whom it was said.
-- delegation_list :many (event_id i64, area_id i64, now_ms i64) -> (id i64, code text, name text, expected i64, here i64, elsewhere i64, absent i64, by_group i64, alternates i64)
SELECT u.id, u.code, u.name,
  COALESCE(SUM(CASE WHEN d.status = 'summoned' THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN d.status = 'summoned' AND s.area_id = $2 AND s.since_ms <= $3 AND s.until_ms > $3 THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN d.status = 'summoned' AND s.area_id <> $2 AND s.since_ms <= $3 AND s.until_ms > $3 THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN d.status = 'summoned' AND d.absence IS NOT NULL AND NOT COALESCE(s.area_id IS NOT NULL AND s.since_ms <= $3 AND s.until_ms > $3, 1 = 0) THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN d.status = 'summoned' AND s.area_id IS NOT NULL AND s.since_ms <= $3 AND s.until_ms > $3 AND s.by_group = 1 THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN d.status = 'alternate' AND s.area_id IS NOT NULL AND s.since_ms <= $3 AND s.until_ms > $3 THEN 1 ELSE 0 END), 0)
FROM delegate d JOIN unit u ON u.id = d.delegation_id LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.event_id = $1 AND d.person_id IS NOT NULL AND d.status IN ('summoned', 'alternate')
GROUP BY u.id, u.code, u.name, u.sort_order ORDER BY u.sort_order NULLS LAST, u.code

-- delegation_unit :maybe (code text) -> (id i64, code text, name text)
SELECT id, code, name FROM unit WHERE code = $1

-- delegation_unit_by_id :maybe (id i64) -> (id i64, code text, name text)
SELECT id, code, name FROM unit WHERE id = $1

-- delegation_members :many (event_id i64, unit_id i64) -> (id i64, code text, name text, honorific text?, title text?, number text?, status text, category_id i64, absence text?, roles text?, area_id i64?, gate_id i64?, since_ms i64?, until_ms i64?, by_group i64?)
SELECT d.id, p.code, p.name, p.honorific, p.title, d.number, d.status, d.category_id, d.absence, d.roles, s.area_id, s.gate_id, s.since_ms, s.until_ms, s.by_group
FROM delegate d JOIN person p ON p.id = d.person_id LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.event_id = $1 AND d.delegation_id = $2 AND d.status IN ('summoned', 'alternate')
ORDER BY CASE WHEN d.status = 'summoned' THEN 0 ELSE 1 END, d.sort_order NULLS LAST, p.name_sort, d.id

-- delegation_member :maybe (event_id i64, unit_id i64, code text) -> (id i64, area_id i64?, since_ms i64?, until_ms i64?)
SELECT d.id, s.area_id, s.since_ms, s.until_ms
FROM person p JOIN delegate d ON d.person_id = p.id AND d.event_id = $1 LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE p.code = $3 AND d.delegation_id = $2 AND d.status IN ('summoned', 'alternate')

-- --- heads ---

-- delegation_head :maybe (event_id i64, delegate_id i64) -> (unit_id i64?, code text, name text, roles text?, status text, head_pin i64)
SELECT d.delegation_id, p.code, p.name, d.roles, d.status, e.head_pin
FROM delegate d JOIN person p ON p.id = d.person_id JOIN event e ON e.id = d.event_id WHERE d.id = $2 AND d.event_id = $1

-- delegation_heads :many (event_id i64) -> (unit_id i64, code text, name text, number text?, roles text)
SELECT d.delegation_id, p.code, p.name, d.number, d.roles FROM delegate d JOIN person p ON p.id = d.person_id
WHERE d.event_id = $1 AND d.delegation_id IS NOT NULL AND d.status IN ('summoned', 'alternate') AND d.roles LIKE '%head_of_delegation%' ORDER BY d.id

-- delegation_accounts :many (event_id i64, now_ms i64) -> (unit_id i64, name text)
SELECT r.unit_id, a.name FROM account_role r JOIN account a ON a.id = r.account_id
WHERE r.role = 'head' AND (r.event_id = 0 OR r.event_id = $1) AND (r.until_ms IS NULL OR r.until_ms > $2) AND a.disabled_ms IS NULL ORDER BY a.name

-- delegation_settings :maybe (event_id i64) -> (group_quorum i64, head_pin i64)
SELECT group_quorum, head_pin FROM event WHERE id = $1

-- Figures and pages follow.
-- delegation_settings_set :exec (event_id i64, group_quorum i64, head_pin i64)
UPDATE event SET group_quorum = $2, head_pin = $3, config_seq = config_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1

-- --- groups ---

-- group_find :maybe (request text) -> (id i64, event_id i64, unit_id i64, gate_id i64, made_ms i64, actor text, undone_ms i64?)
SELECT id, event_id, unit_id, gate_id, made_ms, actor, undone_ms FROM group_checkin WHERE request = $1

-- group_insert :exec (id i64, request text, event_id i64, unit_id i64, gate_id i64, made_ms i64, actor text)
INSERT INTO group_checkin(id, request, event_id, unit_id, gate_id, made_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7)

-- group_undone :exec (id i64, undone_ms i64, undone_by text)
UPDATE group_checkin SET undone_ms = COALESCE(undone_ms, $2), undone_by = COALESCE(undone_by, $3) WHERE id = $1

-- group_list :many (event_id i64, unit_id i64, since_ms i64) -> (request text, made_ms i64, actor text, undone_ms i64?, admitted i64)
SELECT g.request, g.made_ms, g.actor, g.undone_ms,
  (SELECT COUNT(*) FROM scan s WHERE s.group_id = g.id AND s.outcome = 'admitted' AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id))
FROM group_checkin g WHERE g.event_id = $1 AND g.unit_id = $2 AND g.made_ms >= $3 ORDER BY g.made_ms DESC

-- In the order in which they were checked in; `after` is the last one seen.
-- group_scans :many (group_id i64, after i64, most i64) -> (id i64, scan_id text, delegate_id i64?, code text?, name text?, outcome text, reason text?, undone i64)
SELECT s.id, s.scan_id, s.delegate_id, p.code, p.name, s.outcome, s.reason, CASE WHEN EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id) THEN 1 ELSE 0 END
FROM scan s LEFT JOIN delegate d ON d.id = s.delegate_id LEFT JOIN person p ON p.id = d.person_id
WHERE s.group_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3

-- --- reports ---

-- delegation_report_find :maybe (request text) -> (event_id i64, unit_id i64)
SELECT event_id, unit_id FROM delegation_report WHERE request = $1

-- delegation_report_add :exec (id i64, request text, event_id i64, unit_id i64, made_ms i64, actor text, said i64, expected i64, here i64, elsewhere i64, absent i64)
INSERT INTO delegation_report(id, request, event_id, unit_id, made_ms, actor, said, expected, here, elsewhere, absent) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- The last one of each delegation is the last row of it.
-- delegation_reports :many (event_id i64) -> (unit_id i64, made_ms i64, actor text, said i64, expected i64, here i64, elsewhere i64, absent i64)
SELECT unit_id, made_ms, actor, said, expected, here, elsewhere, absent FROM delegation_report WHERE event_id = $1 ORDER BY unit_id, made_ms, id

-- delegation_report_last :maybe (event_id i64, unit_id i64) -> (unit_id i64, made_ms i64, actor text, said i64, expected i64, here i64, elsewhere i64, absent i64)
SELECT unit_id, made_ms, actor, said, expected, here, elsewhere, absent FROM delegation_report WHERE event_id = $1 AND unit_id = $2 ORDER BY made_ms DESC, id DESC LIMIT 1
