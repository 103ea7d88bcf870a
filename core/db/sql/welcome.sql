-- Screens that greet whoever was just admitted: core/congress/welcome.

-- Who is greeted is this one condition, in both: let in (not "is in already", not refused, and told so by rule and door alike), by themselves and not with a
-- bus, not taken back, not known too late, not typed from paper, a delegate of the event who has a name and does not mind.
-- welcome_guests :many (event_id i64, gate_id i64, from_ms i64, late_ms i64, most i64) -> (scan_id text, received_ms i64, name text, honorific text?, seat text?, photo_blob text?)
SELECT s.scan_id, s.received_ms, p.name, p.honorific, d.seat, p.photo_blob
FROM scan s JOIN delegate d ON d.id = s.delegate_id AND d.event_id = s.event_id JOIN person p ON p.id = d.person_id
WHERE s.event_id = $1 AND s.received_ms >= $3 AND s.gate_id = $2 AND s.outcome = 'admitted' AND s.group_id IS NULL AND s.conflict = 0 AND s.received_ms - s.true_ms <= $4 AND d.greet = 1
  AND s.origin IS NULL AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id)
ORDER BY s.received_ms DESC, s.id DESC LIMIT $5

-- welcome_guest :maybe (scan_id text, event_id i64, gate_id i64, from_ms i64, late_ms i64) -> (photo_blob text?)
SELECT p.photo_blob
FROM scan s JOIN delegate d ON d.id = s.delegate_id AND d.event_id = s.event_id JOIN person p ON p.id = d.person_id
WHERE s.scan_id = $1 AND s.event_id = $2 AND s.received_ms >= $4 AND s.gate_id = $3 AND s.outcome = 'admitted' AND s.group_id IS NULL AND s.conflict = 0 AND s.received_ms - s.true_ms <= $5
  AND d.greet = 1 AND s.origin IS NULL AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id)

-- welcome_event :maybe (event_id i64) -> (welcome text?)
SELECT welcome FROM event WHERE id = $1

-- welcome_event_set :exec (event_id i64, welcome text?)
UPDATE event SET welcome = $2, config_seq = config_seq + 1 WHERE id = $1

-- welcome_codes :many (event_id i64) -> (gate_id i64, code text, screens i64)
SELECT c.gate_id, c.code, (SELECT COUNT(*) FROM welcome_screen w WHERE w.gate_id = c.gate_id)
FROM welcome_code c JOIN gate g ON g.id = c.gate_id WHERE g.event_id = $1 ORDER BY g.sort_order, g.code

-- welcome_code_set :exec (gate_id i64, code text, made_ms i64)
INSERT INTO welcome_code(gate_id, code, made_ms) VALUES($1, $2, $3)
ON CONFLICT (gate_id) DO UPDATE SET code = excluded.code, made_ms = excluded.made_ms

-- welcome_code_find :maybe (gate_id i64) -> (code text)
SELECT code FROM welcome_code WHERE gate_id = $1

-- welcome_screens_end :exec (gate_id i64)
DELETE FROM welcome_screen WHERE gate_id = $1

-- welcome_screens_expire :exec (now_ms i64)
DELETE FROM welcome_screen WHERE expires_ms <= $1

-- welcome_screen_insert :exec (id_hash text, gate_id i64, created_ms i64, expires_ms i64)
INSERT INTO welcome_screen(id_hash, gate_id, created_ms, expires_ms) VALUES($1, $2, $3, $4)

-- welcome_screen_find :maybe (id_hash text, gate_id i64, now_ms i64) -> (expires_ms i64)
SELECT expires_ms FROM welcome_screen WHERE id_hash = $1 AND gate_id = $2 AND expires_ms > $3
