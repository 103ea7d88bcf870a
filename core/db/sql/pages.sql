-- What pages show: core/congress/event_page, core/congress/delegate_page.

-- pages_event :maybe (slug text) -> (id i64, slug text, kind text, title text, timezone text, starts_ms i64, ends_ms i64, venue text?, colors text?, wifi text?, streams text?, documents_access text, names_on_wall i64, config_seq i64, display_code text?)
SELECT id, slug, kind, title, timezone, starts_ms, ends_ms, venue, colors, wifi, streams, documents_access, names_on_wall, config_seq, display_code FROM event WHERE slug = $1

-- pages_events :many () -> (id i64, slug text, kind text, title text, timezone text, starts_ms i64, ends_ms i64, venue text?, expected i64)
SELECT e.id, e.slug, e.kind, e.title, e.timezone, e.starts_ms, e.ends_ms, e.venue,
       COALESCE((SELECT t.total FROM tally t WHERE t.event_id = e.id AND t.measure = 1 AND t.dimension = 0 AND t.key_id = 0 AND t.until_ms = 0), 0)
FROM event e ORDER BY e.starts_ms, e.slug

-- pages_sessions :many (event_id i64) -> (code text, title text, starts_ms i64, ends_ms i64, room text?, speakers text?, admits text?)
SELECT code, title, starts_ms, ends_ms, room, speakers, admits FROM session WHERE event_id = $1 ORDER BY starts_ms, sort_order, id

-- pages_organization :maybe () -> (name text, languages text)
SELECT name, languages FROM organization WHERE id = 1

-- A badge names its delegate; a member card is good at the event of that person which is on or comes next (where the mandate holds, if there is one), or was last.
-- pages_delegate :maybe (token_id text, now_ms i64) -> (revoked_ms i64?, delegate_id i64?, event_slug text?, person_code text?, name text?, honorific text?, title text?, born text?, number text?, category_id i64?, category text?, status text?, delegation text?, seat text?, group_name text?, badge_box text?, room text?, transport text?, diet text?, needs text?, area_id i64?, since_ms i64?, until_ms i64?, event_id i64?, config_seq i64?, timezone text?, documents_access text?, opened i64, asked i64, unit text?, roles text?)
SELECT c.revoked_ms, d.id, e.slug, p.code, p.name, p.honorific, p.title, p.born, d.number, d.category_id, k.code, d.status, u.name, d.seat, d.group_name, d.badge_box, d.room,
       d.transport, d.diet, d.needs, s.area_id, s.since_ms, s.until_ms, e.id, e.config_seq, e.timezone, e.documents_access,
       (SELECT COUNT(*) FROM paper_opened o WHERE o.delegate_id = d.id), (SELECT COUNT(*) FROM question q WHERE q.delegate_id = d.id), u.code, d.roles
FROM credential c
LEFT JOIN delegate d ON d.id = COALESCE(c.delegate_id,
  (SELECT m.id FROM delegate m JOIN event n ON n.id = m.event_id WHERE m.person_id = c.person_id
   ORDER BY CASE WHEN n.ends_ms < $2 THEN 2 WHEN m.status IN ('summoned', 'alternate') THEN 0 ELSE 1 END, CASE WHEN n.ends_ms >= $2 THEN n.starts_ms ELSE -n.starts_ms END, n.id LIMIT 1))
LEFT JOIN event e ON e.id = d.event_id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN category k ON k.id = d.category_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE c.token_id = $1

-- A badge whose delegate has a name: what the page of their day shows of the person, in few look-ups, since every phone asks for it. Anything else (member cards, blank
-- badges, revoked ones) is no row here and is told by pages_delegate.
-- pages_holder :maybe (token_id text) -> (delegate_id i64, event_slug text, person_code text, name text, honorific text?, title text?, number text?, category_id i64, category text, status text, delegation text?, seat text?, group_name text?, room text?, transport text?, event_id i64, config_seq i64, timezone text, documents_access text, opened i64, asked i64, unit text?, roles text?)
SELECT d.id, e.slug, p.code, p.name, p.honorific, p.title, d.number, d.category_id, k.code, d.status, u.name, d.seat, d.group_name, d.room, d.transport, e.id, e.config_seq,
       e.timezone, e.documents_access, (SELECT COUNT(*) FROM paper_opened o WHERE o.delegate_id = d.id), (SELECT COUNT(*) FROM question q WHERE q.delegate_id = d.id), u.code, d.roles
FROM credential c
JOIN delegate d ON d.id = c.delegate_id
JOIN event e ON e.id = d.event_id
JOIN person p ON p.id = d.person_id
JOIN category k ON k.id = d.category_id
LEFT JOIN unit u ON u.id = d.delegation_id
WHERE c.token_id = $1 AND c.revoked_ms IS NULL

-- The newest scans of an event, for the desk.
-- pages_scans :many (event_id i64, most i64) -> (scan_id text, received_ms i64, outcome text, reason text?, direction text, name text?, number text?, gate text?, undone i64, grouped i64)
SELECT c.scan_id, c.received_ms, c.outcome, c.reason, c.direction, p.name, d.number, g.title, CASE WHEN x.id IS NULL THEN 0 ELSE 1 END,
  CASE WHEN c.group_id IS NULL THEN 0 ELSE 1 END
FROM scan c
LEFT JOIN delegate d ON d.id = c.delegate_id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN gate g ON g.id = c.gate_id
LEFT JOIN correction x ON x.scan = c.id AND x.kind = 'undo'
WHERE c.event_id = $1 ORDER BY c.received_ms DESC, c.id DESC LIMIT $2

-- What the desk's card on a helper's phone shows of a delegate beside their page: where they came in, what to say to them.
-- pages_card :maybe (delegate_id i64) -> (gate_id i64?, note text?, greet i64)
SELECT s.gate_id, d.note, d.greet FROM delegate d LEFT JOIN delegate_state s ON s.delegate_id = d.id WHERE d.id = $1

-- What came of a button on that card: from the record, and only to whoever pressed it.
-- pages_card_scan :maybe (scan_id text, account_id i64, delegate_id i64, from_ms i64) -> (outcome text, reason text?, gate_id i64, first_ms i64?, first_gate_id i64?, undone i64)
SELECT c.outcome, c.reason, c.gate_id, c.first_ms, c.first_gate_id, CASE WHEN x.id IS NULL THEN 0 ELSE 1 END
FROM scan c LEFT JOIN correction x ON x.scan = c.id AND x.kind = 'undo'
WHERE c.scan_id = $1 AND c.account_id = $2 AND c.delegate_id = $3 AND c.received_ms >= $4
