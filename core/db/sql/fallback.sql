-- Printed lists and what is typed from them: core/congress/fallback.

-- Who stands on a list and has no code yet.
-- row_missing :many (event_id i64, most i64) -> (delegate_id i64)
SELECT d.id FROM delegate d WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate')
  AND NOT EXISTS (SELECT 1 FROM row_code r WHERE r.delegate_id = d.id) ORDER BY d.id LIMIT $2

-- row_unit :maybe (code text) -> (id i64, name text)
SELECT id, name FROM unit WHERE code = $1

-- row_used :many (event_id i64) -> (code text)
SELECT code FROM row_code WHERE event_id = $1

-- row_insert :exec (event_id i64, delegate_id i64, code text)
INSERT INTO row_code(event_id, delegate_id, code) VALUES($1, $2, $3)

-- row_people :many (event_id i64) -> (delegate_id i64, code text?, number text?, name text?, name_fold text?, name_sort text?, born text?, delegation text?, unit_id i64?, category_id i64, category text, seat text?, area_id i64?, since_ms i64?, until_ms i64?)
SELECT d.id, r.code, d.number, p.name, p.name_fold, p.name_sort, p.born, u.name, u.id, k.id, k.title, d.seat, s.area_id, s.since_ms, s.until_ms
FROM delegate d
JOIN category k ON k.id = d.category_id
LEFT JOIN row_code r ON r.delegate_id = d.id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate')
ORDER BY CASE WHEN u.id IS NULL THEN 1 ELSE 0 END, u.sort_order NULLS LAST, u.code NULLS LAST, CASE WHEN p.id IS NULL THEN 1 ELSE 0 END, p.name_sort, d.number, d.id

-- Who was given something at a gate, and when.
-- row_handed :many (gate_id i64) -> (delegate_id i64, given_ms i64)
SELECT delegate_id, given_ms FROM handout WHERE gate_id = $1 ORDER BY delegate_id

-- Whose row it is; the delegate is NULL when nobody has it any more.
-- row_find :maybe (event_id i64, code text) -> (delegate_id i64?, number text?, person text?, name text?, born text?, delegation text?, category text?, seat text?, status text?, token_id text?, namesakes i64)
SELECT d.id, d.number, p.code, p.name, p.born, u.name, k.title, d.seat, d.status,
  (SELECT c.token_id FROM credential c WHERE c.delegate_id = d.id ORDER BY CASE WHEN c.revoked_ms IS NULL THEN 0 ELSE 1 END, c.issue DESC LIMIT 1),
  (SELECT COUNT(*) FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.name_fold = p.name_fold)
FROM row_code r
LEFT JOIN delegate d ON d.id = r.delegate_id
LEFT JOIN category k ON k.id = d.category_id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
WHERE r.event_id = $1 AND r.code = $2

-- Of a person's code, or the number of a blank.
-- row_of :maybe (event_id i64, code text) -> (code text)
SELECT r.code FROM row_code r
WHERE r.delegate_id IN (SELECT n.id FROM delegate n WHERE n.event_id = $1 AND n.number = $2 AND n.person_id IS NULL
                        UNION ALL SELECT x.id FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.code = $2) LIMIT 1

-- row_typed :maybe (scan_id text) -> (received_ms i64, account text?, undone_ms i64?)
SELECT s.received_ms, a.name, c.made_ms FROM scan s LEFT JOIN account a ON a.id = s.account_id LEFT JOIN correction c ON c.scan = s.id AND c.kind = 'undo'
WHERE s.scan_id = $1

-- What was typed last of an event, for the page.
-- row_last :many (event_id i64, most i64) -> (scan_id text, true_ms i64, received_ms i64, outcome text, reason text?, direction text, conflict i64, name text?, number text?, delegation text?, gate text?, code text?, account text?, undone i64)
SELECT s.scan_id, s.true_ms, s.received_ms, s.outcome, s.reason, s.direction, s.conflict, p.name, d.number, u.name, g.title, r.code, a.name,
  CASE WHEN c.id IS NULL THEN 0 ELSE 1 END
FROM scan s
LEFT JOIN delegate d ON d.id = s.delegate_id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN gate g ON g.id = s.gate_id
LEFT JOIN row_code r ON r.delegate_id = d.id
LEFT JOIN account a ON a.id = s.account_id
LEFT JOIN correction c ON c.scan = s.id AND c.kind = 'undo'
WHERE s.event_id = $1 AND s.origin IS NOT NULL ORDER BY s.received_ms DESC, s.id DESC LIMIT $2
