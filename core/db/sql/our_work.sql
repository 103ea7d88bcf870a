-- Our work: the playlist of an event, what screens get of its files, the welcome scene. core/congress/our_work.

-- our_work_event :maybe (slug text) -> (id i64, slides text?, wall_welcome text?, config_seq i64, timezone text)
SELECT id, slides, wall_welcome, config_seq, timezone FROM event WHERE slug = $1

-- our_work_of :maybe (event_id i64) -> (slides text?, wall_welcome text?)
SELECT slides, wall_welcome FROM event WHERE id = $1

-- our_work_all :many () -> (id i64, slug text, slides text?, wall_welcome text?, config_seq i64)
SELECT id, slug, slides, wall_welcome, config_seq FROM event ORDER BY id

-- our_work_emblem :maybe () -> (logo text?, logo_blob text?)
SELECT logo, logo_blob FROM organization

-- our_work_emblem_set :exec (logo text, logo_blob text)
UPDATE organization SET logo = $1, logo_blob = $2

-- our_work_slides_set :exec (event_id i64, slides text?)
UPDATE event SET slides = $2, config_seq = config_seq + 1 WHERE id = $1

-- our_work_welcome_set :exec (event_id i64, wall_welcome text?)
UPDATE event SET wall_welcome = $2, config_seq = config_seq + 1 WHERE id = $1

-- Screens look again: a file of the playlist was made ready.
-- our_work_touch :exec (event_id i64)
UPDATE event SET config_seq = config_seq + 1 WHERE id = $1

-- our_work_file :maybe (sha256 text) -> (kind text, pages i64, reason text?, detail text?, problem text?)
SELECT kind, pages, reason, detail, problem FROM work_file WHERE sha256 = $1

-- our_work_file_set :exec (sha256 text, kind text, pages i64, reason text?, detail text?, problem text?, made_ms i64)
INSERT INTO work_file(sha256, kind, pages, reason, detail, problem, made_ms) VALUES($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (sha256) DO UPDATE SET kind = excluded.kind, pages = excluded.pages, reason = excluded.reason, detail = excluded.detail, problem = excluded.problem,
  made_ms = excluded.made_ms

-- our_work_pages :many (source text) -> (page i64, sha256 text, size i64, media_type text, width i64, height i64, large text?, large_size i64?, large_width i64?, large_height i64?)
SELECT page, sha256, size, media_type, width, height, large, large_size, large_width, large_height FROM work_page WHERE source = $1 ORDER BY page

-- our_work_page_set :exec (source text, page i64, sha256 text, size i64, media_type text, width i64, height i64, large text?, large_size i64?, large_width i64?, large_height i64?)
INSERT INTO work_page(source, page, sha256, size, media_type, width, height, large, large_size, large_width, large_height)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (source, page) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, width = excluded.width,
  height = excluded.height, large = excluded.large, large_size = excluded.large_size, large_width = excluded.large_width, large_height = excluded.large_height

-- What is served of this event under such a hash: a page of a file that its playlist, its welcome scene or the organisation's emblem names.
-- our_work_find :many (event_id i64, sha256 text) -> (sha256 text, size i64, media_type text)
SELECT p.sha256, p.size, p.media_type FROM work_page p JOIN event e ON e.id = $1
WHERE p.sha256 = $2 AND (e.slides LIKE '%' || p.source || '%' OR e.wall_welcome LIKE '%' || p.source || '%'
  OR EXISTS (SELECT 1 FROM organization o WHERE o.logo_blob = p.source))
UNION ALL
SELECT p.large, p.large_size, p.media_type FROM work_page p JOIN event e ON e.id = $1
WHERE p.large = $2 AND (e.slides LIKE '%' || p.source || '%' OR e.wall_welcome LIKE '%' || p.source || '%'
  OR EXISTS (SELECT 1 FROM organization o WHERE o.logo_blob = p.source))

-- our_work_removed :many (event_id i64) -> (id i64, place i64, slide text, removed_ms i64, removed_by text)
SELECT id, place, slide, removed_ms, removed_by FROM work_removed WHERE event_id = $1 ORDER BY id DESC LIMIT 20

-- our_work_remove :exec (id i64, event_id i64, place i64, slide text, removed_ms i64, removed_by text)
INSERT INTO work_removed(id, event_id, place, slide, removed_ms, removed_by) VALUES($1, $2, $3, $4, $5, $6)

-- our_work_removed_end :exec (id i64)
DELETE FROM work_removed WHERE id = $1

-- Whether another file already goes out under this path when an event is exported.
-- our_work_path_taken :maybe (path text) -> (taken i64)
SELECT 1 WHERE EXISTS (SELECT 1 FROM person WHERE photo = $1) OR EXISTS (SELECT 1 FROM document WHERE file = $1) OR EXISTS (SELECT 1 FROM organization WHERE logo = $1)

-- our_work_upload :maybe (id text) -> (event_id i64)
SELECT event_id FROM work_upload WHERE id = $1

-- our_work_upload_set :exec (id text, event_id i64, done_ms i64)
INSERT INTO work_upload(id, event_id, done_ms) VALUES($1, $2, $3)
