-- The durable queue: scanner/queue.

-- spool_add :exec (scan_id text, token text, badge_id text, gate text, direction text, scanned_ms i64, boot_id text, steady_ms i64, server_ms i64?)
INSERT INTO scan(seq, scan_id, token, badge_id, gate, direction, scanned_ms, boot_id, steady_ms, server_ms, state)
SELECT COALESCE(MAX(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, 'asking' FROM scan;

-- spool_tell :exec (scan_id text, told text, reason text?, roster i64?)
UPDATE scan SET state = 'waiting', told = $2, reason = $3, roster = $4 WHERE scan_id = $1 AND state = 'asking';

-- What the server has but not yet its copy may have to be sent again: then the token is kept until that is sure (spool_wipe).
-- spool_settle :exec (scan_id text, outcome text, reason text?, conflict i64, settled_ms i64)
UPDATE scan SET state = 'sent', token = CASE WHEN EXISTS (SELECT 1 FROM server WHERE id = 1 AND copy_lag_ms IS NOT NULL) THEN token END,
  outcome = $2, outcome_reason = $3, conflict = $4, settled_ms = $5,
  settled_generation = COALESCE((SELECT generation FROM roster_head WHERE id = 1), 0)
WHERE scan_id = $1 AND state IN ('asking', 'waiting');

-- spool_set_aside :exec (scan_id text, outcome text, reason text?)
UPDATE scan SET state = 'set_aside', outcome = $2, outcome_reason = $3 WHERE scan_id = $1 AND state IN ('asking', 'waiting');

-- spool_recover :exec ()
UPDATE scan SET state = 'waiting' WHERE state = 'asking';

-- spool_seal :maybe () -> (public_key text)
SELECT public_key FROM seal WHERE id = 1;

-- spool_seal_write :exec (public_key text)
INSERT INTO seal(id, public_key) VALUES(1, $1) ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key;

-- spool_seal_forget :exec ()
DELETE FROM seal;

-- spool_spares :maybe () -> (urls text)
SELECT urls FROM spares WHERE id = 1;

-- spool_spares_write :exec (urls text)
INSERT INTO spares(id, urls) VALUES(1, $1) ON CONFLICT (id) DO UPDATE SET urls = excluded.urls;

-- spool_server :maybe () -> (epoch text, copy_lag_ms i64?)
SELECT epoch, copy_lag_ms FROM server WHERE id = 1;

-- spool_server_forget :exec ()
DELETE FROM server;

-- spool_server_write :exec (epoch text, copy_lag_ms i64?)
INSERT INTO server(id, epoch, copy_lag_ms) VALUES(1, $1, $2) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, copy_lag_ms = excluded.copy_lag_ms;

-- spool_wipe :exec (before_ms i64)
UPDATE scan SET token = NULL WHERE state = 'sent' AND token IS NOT NULL AND settled_ms < $1;

-- To the server that took over it is a fact what the person was told, also by the one that is lost.
-- spool_resend :exec ()
UPDATE scan SET state = 'waiting', told = CASE WHEN told = 'ask' THEN COALESCE(outcome, 'ask') ELSE told END WHERE state = 'sent' AND token IS NOT NULL;

-- spool_forget :exec (before_ms i64)
DELETE FROM scan WHERE state = 'sent' AND scanned_ms < $1;

-- spool_waiting :many (most i64) -> (scan_id text, token text, gate text, direction text, scanned_ms i64, boot_id text, steady_ms i64, told text, reason text?, roster i64?, server_ms i64?)
SELECT scan_id, token, gate, direction, scanned_ms, boot_id, steady_ms, told, reason, roster, server_ms FROM scan WHERE state = 'waiting' ORDER BY seq LIMIT $1;

-- spool_oldest :maybe () -> (scanned_ms i64, steady_ms i64, boot_id text)
SELECT scanned_ms, steady_ms, boot_id FROM scan WHERE state IN ('asking', 'waiting') ORDER BY seq LIMIT 1;

-- spool_counts :maybe () -> (waiting i64, oldest_ms i64?, set_aside i64, sent i64)
SELECT (SELECT COUNT(*) FROM scan WHERE state IN ('asking', 'waiting')), (SELECT MIN(scanned_ms) FROM scan WHERE state IN ('asking', 'waiting')),
  (SELECT COUNT(*) FROM scan WHERE state = 'set_aside'), (SELECT COUNT(*) FROM scan WHERE state = 'sent');

-- spool_badge_waits :maybe (badge_id text) -> (waiting i64)
SELECT COUNT(*) FROM scan WHERE badge_id = $1 AND state = 'waiting';

-- What this door itself did with a badge and the roster cannot know yet: not acknowledged, or acknowledged after the last fetch but one began.
-- spool_badge_last :many (badge_id text, gate text) -> (result text, scanned_ms i64, steady_ms i64, boot_id text, fresh i64)
SELECT COALESCE(outcome, told), scanned_ms, steady_ms, boot_id,
  CASE WHEN state = 'waiting' OR settled_generation + 2 > COALESCE((SELECT generation FROM roster_head WHERE id = 1), 0) THEN 1 ELSE 0 END
FROM scan WHERE badge_id = $1 AND gate = $2 AND state IN ('waiting', 'sent') AND COALESCE(outcome, told) IN ('admitted', 'already_in', 'left', 'handed_out')
ORDER BY seq DESC LIMIT 20;

-- The one that is named, or the last that did anything.
-- spool_last :maybe (scan_id text) -> (scan_id text, state text, result text, scanned_ms i64)
SELECT scan_id, state, COALESCE(outcome, told), scanned_ms FROM scan
WHERE (scan_id = $1 OR $1 = '') AND COALESCE(outcome, told) IN ('admitted', 'left', 'handed_out') ORDER BY seq DESC LIMIT 1;

-- spool_list :each () -> (seq i64, scan_id text, token text?, gate text, direction text, scanned_ms i64, state text, told text, reason text?, roster i64?, outcome text?, outcome_reason text?, conflict i64)
SELECT seq, scan_id, token, gate, direction, scanned_ms, state, told, reason, roster, outcome, outcome_reason, conflict FROM scan WHERE state <> 'sent' ORDER BY seq;

-- What the server will never take, newest first.
-- spool_aside :many (most i64) -> (scan_id text, direction text, scanned_ms i64, told text, outcome_reason text?)
SELECT scan_id, direction, scanned_ms, told, outcome_reason FROM scan WHERE state = 'set_aside' ORDER BY seq DESC LIMIT $1;

-- The same as spool_list, whole and with its clocks.
-- spool_export :each () -> (scan_id text, token text, gate text, direction text, scanned_ms i64, boot_id text, steady_ms i64, told text, roster i64?, server_ms i64?)
SELECT scan_id, token, gate, direction, scanned_ms, boot_id, steady_ms, told, roster, server_ms FROM scan WHERE state <> 'sent' AND token IS NOT NULL ORDER BY seq;
