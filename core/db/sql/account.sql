-- Accounts of staff and browser sessions; used by core/congress/account.c.

-- account_insert :exec (id i64, name text, password_hash text, must_change i64, created_ms i64)
INSERT INTO account(id, name, password_hash, must_change, created_ms) VALUES($1, $2, $3, $4, $5);

-- account_role_insert :exec (account_id i64, role text, event_id i64, unit_id i64, until_ms i64?)
INSERT INTO account_role(account_id, role, event_id, unit_id, until_ms) VALUES($1, $2, $3, $4, $5)
ON CONFLICT (account_id, role, event_id, unit_id) DO UPDATE SET until_ms = excluded.until_ms;

-- account_role_delete :exec (account_id i64, role text, event_id i64, unit_id i64)
DELETE FROM account_role WHERE account_id = $1 AND role = $2 AND event_id = $3 AND unit_id = $4;

-- account_find :maybe (name text) -> (id i64, name text, password_hash text, must_change i64, created_ms i64, disabled_ms i64?, version i64)
SELECT id, name, password_hash, must_change, created_ms, disabled_ms, version FROM account WHERE name = $1;

-- account_by_id :maybe (id i64) -> (id i64, name text, password_hash text, must_change i64, created_ms i64, disabled_ms i64?, version i64)
SELECT id, name, password_hash, must_change, created_ms, disabled_ms, version FROM account WHERE id = $1;

-- account_list :many () -> (id i64, name text, password_hash text, must_change i64, created_ms i64, disabled_ms i64?, version i64)
SELECT id, name, password_hash, must_change, created_ms, disabled_ms, version FROM account ORDER BY name;

-- account_roles :many (account_id i64) -> (role text, event_id i64, unit_id i64, until_ms i64?)
SELECT role, event_id, unit_id, until_ms FROM account_role WHERE account_id = $1 ORDER BY role, event_id, unit_id;

-- What a page calls them: of one account, or of all (0).
-- account_roles_named :many (account_id i64) -> (account_id i64, role text, event_id i64, unit_id i64, until_ms i64?, slug text?, title text?, timezone text?, unit_code text?, unit_name text?)
SELECT r.account_id, r.role, r.event_id, r.unit_id, r.until_ms, e.slug, e.title, e.timezone, u.code, u.name
FROM account_role r LEFT JOIN event e ON e.id = r.event_id LEFT JOIN unit u ON u.id = r.unit_id
WHERE $1 = CAST(0 AS BIGINT) OR r.account_id = $1 ORDER BY r.account_id, e.starts_ms, r.event_id, r.role, u.code;

-- A role in words.
-- account_role_words :maybe (event_id i64, unit_id i64) -> (slug text?, unit text?)
SELECT (SELECT slug FROM event WHERE id = $1), (SELECT code FROM unit WHERE id = $2);

-- Whoever answers for everything for good, but for one account.
-- account_other_organisers :maybe (but_id i64) -> (total i64)
SELECT COUNT(*) FROM account a JOIN account_role r ON r.account_id = a.id
WHERE r.role = 'organiser' AND r.event_id = 0 AND r.until_ms IS NULL AND a.disabled_ms IS NULL AND a.id <> $1;

-- account_step :exec (id i64, version i64)
UPDATE account SET version = version + 1 WHERE id = $1 AND version = $2;

-- account_enable :exec (id i64)
UPDATE account SET disabled_ms = NULL WHERE id = $1;

-- account_set_password :exec (id i64, password_hash text, must_change i64)
UPDATE account SET password_hash = $2, must_change = $3 WHERE id = $1;

-- account_disable :exec (id i64, disabled_ms i64)
UPDATE account SET disabled_ms = COALESCE(disabled_ms, $2) WHERE id = $1;

-- web_session_insert :exec (id_hash text, kind text, account_id i64?, event_id i64?, csrf text, created_ms i64, expires_ms i64, wall_id i64?, sign_in_id i64?)
INSERT INTO web_session(id_hash, kind, account_id, event_id, csrf, created_ms, expires_ms, wall_id, sign_in_id) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- web_session_find :maybe (id_hash text, now_ms i64) -> (kind text, account_id i64?, event_id i64?, csrf text, created_ms i64, expires_ms i64, wall_id i64?, sign_in_id i64?)
SELECT kind, account_id, event_id, csrf, created_ms, expires_ms, wall_id, sign_in_id FROM web_session WHERE id_hash = $1 AND expires_ms > $2;

-- web_session_delete :exec (id_hash text)
DELETE FROM web_session WHERE id_hash = $1;

-- web_session_delete_expired :exec (now_ms i64)
DELETE FROM web_session WHERE expires_ms <= $1;

-- web_session_delete_of_account :exec (account_id i64)
DELETE FROM web_session WHERE account_id = $1;

-- --- who signed in ---

-- sign_in_insert :exec (id i64, account_id i64, at_ms i64, outcome text, way text, browser text, machine text)
INSERT INTO sign_in(id, account_id, at_ms, outcome, way, browser, machine) VALUES($1, $2, $3, $4, $5, $6, $7);

-- sign_in_prune :exec (before_ms i64)
DELETE FROM sign_in WHERE at_ms < $1;

-- The newest first, from one on.
-- sign_in_list :many (account_id i64, before_id i64, most i64) -> (id i64, at_ms i64, outcome text, way text, browser text, machine text, ended_ms i64?, ended_by text?)
SELECT id, at_ms, outcome, way, browser, machine, ended_ms, ended_by FROM sign_in WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- By account: when somebody came in last.
-- sign_in_last :many () -> (account_id i64, at_ms i64)
SELECT account_id, MAX(at_ms) FROM sign_in WHERE outcome IN ('in', 'changed') GROUP BY account_id;

-- sign_in_wrong :maybe (account_id i64, since_ms i64) -> (total i64)
SELECT COUNT(*) FROM sign_in WHERE account_id = $1 AND at_ms >= $2 AND outcome = 'wrong';

-- sign_in_end :exec (id i64, account_id i64, at_ms i64, actor text)
UPDATE sign_in SET ended_ms = $3, ended_by = $4 WHERE id = $1 AND account_id = $2 AND ended_ms IS NULL;

-- sign_in_end_open :exec (account_id i64, but_id i64, at_ms i64, actor text)
UPDATE sign_in SET ended_ms = $3, ended_by = $4 WHERE account_id = $1 AND ended_ms IS NULL AND id IN
  (SELECT sign_in_id FROM web_session WHERE account_id = $1 AND sign_in_id IS NOT NULL AND sign_in_id <> $2 AND expires_ms > $3);

-- sessions_open :many (account_id i64, now_ms i64) -> (sign_in_id i64?, created_ms i64, expires_ms i64, way text?, browser text?, machine text?)
SELECT w.sign_in_id, w.created_ms, w.expires_ms, s.way, s.browser, s.machine FROM web_session w LEFT JOIN sign_in s ON s.id = w.sign_in_id
WHERE w.account_id = $1 AND w.expires_ms > $2 ORDER BY w.created_ms DESC;

-- session_end :exec (account_id i64, sign_in_id i64)
DELETE FROM web_session WHERE account_id = $1 AND sign_in_id = $2;

-- All of an account, but for one.
-- session_end_others :exec (account_id i64, but_hash text)
DELETE FROM web_session WHERE account_id = $1 AND id_hash <> $2;
