-- Accounts of staff and browser sessions; used by core/congress/account.c.

-- account_insert :exec (id i64, name text, password_hash text, must_change i64, created_ms i64)
INSERT INTO account(id, name, password_hash, must_change, created_ms) VALUES($1, $2, $3, $4, $5);

-- account_role_insert :exec (account_id i64, role text, event_id i64, unit_id i64)
INSERT INTO account_role(account_id, role, event_id, unit_id) VALUES($1, $2, $3, $4)
ON CONFLICT (account_id, role, event_id, unit_id) DO NOTHING;

-- account_find :maybe (name text) -> (id i64, name text, password_hash text, must_change i64, disabled_ms i64?)
SELECT id, name, password_hash, must_change, disabled_ms FROM account WHERE name = $1;

-- account_by_id :maybe (id i64) -> (id i64, name text, password_hash text, must_change i64, disabled_ms i64?)
SELECT id, name, password_hash, must_change, disabled_ms FROM account WHERE id = $1;

-- account_list :many () -> (id i64, name text, password_hash text, must_change i64, disabled_ms i64?)
SELECT id, name, password_hash, must_change, disabled_ms FROM account ORDER BY name;

-- account_roles :many (account_id i64) -> (role text, event_id i64, unit_id i64)
SELECT role, event_id, unit_id FROM account_role WHERE account_id = $1 ORDER BY role, event_id, unit_id;

-- account_set_password :exec (id i64, password_hash text, must_change i64)
UPDATE account SET password_hash = $2, must_change = $3 WHERE id = $1;

-- account_disable :exec (id i64, disabled_ms i64)
UPDATE account SET disabled_ms = COALESCE(disabled_ms, $2) WHERE id = $1;

-- web_session_insert :exec (id_hash text, kind text, account_id i64?, event_id i64?, csrf text, created_ms i64, expires_ms i64, wall_id i64?)
INSERT INTO web_session(id_hash, kind, account_id, event_id, csrf, created_ms, expires_ms, wall_id) VALUES($1, $2, $3, $4, $5, $6, $7, $8);

-- web_session_find :maybe (id_hash text, now_ms i64) -> (kind text, account_id i64?, event_id i64?, csrf text, created_ms i64, expires_ms i64, wall_id i64?)
SELECT kind, account_id, event_id, csrf, created_ms, expires_ms, wall_id FROM web_session WHERE id_hash = $1 AND expires_ms > $2;

-- web_session_delete :exec (id_hash text)
DELETE FROM web_session WHERE id_hash = $1;

-- web_session_delete_expired :exec (now_ms i64)
DELETE FROM web_session WHERE expires_ms <= $1;

-- web_session_delete_of_account :exec (account_id i64)
DELETE FROM web_session WHERE account_id = $1;
