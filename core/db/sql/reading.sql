-- Reading papers and searching in them: core/congress/papers/reading, search. Who may see what is decided in C (paper_decide), never in a statement.

-- A draft (its pages are still being written) is not there yet for any of these.

-- reading_get :maybe (sha256 text) -> (source text, pages i64, unread i64)
SELECT source, pages, unread FROM paper_reading WHERE sha256 = $1 AND draft = 0

-- reading_pages :many (sha256 text, first i64, last i64) -> (page i64, text text, picture text?, width i64?, height i64?)
SELECT p.page, p.text, p.picture, p.width, p.height FROM paper_page p JOIN paper_reading r ON r.sha256 = p.sha256 AND r.draft = 0
WHERE p.sha256 = $1 AND p.page >= $2 AND p.page <= $3 ORDER BY p.page

-- reading_picture :maybe (sha256 text, page i64) -> (picture text, size i64)
SELECT b.sha256, b.size FROM paper_page p JOIN paper_reading r ON r.sha256 = p.sha256 AND r.draft = 0 JOIN blob b ON b.sha256 = p.picture WHERE p.sha256 = $1 AND p.page = $2

-- reading_document :maybe (document_id i64) -> (language text?, number text?, newest i64)
SELECT d.language, d.number, (SELECT MAX(v.version) FROM document_version v WHERE v.document_id = d.id) FROM document d WHERE d.id = $1

-- Newest versions of an event's papers whose words are all in the index.

-- reading_places :many (event_id i64) -> (document_id i64, place i64)
SELECT d.id, r.place
FROM document d
JOIN document_version v ON v.document_id = d.id AND v.version = (SELECT MAX(m.version) FROM document_version m WHERE m.document_id = d.id)
JOIN paper_reading r ON r.sha256 = v.sha256
WHERE d.event_id = $1 AND r.draft = 0 AND r.place IS NOT NULL AND r.indexed >= r.pages

-- For engines without an index of words: text_fold is without marks, so what is found is looked at again.

-- reading_like :many (sha256 text, pattern text) -> (page i64)
SELECT p.page FROM paper_page p JOIN paper_reading r ON r.sha256 = p.sha256 AND r.draft = 0 WHERE p.sha256 = $1 AND p.text_fold LIKE $2 ORDER BY p.page

-- Newest versions that nobody has looked into.

-- reading_missing :many () -> (sha256 text, name text, code text, event text)
SELECT v.sha256, v.name, d.code, e.slug
FROM document d
JOIN event e ON e.id = d.event_id
JOIN document_version v ON v.document_id = d.id AND v.version = (SELECT MAX(m.version) FROM document_version m WHERE m.document_id = d.id)
LEFT JOIN paper_reading r ON r.sha256 = v.sha256 AND r.draft = 0
WHERE r.sha256 IS NULL ORDER BY e.id, d.sort_order, d.id

-- reading_unindexed :many () -> (sha256 text, pages i64, place i64?, indexed i64)
SELECT sha256, pages, place, indexed FROM paper_reading WHERE indexed < pages AND draft = 0 ORDER BY made_ms, sha256

-- reading_last_place :maybe () -> (place i64?)
SELECT MAX(place) FROM paper_reading

-- reading_set_indexed :exec (sha256 text, place i64, indexed i64, before i64)
UPDATE paper_reading SET place = $2, indexed = $3 WHERE sha256 = $1 AND indexed = $4
