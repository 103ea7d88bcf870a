-- Pairing codes and devices; used by core/congress/device.c.

-- pairing_insert :exec (code_hash text, event_id i64, gate_id i64, expires_ms i64)
INSERT INTO pairing(code_hash, event_id, gate_id, expires_ms) VALUES($1, $2, $3, $4);

-- pairing_delete_old :exec (now_ms i64)
DELETE FROM pairing WHERE used_ms IS NOT NULL OR expires_ms <= $1;

-- pairing_find :maybe (code_hash text, now_ms i64) -> (event_id i64, gate_id i64)
SELECT event_id, gate_id FROM pairing WHERE code_hash = $1 AND used_ms IS NULL AND expires_ms > $2;

-- pairing_use :exec (code_hash text, used_ms i64)
UPDATE pairing SET used_ms = $2 WHERE code_hash = $1 AND used_ms IS NULL;

-- device_insert :exec (id i64, code text, name text, key_hash text, event_id i64, gate_id i64, created_ms i64, account_id i64?)
INSERT INTO device(id, code, name, key_hash, event_id, gate_id, created_ms, account_id) VALUES($1, $2, $3, $4, $5, $6, $7, $8);

-- device_by_key :maybe (key_hash text) -> (id i64, code text, name text, event_id i64, gate_id i64, event_slug text, gate_code text, created_ms i64, revoked_ms i64?, last_seen_ms i64?, clock_offset_ms i64?, roster_version i64?, roster_ms i64?, waiting i64?, waiting_since_ms i64?, set_aside i64?, account_id i64?, account text?)
SELECT d.id, d.code, d.name, d.event_id, d.gate_id, e.slug, g.code, d.created_ms, d.revoked_ms, d.last_seen_ms, d.clock_offset_ms, d.roster_version,
  d.roster_ms, d.waiting, d.waiting_since_ms, d.set_aside, d.account_id, a.name
FROM device d JOIN event e ON e.id = d.event_id JOIN gate g ON g.id = d.gate_id LEFT JOIN account a ON a.id = d.account_id WHERE d.key_hash = $1;

-- device_by_code :maybe (code text) -> (id i64, code text, name text, event_id i64, gate_id i64, event_slug text, gate_code text, created_ms i64, revoked_ms i64?, last_seen_ms i64?, clock_offset_ms i64?, roster_version i64?, roster_ms i64?, waiting i64?, waiting_since_ms i64?, set_aside i64?, account_id i64?, account text?)
SELECT d.id, d.code, d.name, d.event_id, d.gate_id, e.slug, g.code, d.created_ms, d.revoked_ms, d.last_seen_ms, d.clock_offset_ms, d.roster_version,
  d.roster_ms, d.waiting, d.waiting_since_ms, d.set_aside, d.account_id, a.name
FROM device d JOIN event e ON e.id = d.event_id JOIN gate g ON g.id = d.gate_id LEFT JOIN account a ON a.id = d.account_id WHERE d.code = $1;

-- device_list :many (event_id i64) -> (id i64, code text, name text, event_id i64, gate_id i64, event_slug text, gate_code text, created_ms i64, revoked_ms i64?, last_seen_ms i64?, clock_offset_ms i64?, roster_version i64?, roster_ms i64?, waiting i64?, waiting_since_ms i64?, set_aside i64?, account_id i64?, account text?)
SELECT d.id, d.code, d.name, d.event_id, d.gate_id, e.slug, g.code, d.created_ms, d.revoked_ms, d.last_seen_ms, d.clock_offset_ms, d.roster_version,
  d.roster_ms, d.waiting, d.waiting_since_ms, d.set_aside, d.account_id, a.name
FROM device d JOIN event e ON e.id = d.event_id JOIN gate g ON g.id = d.gate_id LEFT JOIN account a ON a.id = d.account_id
WHERE $1 = CAST(0 AS BIGINT) OR d.event_id = $1 ORDER BY d.created_ms, d.id;

-- device_revoke :exec (code text, revoked_ms i64)
UPDATE device SET revoked_ms = COALESCE(revoked_ms, $2) WHERE code = $1;

-- device_seen :exec (id i64, last_seen_ms i64, clock_offset_ms i64?, roster_version i64?)
UPDATE device SET last_seen_ms = $2, clock_offset_ms = COALESCE($3, clock_offset_ms), roster_version = COALESCE($4, roster_version) WHERE id = $1;

-- device_report :exec (id i64, last_seen_ms i64, roster_version i64?, waiting i64?, waiting_since_ms i64?, set_aside i64?)
UPDATE device SET last_seen_ms = $2, roster_ms = $2, roster_version = COALESCE($3, roster_version), waiting = $4, waiting_since_ms = $5, set_aside = $6 WHERE id = $1;

-- What a scan file of the device is sealed with.
-- device_key_hash :maybe (code text) -> (key_hash text)
SELECT key_hash FROM device WHERE code = $1;
