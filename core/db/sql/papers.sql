-- Papers: core/congress/papers. Who may see what is decided in C (paper_access), never in a statement.

-- papers_of_event :many (event_id i64) -> (id i64, code text, title text, language text?, number text?, issued text?, issuer text?, audience text?, session text?, publish_ms i64?, publish_manual i64, published_ms i64?, restricted i64, withdrawn_ms i64?, stamp text?, stamp_let_ms i64?, must_read i64, version i64, sha256 text, name text, size i64, media_type text, added_ms i64, crc32 i64?, session_title text?)
SELECT d.id, d.code, d.title, d.language, d.number, d.issued, d.issuer, d.audience, s.code, d.publish_ms, d.publish_manual, d.published_ms, d.restricted, d.withdrawn_ms, d.stamp, d.stamp_let_ms,
       d.must_read, v.version, v.sha256, v.name, b.size, b.media_type, v.added_ms, b.crc32, s.title
FROM document d
JOIN document_version v ON v.document_id = d.id AND v.version = (SELECT MAX(m.version) FROM document_version m WHERE m.document_id = d.id)
JOIN blob b ON b.sha256 = v.sha256
LEFT JOIN session s ON s.id = d.session_id
WHERE d.event_id = $1 ORDER BY d.sort_order, d.id

-- papers_version :maybe (event_id i64, code text, version i64) -> (id i64, code text, title text, audience text?, publish_ms i64?, publish_manual i64, published_ms i64?, restricted i64, withdrawn_ms i64?, stamp text?, stamp_let_ms i64?, version i64, sha256 text, name text, size i64, media_type text, added_ms i64)
SELECT d.id, d.code, d.title, d.audience, d.publish_ms, d.publish_manual, d.published_ms, d.restricted, d.withdrawn_ms, d.stamp, d.stamp_let_ms, v.version, v.sha256, v.name, b.size, b.media_type, v.added_ms
FROM document d JOIN document_version v ON v.document_id = d.id JOIN blob b ON b.sha256 = v.sha256
WHERE d.event_id = $1 AND d.code = $2 AND v.version = $3

-- A member card is good at one event: the same as pages_delegate finds.
-- papers_viewer :maybe (token_id text, now_ms i64) -> (delegate_id i64?, event_id i64?, event text?, category text?, status text?, named i64, revoked_ms i64?, documents_access text?, timezone text?, unit text?)
SELECT d.id, e.id, e.slug, k.code, d.status, CASE WHEN d.person_id IS NULL THEN 0 ELSE 1 END, c.revoked_ms, e.documents_access, e.timezone, u.code
FROM credential c
LEFT JOIN delegate d ON d.id = COALESCE(c.delegate_id,
  (SELECT m.id FROM delegate m JOIN event n ON n.id = m.event_id WHERE m.person_id = c.person_id
   ORDER BY CASE WHEN n.ends_ms < $2 THEN 2 WHEN m.status IN ('summoned', 'alternate') THEN 0 ELSE 1 END, CASE WHEN n.ends_ms >= $2 THEN n.starts_ms ELSE -n.starts_ms END, n.id LIMIT 1))
LEFT JOIN event e ON e.id = d.event_id
LEFT JOIN category k ON k.id = d.category_id
LEFT JOIN unit u ON u.id = d.delegation_id
WHERE c.token_id = $1
