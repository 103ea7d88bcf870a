-- Pages of papers and bundles of papers: docs-bundle. What a reader may see is decided in core/congress/papers alone.

-- docs_event :maybe (slug text) -> (id i64, timezone text)
SELECT id, timezone FROM event WHERE slug = $1;

-- docs_sessions :many (event_id i64) -> (id i64, code text, title text)
SELECT id, code, title FROM session WHERE event_id = $1 ORDER BY sort_order, code;

-- docs_categories :many (event_id i64) -> (code text)
SELECT code FROM category WHERE event_id = $1 ORDER BY sort_order, code;

-- docs_papers :many (event_id i64) -> (id i64, code text, title text, file text?, language text?, number text?, issued text?, issuer text?, session_id i64?, sort_order i64, version i64?, sha256 text?, name text?, restricted i64, stamp text?)
SELECT d.id, d.code, d.title, d.file, d.language, d.number, d.issued, d.issuer, d.session_id, d.sort_order, v.version, v.sha256, v.name, d.restricted, d.stamp
FROM document d
LEFT JOIN document_version v ON v.document_id = d.id AND v.version = (SELECT MAX(m.version) FROM document_version m WHERE m.document_id = d.id)
WHERE d.event_id = $1 ORDER BY d.sort_order, d.id;

-- docs_paper_insert :exec (id i64, event_id i64, code text, title text, file text, file_blob text, language text?, number text?, issued text?, issuer text?, audience text?, session_id i64?, publish_ms i64?, publish_manual i64, restricted i64, must_read i64, sort_order i64, stamp text?)
INSERT INTO document(id, event_id, code, title, file, file_blob, language, number, issued, issuer, audience, session_id, publish_ms, publish_manual, restricted, must_read,
  sort_order, stamp)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- docs_paper_update :exec (id i64, title text, file text?, file_blob text?, language text?, number text?, issued text?, issuer text?, session_id i64?)
UPDATE document SET title = $2, file = $3, file_blob = $4, language = $5, number = $6, issued = $7, issuer = $8, session_id = $9 WHERE id = $1;

-- docs_event_touch :exec (id i64)
UPDATE event SET config_seq = config_seq + 1 WHERE id = $1;

-- docs_reading_get :maybe (sha256 text) -> (source text, pages i64, unread i64)
SELECT source, pages, unread FROM paper_reading WHERE sha256 = $1 AND draft = 0;

-- docs_reading_insert :exec (sha256 text, source text, pages i64, unread i64, made_ms i64, draft i64)
INSERT INTO paper_reading(sha256, source, pages, unread, made_ms, draft) VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO NOTHING;

-- docs_reading_show :exec (sha256 text)
UPDATE paper_reading SET draft = 0 WHERE sha256 = $1 AND draft = 1;

-- What somebody left who did not come to the end.

-- docs_draft_left :maybe () -> (sha256 text, last i64?)
SELECT r.sha256, (SELECT MAX(p.page) FROM paper_page p WHERE p.sha256 = r.sha256) FROM paper_reading r WHERE r.draft = 1 ORDER BY r.sha256 LIMIT 1;

-- docs_draft_cut :exec (sha256 text, page i64)
DELETE FROM paper_page WHERE sha256 = $1 AND page > $2;

-- docs_draft_remove :exec (sha256 text)
DELETE FROM paper_reading WHERE sha256 = $1 AND draft = 1;

-- docs_page_insert :exec (sha256 text, page i64, text text, text_fold text, picture text?, width i64?, height i64?)
INSERT INTO paper_page(sha256, page, text, text_fold, picture, width, height) VALUES($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256, page) DO NOTHING;

-- docs_signer_list :many () -> (public_key text, name text, added_ms i64)
SELECT public_key, name, added_ms FROM bundle_signer WHERE removed_ms IS NULL ORDER BY name, public_key;

-- docs_signer_get :maybe (public_key text) -> (name text)
SELECT name FROM bundle_signer WHERE public_key = $1 AND removed_ms IS NULL;

-- docs_signer_write :exec (public_key text, name text, added_ms i64)
INSERT INTO bundle_signer(public_key, name, added_ms) VALUES($1, $2, $3)
ON CONFLICT (public_key) DO UPDATE SET name = excluded.name, added_ms = excluded.added_ms, removed_ms = NULL;

-- docs_signer_remove :exec (public_key text, removed_ms i64)
UPDATE bundle_signer SET removed_ms = $2 WHERE public_key = $1 AND removed_ms IS NULL;

-- docs_install_insert :exec (id i64, event_id i64, manifest text, public_key text, signer text, signed_ms i64, installed_ms i64, actor text)
INSERT INTO bundle_install(id, event_id, manifest, public_key, signer, signed_ms, installed_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7, $8);

-- docs_install_paper :exec (install_id i64, document_id i64, version i64, file text, secrecy text?)
INSERT INTO bundle_paper(install_id, document_id, version, file, secrecy) VALUES($1, $2, $3, $4, $5);

-- When what a paper is now was signed: the newest bundle that had it.

-- docs_version_signed :maybe (document_id i64, version i64) -> (signed_ms i64?)
SELECT MAX(i.signed_ms) FROM bundle_paper p JOIN bundle_install i ON i.id = p.install_id WHERE p.document_id = $1 AND p.version = $2;

-- docs_installed :many (event_id i64, document_id i64) -> (version i64, signer text, public_key text, signed_ms i64, installed_ms i64, secrecy text?)
SELECT p.version, i.signer, i.public_key, i.signed_ms, i.installed_ms, p.secrecy
FROM bundle_paper p JOIN bundle_install i ON i.id = p.install_id
WHERE i.event_id = $1 AND p.document_id = $2 ORDER BY i.installed_ms DESC, i.id DESC;

-- docs_versions :many (document_id i64) -> (version i64, sha256 text, name text, size i64, media_type text, added_ms i64, source text?, pages i64?, unread i64?)
SELECT v.version, v.sha256, v.name, b.size, b.media_type, v.added_ms, r.source, r.pages, r.unread
FROM document_version v JOIN blob b ON b.sha256 = v.sha256 LEFT JOIN paper_reading r ON r.sha256 = v.sha256 AND r.draft = 0
WHERE v.document_id = $1 ORDER BY v.version DESC;

-- What can bring a stamp to light: an event's configuration, a version, a reading. Small tables; a check-in changes none of them.
-- docs_stamp_mark :maybe () -> (config i64, versions i64, readings i64, made_ms i64)
SELECT (SELECT CAST(COALESCE(SUM(config_seq), 0) AS BIGINT) FROM event), (SELECT COUNT(*) FROM document_version), (SELECT COUNT(*) FROM paper_reading WHERE draft = 0),
  (SELECT COALESCE(MAX(made_ms), 0) FROM paper_reading);

-- Papers that bear no stamp yet, with the first page of the newest version.
-- docs_unstamped :many () -> (id i64, event_id i64, code text, event text, name text, source text?, text text?)
SELECT d.id, e.id, d.code, e.slug, v.name, r.source, p.text
FROM document d
JOIN event e ON e.id = d.event_id
JOIN document_version v ON v.document_id = d.id AND v.version = (SELECT MAX(m.version) FROM document_version m WHERE m.document_id = d.id)
LEFT JOIN paper_reading r ON r.sha256 = v.sha256 AND r.draft = 0
LEFT JOIN paper_page p ON p.sha256 = r.sha256 AND p.page = 1
WHERE d.stamp IS NULL;
