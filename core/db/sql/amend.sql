-- What the desk changes of the list: core/congress/delegates/amend.h.

-- amend_find :many (event_id i64, word text) -> (id i64, person_id i64?, code text?, name text?, number text?, category_id i64, delegation_id i64?, mandate text?, status text, replaces text?, decision text?, absence text?, roles text?, group_name text?, sort_order i64?, seat text?, badge_box text?, needs text?, room text?, transport text?, diet text?, note text?, greet i64, attended_ms i64?)
SELECT d.id, d.person_id, p.code, p.name, d.number, d.category_id, d.delegation_id, d.mandate, d.status, d.replaces, d.decision, d.absence, d.roles, d.group_name,
  d.sort_order, d.seat, d.badge_box, d.needs, d.room, d.transport, d.diet, d.note, d.greet, s.attended_ms
FROM delegate d LEFT JOIN person p ON p.id = d.person_id LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.id IN (SELECT n.id FROM delegate n WHERE n.event_id = $1 AND n.number = $2
               UNION ALL SELECT x.id FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.code = $2)

-- amend_person :maybe (code text) -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob FROM person WHERE code = $1

-- amend_same_name :many (event_id i64, name_fold text) -> (code text, name text, born text?, unit text?)
SELECT p.code, p.name, p.born, u.name FROM person p JOIN delegate d ON d.person_id = p.id AND d.event_id = $1 LEFT JOIN unit u ON u.id = d.delegation_id
WHERE p.name_fold = $2 ORDER BY p.code

-- amend_languages :maybe () -> (languages text?)
SELECT languages FROM organization WHERE id = 1

-- amend_number_taken :maybe (event_id i64, number text) -> (id i64)
SELECT id FROM delegate WHERE event_id = $1 AND number = $2

-- amend_set_note :exec (id i64, note text?)
UPDATE delegate SET note = $2 WHERE id = $1

-- amend_write :exec (id i64, request text, event_id i64, delegate_id i64, other_id i64?, kind text, detail text, made_ms i64, actor text)
INSERT INTO amendment(id, request, event_id, delegate_id, other_id, kind, detail, made_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- amend_by_request :maybe (request text) -> (event_id i64, kind text, delegate_id i64, code text?, number text?, name text?)
SELECT a.event_id, a.kind, a.delegate_id, p.code, d.number, p.name
FROM amendment a JOIN delegate d ON d.id = a.delegate_id LEFT JOIN person p ON p.id = d.person_id WHERE a.request = $1

-- amend_history :many (delegate_id i64) -> (request text, kind text, detail text, made_ms i64, actor text, other_code text?, other_name text?, is_other i64)
SELECT a.request, a.kind, a.detail, a.made_ms, a.actor, p.code, p.name, CASE WHEN a.delegate_id = $1 THEN 0 ELSE 1 END
FROM amendment a LEFT JOIN delegate o ON o.id = CASE WHEN a.delegate_id = $1 THEN a.other_id ELSE a.delegate_id END LEFT JOIN person p ON p.id = o.person_id
WHERE a.delegate_id = $1 OR a.other_id = $1 ORDER BY a.made_ms DESC, a.id DESC

-- amend_badges :maybe (code text) -> (good i64, total i64)
SELECT CAST(COALESCE(SUM(CASE WHEN c.revoked_ms IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*)
FROM credential c JOIN person p ON p.id = c.person_id WHERE p.code = $1 AND c.event_id IS NOT NULL

-- Along the person's chain of scans (docs/decisions/0032-million.md).
-- amend_scans :many (delegate_id i64, most i64) -> (scan_id text, true_ms i64, direction text, outcome text, reason text?, gate_id i64, by text?, undone i64)
WITH RECURSIVE past(id) AS (
  SELECT last_scan FROM delegate_state WHERE delegate_id = $1 AND last_scan IS NOT NULL
  UNION ALL SELECT s.previous FROM past JOIN scan s ON s.id = past.id WHERE s.previous IS NOT NULL)
SELECT s.scan_id, s.true_ms, s.direction, s.outcome, s.reason, s.gate_id, COALESCE(g.name, o.name), CASE WHEN EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id AND c.kind = 'undo') THEN 1 ELSE 0 END
FROM past JOIN scan s ON s.id = past.id LEFT JOIN device g ON g.id = s.device_id LEFT JOIN account o ON o.id = s.account_id ORDER BY s.true_ms DESC, s.id DESC LIMIT $2

-- What the desk's card shows beside amend_find; who stands for whom. At most one is the substitute of somebody: their mandate went over once.
-- card :maybe (id i64) -> (honorific text?, title text?, born text?, photo_blob text?, delegation text?, category text, category_color text?, area_id i64?, gate_id i64?, since_ms i64?, until_ms i64?, replaced_name text?, substitute_code text?, substitute_name text?)
SELECT p.honorific, p.title, p.born, p.photo_blob, u.name, k.code, k.color, s.area_id, s.gate_id, s.since_ms, s.until_ms, o.name, n.code, n.name
FROM delegate d
JOIN category k ON k.id = d.category_id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
LEFT JOIN person o ON o.code = d.replaces
LEFT JOIN person n ON n.id = (SELECT x.person_id FROM delegate x WHERE x.event_id = d.event_id AND d.status = 'replaced' AND x.replaces = p.code ORDER BY x.id DESC LIMIT 1)
WHERE d.id = $1
