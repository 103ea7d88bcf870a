-- What is in a data folder, for backups and for comparing one with what is there now.

-- backup_contents :maybe () -> (events i64, people i64, delegates i64, scans i64, newest_ms i64?, server text?)
SELECT (SELECT COUNT(*) FROM event), (SELECT COUNT(*) FROM person), (SELECT COUNT(*) FROM delegate), (SELECT COUNT(*) FROM scan),
  (SELECT at_ms FROM audit ORDER BY id DESC LIMIT 1), (SELECT value FROM setting WHERE name = 'server_id');

-- backup_events :many () -> (slug text, title text, timezone text, starts_ms i64, ends_ms i64, delegates i64, scans i64)
SELECT e.slug, e.title, e.timezone, e.starts_ms, e.ends_ms, (SELECT COUNT(*) FROM delegate d WHERE d.event_id = e.id),
  (SELECT COUNT(*) FROM scan s WHERE s.event_id = e.id)
FROM event e ORDER BY e.starts_ms, e.slug;

-- backup_event_is_on :maybe (soon_ms i64, now_ms i64) -> (total i64)
SELECT COUNT(*) FROM event WHERE starts_ms < $1 AND ends_ms > $2;

-- What a restore would undo: the record and what closed doors.
-- backup_since :maybe (since_ms i64) -> (scans i64, changes i64, reissued i64, revoked i64)
SELECT (SELECT COUNT(*) FROM scan WHERE received_ms >= $1), (SELECT COUNT(*) FROM audit WHERE at_ms >= $1),
  (SELECT COUNT(*) FROM audit WHERE at_ms >= $1 AND action = 'reissue'),
  (SELECT COUNT(*) FROM audit WHERE at_ms >= $1 AND action IN ('revoke_device', 'device revoke', 'end_device', 'account.disabled'));

-- backup_end_sessions :exec ()
DELETE FROM web_session WHERE kind = 'staff';
