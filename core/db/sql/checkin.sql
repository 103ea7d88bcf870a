-- The check-in path: core/congress/checkin. Everything here runs on the writer's connection.

-- checkin_badge :maybe (token_id text, event_id i64) -> (credential_id i64, credential_event_id i64?, revoked_ms i64?, delegate_id i64?, delegate_event_id i64?, status text?, category_id i64?, delegation_id i64?, number text?, seat text?, badge_box text?, person_id i64?, person_code text?, name text?, delegation text?, area_id i64?, gate_id i64?, since_ms i64?, until_ms i64?, attended_ms i64?, attended_gate_id i64?, last_scan i64?, last_presence i64?, effective_ms i64?, by_group i64?)
SELECT c.id, c.event_id, c.revoked_ms, d.id, d.event_id, d.status, d.category_id, d.delegation_id, d.number, d.seat, d.badge_box, p.id, p.code, p.name, u.name,
       s.area_id, s.gate_id, s.since_ms, s.until_ms, s.attended_ms, s.attended_gate_id, s.last_scan, s.last_presence, s.effective_ms, s.by_group
FROM credential c
LEFT JOIN delegate d ON d.id = COALESCE(c.delegate_id, (SELECT m.id FROM delegate m WHERE m.event_id = $2 AND m.person_id = c.person_id))
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE c.token_id = $1

-- checkin_delegate :maybe (event_id i64, code text) -> (token_id text?)
SELECT (SELECT c.token_id FROM credential c WHERE c.delegate_id = d.id ORDER BY CASE WHEN c.revoked_ms IS NULL THEN 0 ELSE 1 END, c.issue DESC LIMIT 1)
FROM delegate d LEFT JOIN person p ON p.id = d.person_id
WHERE d.id IN (SELECT n.id FROM delegate n WHERE n.event_id = $1 AND n.number = $2 AND n.person_id IS NULL
               UNION ALL SELECT x.id FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.code = $2)
ORDER BY CASE WHEN p.id IS NULL THEN 1 ELSE 0 END LIMIT 1

-- checkin_delegate_token :maybe (delegate_id i64) -> (token_id text)
SELECT token_id FROM credential WHERE delegate_id = $1 ORDER BY CASE WHEN revoked_ms IS NULL THEN 0 ELSE 1 END, issue DESC LIMIT 1

-- checkin_find_scan :maybe (scan_id text) -> (id i64, event_id i64, delegate_id i64?, token_id text, gate_id i64, direction text, outcome text, reason text?, scanned_ms i64, received_ms i64, device_id i64?, account_id i64?, first_ms i64?, first_gate_id i64?, conflict i64, decision text, true_ms i64, origin text?, group_id i64?)
SELECT id, event_id, delegate_id, token_id, gate_id, direction, outcome, reason, scanned_ms, received_ms, device_id, account_id, first_ms, first_gate_id, conflict, decision, true_ms, origin, group_id
FROM scan WHERE scan_id = $1

-- The answer was not heard in time, and the door told something else: that is the record (docs/decisions/0029).
-- checkin_tell :exec (id i64, decision text, outcome text, roster i64?, first_ms i64?, first_gate_id i64?)
UPDATE scan SET decision = $2, outcome = $3, roster = $4, first_ms = $5, first_gate_id = $6, conflict = 1 WHERE id = $1 AND decision = 'ask'

-- checkin_insert_scan :exec (id i64, scan_id text, event_id i64, delegate_id i64?, token_id text, gate_id i64, direction text, outcome text, reason text?, decision text, roster i64?, scanned_ms i64, age_ms i64?, true_ms i64, estimated i64, received_ms i64, device_id i64?, account_id i64?, first_ms i64?, first_gate_id i64?, conflict i64, previous i64?, roster_seq i64?, origin text?, group_id i64?)
INSERT INTO scan(id, scan_id, event_id, delegate_id, token_id, gate_id, direction, outcome, reason, decision, roster, scanned_ms, age_ms, true_ms, estimated,
                 received_ms, device_id, account_id, first_ms, first_gate_id, conflict, previous, roster_seq, origin, group_id)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)

-- One person's scans along their chain, without those that were taken back.
-- checkin_history :many (delegate_id i64) -> (id i64, gate_id i64, outcome text, reason text?, true_ms i64, received_ms i64, conflict i64, origin text?, group_id i64?)
WITH RECURSIVE past(id) AS (
  SELECT last_scan FROM delegate_state WHERE delegate_id = $1
  UNION ALL SELECT p.previous FROM past JOIN scan p ON p.id = past.id)
SELECT s.id, s.gate_id, s.outcome, s.reason, s.true_ms, s.received_ms, s.conflict, s.origin, s.group_id FROM past JOIN scan s ON s.id = past.id
WHERE NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id)
ORDER BY s.true_ms, s.received_ms, s.id

-- checkin_chain_length :maybe (delegate_id i64) -> (total i64)
WITH RECURSIVE past(id) AS (
  SELECT last_scan FROM delegate_state WHERE delegate_id = $1
  UNION ALL SELECT p.previous FROM past JOIN scan p ON p.id = past.id)
SELECT COUNT(id) FROM past

