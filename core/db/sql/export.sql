-- Lists for other programs; used by core/congress/event_file/export_lists.c.

-- export_event_find :maybe (slug text) -> (id i64, timezone text)
SELECT id, timezone FROM event WHERE slug = $1;

-- export_checkins :each (event_id i64) -> (scan_id text, person text?, number text?, gate text?, direction text, outcome text, reason text?, scanned_ms i64, received_ms i64, true_ms i64, estimated i64, device text?, account text?, conflict i64, undone_ms i64?, origin text?, group_request text?)
SELECT s.scan_id, p.code, CASE WHEN p.id IS NULL THEN d.number ELSE NULL END, g.code, s.direction, s.outcome, s.reason, s.scanned_ms, s.received_ms, s.true_ms, s.estimated, v.code, a.name,
  CASE WHEN (c.made_ms IS NOT NULL AND s.conflict = 1) OR s.id IN (SELECT x.scan FROM conflict x WHERE x.event_id = $1) THEN 1 ELSE 0 END, c.made_ms, s.origin, k.request
FROM scan s LEFT JOIN delegate d ON d.id = s.delegate_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN gate g ON g.id = s.gate_id
  LEFT JOIN device v ON v.id = s.device_id LEFT JOIN account a ON a.id = s.account_id LEFT JOIN correction c ON c.scan = s.id AND c.kind = 'undo'
  LEFT JOIN group_checkin k ON k.id = s.group_id
WHERE s.event_id = $1 ORDER BY s.received_ms, s.id;

-- export_delegates :each (event_id i64) -> (number text?, person text?, name text?, sort_name text?, honorific text?, title text?, unit text?, category text, delegation text?, mandate text?, status text, group_name text?, sort_order i64?, seat text?, badge_box text?, room text?, transport text?, attended_ms i64?)
SELECT d.number, p.code, p.name, p.sort_name, p.honorific, p.title, u.code, c.code, g.code, d.mandate, d.status, d.group_name, d.sort_order, d.seat, d.badge_box, d.room, d.transport, t.attended_ms
FROM delegate d JOIN category c ON c.id = d.category_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = p.unit_id LEFT JOIN unit g ON g.id = d.delegation_id
  LEFT JOIN delegate_state t ON t.delegate_id = d.id
WHERE d.event_id = $1
ORDER BY CASE WHEN d.sort_order IS NULL THEN 1 ELSE 0 END, d.sort_order, CASE WHEN d.number IS NULL THEN 1 ELSE 0 END, d.number, d.id;

-- gate_find :maybe (event_id i64, code text) -> (id i64)
SELECT id FROM gate WHERE event_id = $1 AND code = $2;

-- unit_find :maybe (code text) -> (id i64)
SELECT id FROM unit WHERE code = $1;
