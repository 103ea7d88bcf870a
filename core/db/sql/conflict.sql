-- Conflicts between doors: core/congress/checkin/conflict. What one is stands in core/congress/checkin/history.c.

-- conflict_list :many (event_id i64, most i64) -> (scan_id text, outcome text, reason text?, gate_id i64, true_ms i64, scanned_ms i64, estimated i64, device text?, account text?, name text?, number text?, unit_name text?, entry_gate_id i64?, entry_true_ms i64?, entry_scanned_ms i64?, entry_estimated i64?, entry_device text?, entry_account text?, origin text?, entry_origin text?)
SELECT s.scan_id, s.outcome, s.reason, s.gate_id, s.true_ms, s.scanned_ms, s.estimated, v.name, a.name, p.name, d.number, u.name,
       e.gate_id, e.true_ms, e.scanned_ms, e.estimated, w.name, b.name, s.origin, e.origin
FROM conflict x JOIN scan s ON s.id = x.scan
LEFT JOIN device v ON v.id = s.device_id LEFT JOIN account a ON a.id = s.account_id
LEFT JOIN delegate d ON d.id = s.delegate_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN scan e ON e.id = x.entry LEFT JOIN device w ON w.id = e.device_id LEFT JOIN account b ON b.id = e.account_id
WHERE x.event_id = $1 AND NOT EXISTS (SELECT 1 FROM conflict_settled t WHERE t.scan = x.scan)
ORDER BY x.received_ms DESC, x.scan DESC LIMIT $2

-- conflict_open :maybe (event_id i64) -> (total i64)
SELECT COUNT(*) FROM conflict x WHERE x.event_id = $1 AND NOT EXISTS (SELECT 1 FROM conflict_settled t WHERE t.scan = x.scan)

-- conflict_find :maybe (event_id i64, scan_id text) -> (scan i64, settled_ms i64?)
SELECT s.id, t.made_ms FROM scan s JOIN conflict x ON x.scan = s.id LEFT JOIN conflict_settled t ON t.scan = s.id
WHERE s.event_id = $1 AND s.scan_id = $2

-- conflict_settle :exec (scan i64, made_ms i64, actor text)
INSERT INTO conflict_settled(scan, made_ms, actor) VALUES($1, $2, $3)

-- conflict_of_delegate :many (delegate_id i64) -> (scan i64, entry i64?)
SELECT scan, entry FROM conflict WHERE delegate_id = $1 ORDER BY scan

-- conflict_add :exec (scan i64, event_id i64, delegate_id i64?, entry i64?, received_ms i64)
INSERT INTO conflict(scan, event_id, delegate_id, entry, received_ms) VALUES($1, $2, $3, $4, $5)

-- conflict_remove :exec (scan i64)
DELETE FROM conflict WHERE scan = $1

-- conflict_clear :exec (delegate_id i64)
DELETE FROM conflict WHERE delegate_id = $1
