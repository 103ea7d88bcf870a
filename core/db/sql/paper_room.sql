-- The organiser's room of papers, who opened what: core/congress/papers. Who may see a paper is decided in C alone.

-- room_papers :many (event_id i64) -> (id i64, code text, title text, language text?, number text?, issued text?, issuer text?, audience text?, session text?, session_title text?, publish_ms i64?, publish_manual i64, published_ms i64?, withdrawn_ms i64?, stamp text?, stamp_let_ms i64?, restricted i64, must_read i64, edited text?, version i64?, sha256 text?, name text?, size i64?, media_type text?, added_ms i64?, source text?, pages i64?, unread i64?)
SELECT d.id, d.code, d.title, d.language, d.number, d.issued, d.issuer, d.audience, s.code, s.title, d.publish_ms, d.publish_manual, d.published_ms, d.withdrawn_ms,
  d.stamp, d.stamp_let_ms, d.restricted, d.must_read, d.edited, v.version, v.sha256, v.name, b.size, b.media_type, v.added_ms, r.source, r.pages, r.unread
FROM document d
LEFT JOIN document_version v ON v.document_id = d.id AND v.version = (SELECT MAX(m.version) FROM document_version m WHERE m.document_id = d.id)
LEFT JOIN blob b ON b.sha256 = v.sha256
LEFT JOIN paper_reading r ON r.sha256 = v.sha256 AND r.draft = 0
LEFT JOIN session s ON s.id = d.session_id
WHERE d.event_id = $1 ORDER BY d.sort_order, d.id;

-- room_versions :many (document_id i64) -> (version i64, name text, size i64, added_ms i64)
SELECT v.version, v.name, b.size, v.added_ms FROM document_version v JOIN blob b ON b.sha256 = v.sha256 WHERE v.document_id = $1 ORDER BY v.version DESC;

-- room_insert :exec (id i64, event_id i64, code text, title text, publish_manual i64, stamp text?, sort_order i64)
INSERT INTO document(id, event_id, code, title, publish_manual, stamp, sort_order) VALUES($1, $2, $3, $4, $5, $6, $7);

-- room_last_order :maybe (event_id i64) -> (sort_order i64)
SELECT COALESCE(MAX(sort_order), -1) FROM document WHERE event_id = $1;

-- room_version_insert :exec (id i64, document_id i64, version i64, sha256 text, name text, added_ms i64, upload text?)
INSERT INTO document_version(id, document_id, version, sha256, name, added_ms, upload) VALUES($1, $2, $3, $4, $5, $6, $7);

-- room_upload :maybe (upload text) -> (code text, version i64, event_id i64)
SELECT d.code, v.version, d.event_id FROM document_version v JOIN document d ON d.id = v.document_id WHERE v.upload = $1;

-- room_set_stamp :exec (id i64, stamp text?)
UPDATE document SET stamp = $2, stamp_let_ms = NULL WHERE id = $1;

-- room_set_published :exec (id i64, published_ms i64?)
UPDATE document SET published_ms = $2, withdrawn_ms = NULL WHERE id = $1;

-- room_set_withdrawn :exec (id i64, withdrawn_ms i64?)
UPDATE document SET withdrawn_ms = $2 WHERE id = $1;

-- room_let_stamp :exec (id i64, stamp_let_ms i64)
UPDATE document SET stamp_let_ms = $2 WHERE id = $1;

-- room_set_order :exec (id i64, sort_order i64)
UPDATE document SET sort_order = $2 WHERE id = $1;

-- room_edit :exec (id i64, title text, language text?, number text?, issued text?, issuer text?, audience text?, session_id i64?, restricted i64, must_read i64, edited text?)
UPDATE document SET title = $2, language = $3, number = $4, issued = $5, issuer = $6, audience = $7, session_id = $8, restricted = $9, must_read = $10, edited = $11 WHERE id = $1;

-- room_delete :exec (id i64)
DELETE FROM document WHERE id = $1;

-- room_opened_any :maybe (document_id i64) -> (people i64)
SELECT COUNT(*) FROM paper_opened WHERE document_id = $1;

-- room_bundled :maybe (document_id i64) -> (count i64)
SELECT COUNT(*) FROM bundle_paper WHERE document_id = $1;

-- Who a paper may be for: those whose mandate holds, by delegation and category.
-- room_people :many (event_id i64) -> (unit text?, unit_name text?, category text, people i64)
SELECT u.code, u.name, k.code, COUNT(*) FROM delegate d JOIN category k ON k.id = d.category_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE d.event_id = $1 AND d.person_id IS NOT NULL AND d.status IN ('summoned', 'alternate') GROUP BY u.code, u.name, u.sort_order, k.code ORDER BY u.sort_order, u.code;

