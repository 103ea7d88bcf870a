-- News and results on the public page: core/congress/posts. Which edition everybody may read is decided in C alone.

-- post_list :many (event_id i64) -> (id i64, version i64, kind text, session text?, title text, changed_ms i64, changed_by text, withdrawn_ms i64?, withdrawn_by text?)
SELECT id, version, kind, session, title, changed_ms, changed_by, withdrawn_ms, withdrawn_by FROM post WHERE event_id = $1 ORDER BY id DESC;

-- post_get :maybe (event_id i64, id i64) -> (id i64, version i64, kind text, session text?, title text, body text, figure_id i64?, changed_ms i64, changed_by text, withdrawn_ms i64?, withdrawn_by text?)
SELECT id, version, kind, session, title, body, figure_id, changed_ms, changed_by, withdrawn_ms, withdrawn_by FROM post WHERE event_id = $1 AND id = $2;

-- post_editions :many (event_id i64) -> (id i64, post_id i64, number i64, of_version i64, at_ms i64, actor text, from_ms i64, recalled_ms i64?)
SELECT id, post_id, number, of_version, at_ms, actor, from_ms, recalled_ms FROM post_edition WHERE event_id = $1 ORDER BY post_id, number;

-- post_editions_of :many (event_id i64, post_id i64) -> (id i64, post_id i64, number i64, of_version i64, at_ms i64, actor text, from_ms i64, recalled_ms i64?)
SELECT id, post_id, number, of_version, at_ms, actor, from_ms, recalled_ms FROM post_edition WHERE event_id = $1 AND post_id = $2 ORDER BY number;

-- post_edition_get :maybe (id i64) -> (kind text, session text?, title text, body text, figure_id i64?, pictures text)
SELECT kind, session, title, body, figure_id, pictures FROM post_edition WHERE id = $1;

-- What changes whenever something that everybody may read changes (and at some other times).
-- post_mark :maybe (event_id i64) -> (versions i64, approvals i64)
SELECT (SELECT COALESCE(SUM(version), 0) FROM post WHERE event_id = $1),
  (SELECT COALESCE(SUM(p.approved_ms), 0) FROM post_picture p JOIN post o ON o.id = p.post_id WHERE o.event_id = $1);

-- post_count :maybe (event_id i64) -> (count i64)
SELECT COUNT(*) FROM post WHERE event_id = $1;

-- post_insert :exec (id i64, event_id i64, kind text, session text?, title text, body text, figure_id i64?, made_ms i64, made_by text)
INSERT INTO post(id, event_id, version, kind, session, title, body, figure_id, made_ms, made_by, changed_ms, changed_by)
VALUES($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $8, $9);

-- post_update :exec (id i64, kind text, session text?, title text, body text, figure_id i64?, changed_ms i64, changed_by text)
UPDATE post SET version = version + 1, kind = $2, session = $3, title = $4, body = $5, figure_id = $6, changed_ms = $7, changed_by = $8 WHERE id = $1;

-- post_withdraw :exec (id i64, withdrawn_ms i64?, withdrawn_by text?)
UPDATE post SET version = version + 1, withdrawn_ms = $2, withdrawn_by = $3 WHERE id = $1;

-- post_edition_insert :exec (id i64, post_id i64, event_id i64, number i64, at_ms i64, actor text, from_ms i64, pictures text)
INSERT INTO post_edition(id, post_id, event_id, number, of_version, at_ms, actor, from_ms, kind, session, title, body, figure_id, pictures)
SELECT $1, id, event_id, $4, version, $5, $6, $7, kind, session, title, body, figure_id, $8 FROM post WHERE id = $2 AND event_id = $3;

-- post_edition_recall :exec (post_id i64, now_ms i64, actor text)
UPDATE post_edition SET recalled_ms = $2, recalled_by = $3 WHERE post_id = $1 AND recalled_ms IS NULL AND from_ms > $2;

-- post_pictures :many (post_id i64) -> (id i64, place i64, large text, small text, width i64, height i64, caption text, alt text, made_ms i64, made_by text, approved_ms i64?, approved_by text?)
SELECT id, place, large, small, width, height, caption, alt, made_ms, made_by, approved_ms, approved_by FROM post_picture WHERE post_id = $1 ORDER BY place, id;

-- post_picture_get :maybe (event_id i64, id i64) -> (post_id i64, large text, small text, large_size i64, small_size i64, approved_ms i64?)
SELECT p.post_id, p.large, p.small, l.size, s.size, p.approved_ms
FROM post_picture p JOIN post o ON o.id = p.post_id JOIN blob l ON l.sha256 = p.large JOIN blob s ON s.sha256 = p.small WHERE o.event_id = $1 AND p.id = $2;

-- post_picture_insert :exec (id i64, post_id i64, place i64, large text, small text, width i64, height i64, made_ms i64, made_by text)
INSERT INTO post_picture(id, post_id, place, large, small, width, height, caption, alt, made_ms, made_by) VALUES($1, $2, $3, $4, $5, $6, $7, '{}', '{}', $8, $9);

-- post_picture_words :exec (id i64, caption text, alt text)
UPDATE post_picture SET caption = $2, alt = $3 WHERE id = $1;

-- post_picture_approve :exec (id i64, approved_ms i64?, approved_by text?)
UPDATE post_picture SET approved_ms = $2, approved_by = $3 WHERE id = $1;

-- post_picture_place :exec (id i64, place i64)
UPDATE post_picture SET place = $2 WHERE id = $1;

-- post_picture_delete :exec (id i64)
DELETE FROM post_picture WHERE id = $1;
