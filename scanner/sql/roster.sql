-- What the gate knows: scanner/roster.

-- spool_roster_mark :maybe () -> (version i64, generation i64, offset_ms i64, fetched_ms i64)
SELECT version, generation, offset_ms, fetched_ms FROM roster_head WHERE id = 1;

-- spool_roster_head_read :maybe () -> (version i64, generation i64, etag text?, offset_ms i64, fetched_ms i64, head text, server_ms i64?, steady_ms i64?, boot_id text?, heard_steady_ms i64?)
SELECT version, generation, etag, offset_ms, fetched_ms, head, server_ms, steady_ms, boot_id, heard_steady_ms FROM roster_head WHERE id = 1;

-- spool_roster_head_write :exec (version i64, generation i64, etag text?, offset_ms i64, fetched_ms i64, head text, server_ms i64?, steady_ms i64?, boot_id text?)
INSERT INTO roster_head(id, version, generation, etag, offset_ms, fetched_ms, head, server_ms, steady_ms, boot_id, heard_steady_ms) VALUES(1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $8)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, generation = excluded.generation, etag = excluded.etag, offset_ms = excluded.offset_ms,
  fetched_ms = excluded.fetched_ms, head = excluded.head, server_ms = excluded.server_ms, steady_ms = excluded.steady_ms, boot_id = excluded.boot_id,
  heard_steady_ms = excluded.heard_steady_ms;

-- spool_roster_still_good :exec (fetched_ms i64, heard_steady_ms i64)
UPDATE roster_head SET generation = generation + 1, fetched_ms = $1, heard_steady_ms = $2 WHERE id = 1;

-- spool_roster_put :exec (badge_id text, category text, status text, revoked i64, named i64, in_since_ms i64?, in_until_ms i64?, in_gate text?, handed_out i64, record text?, stamp i64)
INSERT INTO roster_entry(badge_id, category, status, revoked, named, in_since_ms, in_until_ms, in_gate, handed_out, record, stamp)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (badge_id) DO UPDATE SET category = excluded.category, status = excluded.status, revoked = excluded.revoked, named = excluded.named,
  in_since_ms = excluded.in_since_ms, in_until_ms = excluded.in_until_ms, in_gate = excluded.in_gate, handed_out = excluded.handed_out, record = excluded.record, stamp = excluded.stamp;

-- spool_roster_remove :exec (badge_id text)
DELETE FROM roster_entry WHERE badge_id = $1;

-- spool_roster_remove_older :exec (stamp i64)
DELETE FROM roster_entry WHERE stamp <> $1;

-- spool_roster_find :maybe (badge_id text) -> (category text, status text, revoked i64, named i64, in_since_ms i64?, in_until_ms i64?, in_gate text?, handed_out i64, record text?)
SELECT category, status, revoked, named, in_since_ms, in_until_ms, in_gate, handed_out, record FROM roster_entry WHERE badge_id = $1;

-- spool_roster_count :maybe () -> (entries i64)
SELECT COUNT(*) FROM roster_entry;

-- spool_roster_clear_head :exec ()
DELETE FROM roster_head;

-- spool_roster_clear_entries :exec ()
DELETE FROM roster_entry;
