-- A badge's delegate, and what is printed of delegates.

-- delegates_by_token :maybe (token_id text, event_id i64) -> (delegate_id i64?, revoked_ms i64?)
SELECT d.id, c.revoked_ms
FROM credential c
LEFT JOIN delegate d ON d.id = COALESCE(c.delegate_id, (SELECT m.id FROM delegate m WHERE m.event_id = $2 AND m.person_id = c.person_id)) AND d.event_id = $2
WHERE c.token_id = $1

-- delegates_badges :many (event_id i64, unit_id i64, with_sort i64, only text) -> (delegate_id i64, code text?, number text?, name text?, honorific text?, title text?, delegation text?, delegation_code text?, category text, category_title text, category_color text?, seat text?, group_name text?, status text, token text, issue i64, room text?, transport text?, diet text?, badge_box text?, photo_blob text?, name_sort text?, sort_order i64?, credential_id i64, person_id i64?)
SELECT d.id, p.code, d.number, p.name, p.honorific, p.title, u.name, u.code, k.code, k.title, k.color, d.seat, d.group_name, d.status, c.token, c.issue, d.room, d.transport, d.diet, d.badge_box, p.photo_blob, CASE WHEN $3 = 1 THEN p.name_sort END, d.sort_order, c.id, p.id
FROM delegate d
JOIN category k ON k.id = d.category_id
JOIN credential c ON c.id = (SELECT n.id FROM credential n WHERE n.delegate_id = d.id AND n.revoked_ms IS NULL ORDER BY n.issue DESC LIMIT 1)
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
WHERE d.id IN (SELECT a.id FROM delegate a WHERE a.event_id = $1 AND $4 = '' UNION ALL SELECT n.id FROM delegate n WHERE n.event_id = $1 AND n.number = $4
               UNION ALL SELECT x.id FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.code = $4)
  AND d.status IN ('summoned', 'alternate') AND ($2 = 0 OR d.delegation_id = $2)
ORDER BY CASE WHEN p.id IS NULL THEN 1 ELSE 0 END, u.sort_order NULLS LAST, u.code NULLS LAST, d.sort_order NULLS LAST, p.name_sort, d.number

-- How many badges delegates_badges would give at most; unit '' = of all.
-- delegates_badges_count :maybe (slug text, unit text) -> (badges i64)
SELECT COUNT(*) FROM delegate d JOIN event e ON e.id = d.event_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE e.slug = $1 AND ($2 = '' OR u.code = $2) AND d.status IN ('summoned', 'alternate')

-- delegates_event_head :maybe (slug text) -> (id i64, title text, timezone text, public_url text?, starts_ms i64, ends_ms i64, venue text?, organization text?, languages text?, wifi text?, documents_access text, logo_blob text?)
SELECT e.id, e.title, e.timezone, e.public_url, e.starts_ms, e.ends_ms, e.venue, o.name, o.languages, e.wifi, e.documents_access, o.logo_blob
FROM event e LEFT JOIN organization o ON o.id = 1 WHERE e.slug = $1

-- delegates_unit :maybe (code text) -> (id i64)
SELECT id FROM unit WHERE code = $1

-- A run whose badges were all printed again later with another address is no worry any more.
-- Member cards (no event) are worn at every event.
-- print_run_hosts :many (event_id i64) -> (slug text?, host text, badges i64, printed_ms i64)
SELECT e.slug, r.host, CAST(SUM(r.badges) AS BIGINT), MAX(r.printed_ms)
FROM print_run r LEFT JOIN event e ON e.id = r.event_id
WHERE ($1 = 0 OR r.event_id = $1 OR r.event_id IS NULL) AND r.spoiled_ms IS NULL
  AND r.badges > (SELECT COALESCE(SUM(l.badges), 0) FROM print_run l WHERE COALESCE(l.event_id, 0) = COALESCE(r.event_id, 0) AND l.kind = r.kind AND l.spoiled_ms IS NULL AND l.host <> r.host AND l.printed_ms > r.printed_ms)
GROUP BY e.slug, r.host ORDER BY MAX(r.printed_ms) DESC