-- Distinct people, by paper: those who opened any version, and the newest one.
-- room_opened :many (event_id i64) -> (document_id i64, category text, people i64)
SELECT o.document_id, k.code, COUNT(DISTINCT o.delegate_id) FROM document x JOIN paper_opened o ON o.document_id = x.id JOIN delegate d ON d.id = o.delegate_id
JOIN category k ON k.id = d.category_id
WHERE x.event_id = $1 AND d.person_id IS NOT NULL AND d.status IN ('summoned', 'alternate') GROUP BY o.document_id, k.code;

-- room_opened_by_unit :many (document_id i64, version i64) -> (unit text?, category text, people i64, newest i64)
SELECT u.code, k.code, COUNT(DISTINCT o.delegate_id), COUNT(DISTINCT CASE WHEN o.version = $2 THEN o.delegate_id ELSE NULL END) FROM paper_opened o JOIN delegate d ON d.id = o.delegate_id
JOIN category k ON k.id = d.category_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE o.document_id = $1 AND d.person_id IS NOT NULL AND d.status IN ('summoned', 'alternate') GROUP BY u.code, k.code;

-- room_unopened :many (event_id i64, document_id i64, most i64) -> (name text, number text?, unit_name text?, category text)
SELECT p.name, d.number, u.name, k.code FROM delegate d JOIN person p ON p.id = d.person_id JOIN category k ON k.id = d.category_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate') AND NOT EXISTS (SELECT 1 FROM paper_opened o WHERE o.delegate_id = d.id AND o.document_id = $2)
ORDER BY u.sort_order, u.code, p.name_sort LIMIT $3;

-- room_event :maybe (event_id i64) -> (opened_names i64, questions_closed_ms i64?, timezone text)
SELECT opened_names, questions_closed_ms, timezone FROM event WHERE id = $1;

-- room_set_names :exec (event_id i64, opened_names i64)
UPDATE event SET opened_names = $2 WHERE id = $1;

-- room_session :maybe (event_id i64, code text) -> (id i64)
SELECT id FROM session WHERE event_id = $1 AND code = $2;

-- room_edited :many (event_id i64) -> (id i64, edited text)
SELECT id, edited FROM document WHERE event_id = $1 AND edited IS NOT NULL;

-- opened_insert :exec (delegate_id i64, document_id i64, version i64, opened_ms i64)
INSERT INTO paper_opened(delegate_id, document_id, version, opened_ms)
SELECT d.id, v.document_id, v.version, CAST($4 AS BIGINT) FROM delegate d JOIN document_version v ON v.document_id = $2 AND v.version = $3 WHERE d.id = $1
ON CONFLICT (delegate_id, document_id, version) DO NOTHING;

-- opened_by :many (delegate_id i64) -> (document_id i64, version i64, opened_ms i64)
SELECT document_id, MAX(version), MIN(opened_ms) FROM paper_opened WHERE delegate_id = $1 GROUP BY document_id;

-- Everything that a phone's page depends on, but for the clock: what an ETag is made of.
-- news_marks :maybe (event_id i64, delegate_id i64, browser_hash text) -> (config_seq i64, opened i64, asked i64, answered i64, closed i64, mine i64)
SELECT config_seq, (SELECT COUNT(*) FROM paper_opened o WHERE o.delegate_id = $2), (SELECT COUNT(*) FROM question q WHERE q.delegate_id = $2),
  (SELECT COALESCE(MAX(q.answered_ms), 0) FROM question q WHERE q.delegate_id = $2), CASE WHEN questions_closed_ms IS NULL THEN 0 ELSE 1 END,
  (SELECT COUNT(*) FROM question q WHERE q.delegate_id = $2 AND q.browser_hash = $3)
FROM event WHERE id = $1;

-- The moments at which papers appear, and announcements appear and go.
-- news_moments :many (event_id i64) -> (at_ms i64)
SELECT COALESCE(published_ms, publish_ms) FROM document WHERE event_id = $1 AND COALESCE(published_ms, publish_ms) IS NOT NULL
UNION ALL SELECT from_ms FROM announcement WHERE event_id = $1 AND ended_ms IS NULL AND from_ms IS NOT NULL
UNION ALL SELECT until_ms FROM announcement WHERE event_id = $1 AND ended_ms IS NULL AND until_ms IS NOT NULL;

-- When a paper's first version was there, for "new since you were here".
-- news_first :many (event_id i64) -> (document_id i64, first_ms i64, newest i64)
SELECT d.id, CASE WHEN COALESCE(d.published_ms, d.publish_ms, 0) > MIN(v.added_ms) THEN COALESCE(d.published_ms, d.publish_ms, 0) ELSE MIN(v.added_ms) END, MAX(v.version)
FROM document d JOIN document_version v ON v.document_id = d.id WHERE d.event_id = $1 GROUP BY d.id, d.published_ms, d.publish_ms;
