-- PINs of restricted papers: core/congress/papers/pin. PINs are compared in C and never a parameter of a search.

-- pin_session_find :maybe (id_hash text, now_ms i64) -> (delegate_id i64, kind text, passed i64, expires_ms i64)
SELECT delegate_id, kind, passed, expires_ms FROM pin_browser WHERE id_hash = $1 AND expires_ms > $2

-- pin_session_insert :exec (id_hash text, delegate_id i64, created_ms i64, expires_ms i64, kind text, passed i64)
INSERT INTO pin_browser(id_hash, delegate_id, created_ms, expires_ms, kind, passed) VALUES($1, $2, $3, $4, $5, $6)

-- pin_session_pass :exec (id_hash text)
UPDATE pin_browser SET passed = 1 WHERE id_hash = $1

-- pin_session_delete :exec (id_hash text)
DELETE FROM pin_browser WHERE id_hash = $1

-- A few at a time: whoever comes in the day after an event does not wait for 70 000 of them.
-- pin_session_delete_expired :exec (now_ms i64)
DELETE FROM pin_browser WHERE id_hash IN (SELECT id_hash FROM pin_browser WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT 50)

-- pin_session_delete_of_delegate :exec (delegate_id i64)
DELETE FROM pin_browser WHERE delegate_id = $1

-- pin_session_delete_of_person :exec (person_id i64)
DELETE FROM pin_browser WHERE delegate_id IN (SELECT id FROM delegate WHERE person_id = $1)

-- A delegate's good badge, else their good member card.
-- pin_token :maybe (delegate_id i64) -> (token text)
SELECT c.token FROM delegate d JOIN credential c ON c.delegate_id = d.id OR (c.delegate_id IS NULL AND c.event_id IS NULL AND c.person_id = d.person_id)
WHERE d.id = $1 AND c.revoked_ms IS NULL ORDER BY CASE WHEN c.delegate_id IS NULL THEN 1 ELSE 0 END, c.issue DESC, c.id DESC LIMIT 1

-- pin_of_delegate :maybe (delegate_id i64) -> (event_id i64, event text, rule text, ends_ms i64, person_id i64?, code text?, number text?, name text?, phone text?, status text, pin text?, wrong i64?, wait_until_ms i64?, number_wrong i64?, number_wait_until_ms i64?)
SELECT e.id, e.slug, e.pin, e.ends_ms, p.id, p.code, d.number, p.name, p.phone, d.status, b.pin, b.wrong, b.wait_until_ms, b.number_wrong, b.number_wait_until_ms
FROM delegate d JOIN event e ON e.id = d.event_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN badge_pin b ON b.delegate_id = d.id WHERE d.id = $1

-- pin_make_row :exec (delegate_id i64)
INSERT INTO badge_pin(delegate_id) VALUES($1) ON CONFLICT (delegate_id) DO NOTHING

-- pin_set :exec (delegate_id i64, pin text, made_ms i64)
UPDATE badge_pin SET pin = $2, made_ms = $3 WHERE delegate_id = $1

-- pin_wrong :exec (delegate_id i64, wrong i64, wait_until_ms i64, wrong_ms i64)
UPDATE badge_pin SET wrong = $2, wait_until_ms = $3, wrong_ms = $4 WHERE delegate_id = $1

-- pin_number_wrong :exec (delegate_id i64, wrong i64, wait_until_ms i64, wrong_ms i64)
UPDATE badge_pin SET number_wrong = $2, number_wait_until_ms = $3, wrong_ms = $4 WHERE delegate_id = $1

-- pin_cut :exec (delegate_id i64, wait_until_ms i64)
UPDATE badge_pin SET wait_until_ms = $2 WHERE delegate_id = $1

-- pin_number_cut :exec (delegate_id i64, wait_until_ms i64)
UPDATE badge_pin SET number_wait_until_ms = $2 WHERE delegate_id = $1

-- pin_right :exec (delegate_id i64)
UPDATE badge_pin SET wrong = 0, wait_until_ms = NULL, wrong_ms = NULL, number_wrong = 0, number_wait_until_ms = NULL WHERE delegate_id = $1

-- pin_reset :exec (delegate_id i64, reset_ms i64)
UPDATE badge_pin SET wrong = 0, wait_until_ms = NULL, wrong_ms = NULL, number_wrong = 0, number_wait_until_ms = NULL, reset_ms = $2 WHERE delegate_id = $1

-- pin_failing :maybe (event_id i64, recent_ms i64, day_ms i64) -> (recent i64, day i64)
SELECT COALESCE(SUM(CASE WHEN b.wrong_ms > $2 THEN 1 ELSE 0 END), 0), COUNT(*)
FROM badge_pin b JOIN delegate d ON d.id = b.delegate_id WHERE b.wrong_ms > $3 AND d.event_id = $1

-- pin_delegate_count :maybe (event_id i64) -> (total i64)
SELECT COUNT(*) FROM delegate WHERE event_id = $1

-- pin_forget_wrong :exec (event_id i64)
UPDATE badge_pin SET wrong_ms = NULL WHERE delegate_id IN (SELECT id FROM delegate WHERE event_id = $1)

-- pin_delegate_by_number :maybe (event_id i64, number text) -> (delegate_id i64)
SELECT id FROM delegate WHERE event_id = $1 AND number = $2 AND person_id IS NOT NULL AND status IN ('summoned', 'alternate')

-- pin_people :many (event_id i64) -> (delegate_id i64, phone text?, pin text?)
SELECT d.id, p.phone, b.pin FROM delegate d JOIN person p ON p.id = d.person_id LEFT JOIN badge_pin b ON b.delegate_id = d.id
WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate') ORDER BY d.id

-- pin_event :maybe (slug text) -> (id i64, rule text)
SELECT id, pin FROM event WHERE slug = $1
