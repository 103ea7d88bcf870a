-- PINs of restricted papers: core/congress/papers/pin. PINs are compared in C and never a parameter of a search.

-- pin_session_find :maybe (id_hash text, now_ms i64) -> (delegate_id i64, kind text, passed i64, expires_ms i64)
SELECT delegate_id, kind, passed, expires_ms FROM pin_browser WHERE id_hash = $1 AND expires_ms > $2

-- pin_session_insert :exec (id_hash text, delegate_id i64, created_ms i64, expires_ms i64, kind text, passed i64)
INSERT INTO pin_browser(id_hash, delegate_id, created_ms, expires_ms, kind, passed) VALUES($1, $2, $3, $4, $5, $6)

-- pin_session_pass :exec (id_hash text)
UPDATE pin_browser SET passed = 1 WHERE id_hash = $1

-- pin_session_delete :exec (id_hash text)
DELETE FROM pin_browser WHERE id_hash = $1

-- pin_session_delete_expired :exec (now_ms i64)
DELETE FROM pin_browser WHERE expires_ms <= $1

-- pin_session_delete_of_delegate :exec (delegate_id i64)
DELETE FROM pin_browser WHERE delegate_id = $1

-- pin_session_delete_of_person :exec (person_id i64)
DELETE FROM pin_browser WHERE delegate_id IN (SELECT id FROM delegate WHERE person_id = $1)

-- A delegate's good badge, else their good member card.
-- pin_token :maybe (delegate_id i64) -> (token text)
SELECT c.token FROM delegate d JOIN credential c ON c.delegate_id = d.id OR (c.delegate_id IS NULL AND c.event_id IS NULL AND c.person_id = d.person_id)
WHERE d.id = $1 AND c.revoked_ms IS NULL ORDER BY CASE WHEN c.delegate_id IS NULL THEN 1 ELSE 0 END, c.issue DESC, c.id DESC LIMIT 1