-- checkin_presence :many (delegate_id i64) -> (id i64, area_id i64, gate_id i64, from_ms i64, until_ms i64, closed i64, scan i64?, personal_ms i64?)
WITH RECURSIVE past(id) AS (
  SELECT last_presence FROM delegate_state WHERE delegate_id = $1
  UNION ALL SELECT p.previous FROM past JOIN presence p ON p.id = past.id)
SELECT s.id, s.area_id, s.gate_id, s.from_ms, s.until_ms, s.closed, s.scan, s.personal_ms FROM past JOIN presence s ON s.id = past.id ORDER BY s.from_ms, s.id

-- checkin_stay :maybe (id i64) -> (area_id i64, gate_id i64, from_ms i64, until_ms i64, previous i64?)
SELECT area_id, gate_id, from_ms, until_ms, previous FROM presence WHERE id = $1

-- checkin_end_stay :exec (id i64, until_ms i64, closed i64)
UPDATE presence SET until_ms = $2, closed = $3 WHERE id = $1

-- Somebody who was checked in with a group is seen themselves.
-- checkin_confirm_stay :exec (id i64, personal_ms i64?)
UPDATE presence SET personal_ms = $2 WHERE id = $1

-- checkin_remove_stay :exec (id i64)
DELETE FROM presence WHERE id = $1

-- checkin_add_stay :exec (id i64, event_id i64, delegate_id i64, area_id i64, gate_id i64, from_ms i64, until_ms i64, closed i64, scan i64, previous i64?, personal_ms i64?)
INSERT INTO presence(id, event_id, delegate_id, area_id, gate_id, from_ms, until_ms, closed, scan, previous, personal_ms)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- checkin_set_state :exec (delegate_id i64, event_id i64, area_id i64?, gate_id i64?, since_ms i64?, until_ms i64?, attended_ms i64?, attended_gate_id i64?, last_scan i64?, last_presence i64?, effective_ms i64?, by_group i64)
INSERT INTO delegate_state(delegate_id, event_id, area_id, gate_id, since_ms, until_ms, attended_ms, attended_gate_id, last_scan, last_presence, effective_ms, by_group)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (delegate_id) DO UPDATE SET area_id = excluded.area_id, gate_id = excluded.gate_id, since_ms = excluded.since_ms,
  until_ms = excluded.until_ms, attended_ms = excluded.attended_ms, attended_gate_id = excluded.attended_gate_id,
  last_scan = COALESCE(excluded.last_scan, delegate_state.last_scan), last_presence = excluded.last_presence, effective_ms = excluded.effective_ms,
  by_group = excluded.by_group

-- A scan that changes nothing but the chain.
-- checkin_follow :exec (delegate_id i64, event_id i64, last_scan i64)
INSERT INTO delegate_state(delegate_id, event_id, last_scan) VALUES($1, $2, $3) ON CONFLICT (delegate_id) DO UPDATE SET last_scan = excluded.last_scan

-- checkin_bump_event :maybe (event_id i64) -> (roster_seq i64)
UPDATE event SET roster_seq = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1 RETURNING roster_seq

-- checkin_mark_delegate :exec (delegate_id i64, roster_seq i64)
UPDATE delegate SET roster_seq = $2 WHERE id = $1

-- checkin_handout :maybe (delegate_id i64, gate_id i64) -> (given_ms i64)
SELECT given_ms FROM handout WHERE delegate_id = $1 AND gate_id = $2

-- checkin_hand_out :exec (delegate_id i64, gate_id i64, given_ms i64)
INSERT INTO handout(delegate_id, gate_id, given_ms) VALUES($1, $2, $3) ON CONFLICT (delegate_id, gate_id) DO NOTHING

-- checkin_take_back :exec (delegate_id i64, gate_id i64)
DELETE FROM handout WHERE delegate_id = $1 AND gate_id = $2
  AND NOT EXISTS (WITH RECURSIVE past(id) AS (
                    SELECT last_scan FROM delegate_state WHERE delegate_id = $1
                    UNION ALL SELECT p.previous FROM past JOIN scan p ON p.id = past.id)
                  SELECT 1 FROM past JOIN scan s ON s.id = past.id WHERE s.gate_id = $2 AND s.outcome = 'handed_out'
                  AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id))

-- checkin_add_correction :exec (id i64, event_id i64, scan i64, kind text, reason text?, made_ms i64, device_id i64?, account_id i64?)
INSERT INTO correction(id, event_id, scan, kind, reason, made_ms, device_id, account_id) VALUES($1, $2, $3, $4, $5, $6, $7, $8)

-- checkin_is_undone :maybe (scan i64) -> (made_ms i64)
SELECT made_ms FROM correction WHERE scan = $1 AND kind = 'undo'

-- checkin_delegate_row :maybe (delegate_id i64) -> (event_id i64, category_id i64, delegation_id i64?)
SELECT event_id, category_id, delegation_id FROM delegate WHERE id = $1

-- checkin_person_of_delegate :maybe (delegate_id i64) -> (person_code text?, number text?, name text?, delegation text?, category_id i64, seat text?, badge_box text?)
SELECT p.code, d.number, p.name, u.name, d.category_id, d.seat, d.badge_box
FROM delegate d LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = d.delegation_id WHERE d.id = $1
