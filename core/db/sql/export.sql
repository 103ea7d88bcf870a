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

-- export_delegates :each (event_id i64) -> (number text?, person text?, name text?, sort_name text?, honorific text?, title text?, unit text?, category text, delegation text?, mandate text?, status text, group_name text?, sort_order i64?, seat text?, badge_box text?, room text?, transport text?, attended_ms i64?, gender text?, born text?, joined text?, phone text?, email text?, replaces text?, decision text?, needs text?, roles text?, diet text?)
SELECT d.number, p.code, p.name, p.sort_name, p.honorific, p.title, u.code, c.code, g.code, d.mandate, d.status, d.group_name, d.sort_order, d.seat, d.badge_box, d.room, d.transport, t.attended_ms, p.gender, p.born, p.joined, p.phone, p.email, d.replaces, d.decision, d.needs, d.roles, d.diet
FROM delegate d JOIN category c ON c.id = d.category_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = p.unit_id LEFT JOIN unit g ON g.id = d.delegation_id
  LEFT JOIN delegate_state t ON t.delegate_id = d.id
WHERE d.event_id = $1 AND (p.id IS NULL OR (p.known & 2048) = 0)
ORDER BY CASE WHEN d.sort_order IS NULL THEN 1 ELSE 0 END, d.sort_order, CASE WHEN d.number IS NULL THEN 1 ELSE 0 END, d.number, d.id;

-- People of the register with their attributes, a row for each attribute; unit 0: everybody, else the unit's and all beneath it.
-- export_people :each (unit_id i64) -> (id i64, code text, name text, sort_name text?, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, unit text?, type_id i64?, value text?)
SELECT p.id, p.code, p.name, p.sort_name, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, u.code, a.type_id, a.value
FROM person p LEFT JOIN unit u ON u.id = p.unit_id LEFT JOIN person_attribute a ON a.person_id = p.id
WHERE (p.known & 2048) = 0 AND ($1 = 0 OR +p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT o.id FROM unit o WHERE o.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))
ORDER BY p.name_sort, p.id;

-- The same by the index of units, for one unit after the other; alone 1: without those beneath.
-- export_people_of :each (unit_id i64, alone i64) -> (id i64, code text, name text, sort_name text?, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, unit text?, type_id i64?, value text?)
SELECT p.id, p.code, p.name, p.sort_name, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, u.code, a.type_id, a.value
FROM person p LEFT JOIN unit u ON u.id = p.unit_id LEFT JOIN person_attribute a ON a.person_id = p.id
WHERE p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT o.id FROM unit o WHERE o.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id WHERE $2 = 0) SELECT id FROM below)
ORDER BY p.name_sort, p.id;

-- export_categories :many (event_id i64) -> (code text, title text)
SELECT code, title FROM category WHERE event_id = $1 ORDER BY sort_order, id;

-- export_attributes_of_delegates :each (event_id i64) -> (code text, type_id i64, value text)
SELECT p.code, a.type_id, a.value FROM delegate d JOIN person p ON p.id = d.person_id JOIN person_attribute a ON a.person_id = p.id WHERE d.event_id = $1;

-- export_delegate_count :maybe (event_id i64) -> (total i64)
SELECT COUNT(*) FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.event_id = $1 AND (p.known & 2048) = 0;

-- export_organization :maybe () -> (languages text)
SELECT languages FROM organization WHERE id = 1;

-- gate_find :maybe (event_id i64, code text) -> (id i64)
SELECT id FROM gate WHERE event_id = $1 AND code = $2;

-- unit_find :maybe (code text) -> (id i64)
SELECT id FROM unit WHERE code = $1;
