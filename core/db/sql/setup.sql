-- What the console's forms look up beside the tables of the event file (core/congress/event_file/setup.c).

-- setup_category_delegates :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM delegate WHERE category_id = $1;

-- setup_attribute_people :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM person_attribute WHERE type_id = $1;

-- setup_documents :many (event_id i64) -> (file text?, file_blob text?)
SELECT file, file_blob FROM document WHERE event_id = $1;

-- setup_event_files :maybe (event_id i64) -> (slides text?, wall_welcome text?)
SELECT slides, wall_welcome FROM event WHERE id = $1;

-- setup_blob :maybe (sha256 text) -> (size i64, media_type text, crc32 i64?)
SELECT size, media_type, crc32 FROM blob WHERE sha256 = $1;

-- setup_started :maybe (event_id i64) -> (delegates i64, printed i64, devices i64)
SELECT (SELECT COUNT(*) FROM delegate WHERE event_id = $1), (SELECT COUNT(*) FROM print_run WHERE event_id = $1 AND spoiled_ms IS NULL),
  (SELECT COUNT(*) FROM device WHERE event_id = $1);

-- Closing an event (core/congress/closing.c). What stands in event_closing is never changed but for the reopening.

-- closing_set :exec (event_id i64, closed_ms i64?)
UPDATE event SET closed_ms = $2, config_seq = config_seq + 1, roster_seq = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1;

-- closing_insert :exec (id i64, event_id i64, closed_ms i64, closed_by text, note text?)
INSERT INTO event_closing(id, event_id, closed_ms, closed_by, note) VALUES($1, $2, $3, $4, $5);

-- closing_reopen :exec (event_id i64, reopened_ms i64, reopened_by text, reason text)
UPDATE event_closing SET reopened_ms = $2, reopened_by = $3, reason = $4 WHERE event_id = $1 AND reopened_ms IS NULL;

-- closing_list :many (event_id i64) -> (closed_ms i64, closed_by text, note text?, reopened_ms i64?, reopened_by text?, reason text?)
SELECT closed_ms, closed_by, note, reopened_ms, reopened_by, reason FROM event_closing WHERE event_id = $1 ORDER BY closed_ms DESC, id DESC;

-- closing_now :maybe (event_id i64) -> (closed_ms i64?)
SELECT closed_ms FROM event WHERE id = $1;
