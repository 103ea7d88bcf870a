-- Announcements and questions: core/congress/messages. Who sees an announcement when is decided in C alone.

-- announcement_open :many (event_id i64) -> (id i64, version i64, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64, file_mark text?, made_ms i64, made_by text, changed_ms i64, changed_by text, ended_ms i64?, ended_by text?)
SELECT id, version, text, from_ms, until_ms, to_wall, to_phone, audience, urgent, file_mark, made_ms, made_by, changed_ms, changed_by, ended_ms, ended_by
FROM announcement WHERE event_id = $1 AND ended_ms IS NULL ORDER BY id;

-- announcement_of_file :many (event_id i64) -> (id i64, version i64, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64, file_mark text?, made_ms i64, made_by text, changed_ms i64, changed_by text, ended_ms i64?, ended_by text?)
SELECT id, version, text, from_ms, until_ms, to_wall, to_phone, audience, urgent, file_mark, made_ms, made_by, changed_ms, changed_by, ended_ms, ended_by
FROM announcement WHERE event_id = $1 AND (ended_ms IS NULL OR file_mark IS NOT NULL) ORDER BY id;

-- announcement_get :maybe (event_id i64, id i64) -> (id i64, version i64, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64, file_mark text?, made_ms i64, made_by text, changed_ms i64, changed_by text, ended_ms i64?, ended_by text?)
SELECT id, version, text, from_ms, until_ms, to_wall, to_phone, audience, urgent, file_mark, made_ms, made_by, changed_ms, changed_by, ended_ms, ended_by
FROM announcement WHERE event_id = $1 AND id = $2;

-- announcement_insert :exec (id i64, event_id i64, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64, file_mark text?, made_ms i64, made_by text)
INSERT INTO announcement(id, event_id, version, text, from_ms, until_ms, to_wall, to_phone, audience, urgent, file_mark, made_ms, made_by, changed_ms, changed_by)
VALUES($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12);

-- announcement_update :exec (id i64, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64, changed_ms i64, changed_by text)
UPDATE announcement SET version = version + 1, text = $2, from_ms = $3, until_ms = $4, to_wall = $5, to_phone = $6, audience = $7, urgent = $8, changed_ms = $9, changed_by = $10
WHERE id = $1;

-- announcement_end :exec (id i64, ended_ms i64, ended_by text)
UPDATE announcement SET version = version + 1, ended_ms = $2, ended_by = $3 WHERE id = $1;

-- Gone from the event file: should it come back there, it is a new one.
-- announcement_gone :exec (id i64, ended_ms i64, ended_by text)
UPDATE announcement SET version = version + 1, ended_ms = $2, ended_by = $3, file_mark = NULL WHERE id = $1;

-- The same of one that somebody has ended before.
-- announcement_forget :exec (id i64)
UPDATE announcement SET file_mark = NULL WHERE id = $1;

-- announcement_change_insert :exec (id i64, announcement_id i64, at_ms i64, actor text, kind text)
INSERT INTO announcement_change(id, announcement_id, event_id, at_ms, actor, kind, text, from_ms, until_ms, to_wall, to_phone, audience, urgent)
SELECT $1, $2, event_id, $3, $4, $5, text, from_ms, until_ms, to_wall, to_phone, audience, urgent FROM announcement WHERE id = $2;

-- announcement_changes :many (event_id i64, most i64) -> (announcement_id i64, at_ms i64, actor text, kind text, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64)
SELECT announcement_id, at_ms, actor, kind, text, from_ms, until_ms, to_wall, to_phone, audience, urgent
FROM announcement_change WHERE event_id = $1 ORDER BY id DESC LIMIT $2;

-- Lists that stand in the events' rows from before there were rows of their own.
-- announcement_left :many () -> (id i64, announcements text)
SELECT id, announcements FROM event WHERE announcements IS NOT NULL;

-- announcement_left_clear :exec (id i64)
UPDATE event SET announcements = NULL WHERE id = $1;

-- The delegations of an event, for choosing whose phones.
-- announcement_units :many (event_id i64) -> (code text, name text)
SELECT u.code, u.name FROM unit u WHERE u.id IN (SELECT d.delegation_id FROM delegate d WHERE d.event_id = $1) ORDER BY u.sort_order, u.code;

-- question_insert :exec (id i64, event_id i64, delegate_id i64, words text, asked_ms i64, browser_hash text?, language text?)
INSERT INTO question(id, event_id, delegate_id, words, asked_ms, browser_hash, language) VALUES($1, $2, $3, $4, $5, $6, $7);

-- The same words again at once: a form sent twice, of which the browser keeps the second cookie.
-- question_hand_on :exec (delegate_id i64, since_ms i64, words text, browser_hash text)
UPDATE question SET browser_hash = $4 WHERE delegate_id = $1 AND asked_ms > $2 AND words = $3 AND answered_ms IS NULL;

-- question_is_of :maybe (delegate_id i64, since_ms i64, words text, browser_hash text) -> (count i64)
SELECT COUNT(*) FROM question WHERE delegate_id = $1 AND asked_ms > $2 AND words = $3 AND browser_hash = $4;

-- question_recent :maybe (delegate_id i64, since_ms i64, words text) -> (asked i64, same i64, waiting i64)
SELECT (SELECT COUNT(*) FROM question WHERE delegate_id = $1 AND asked_ms > $2),
  (SELECT COUNT(*) FROM question WHERE delegate_id = $1 AND asked_ms > $2 AND words = $3), (SELECT COUNT(*) FROM question WHERE delegate_id = $1 AND answered_ms IS NULL);

-- question_of :many (delegate_id i64) -> (id i64, words text, asked_ms i64, answer text?, answered_ms i64?, seen_ms i64?, browser_hash text?)
SELECT id, words, asked_ms, answer, answered_ms, seen_ms, browser_hash FROM question WHERE delegate_id = $1 ORDER BY asked_ms, id;

-- question_list :many (event_id i64, most i64) -> (id i64, words text, asked_ms i64, answer text?, answered_ms i64?, actor text?, seen_ms i64?, name text?, number text?, unit_name text?, language text?, taken_by text?, taken_key text?, taken_ms i64?)
SELECT q.id, q.words, q.asked_ms, q.answer, q.answered_ms, q.actor, q.seen_ms, p.name, d.number, u.name, q.language, q.taken_by, q.taken_key, q.taken_ms
FROM question q JOIN delegate d ON d.id = q.delegate_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE q.event_id = $1 ORDER BY CASE WHEN q.answered_ms IS NULL THEN 0 ELSE 1 END, CASE WHEN q.answered_ms IS NULL THEN q.asked_ms ELSE -q.asked_ms END, q.id LIMIT $2;

-- question_marks :maybe (event_id i64, taken_since_ms i64) -> (count i64, waiting i64, newest i64, oldest_ms i64?, taken i64, taken_newest i64)
SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered_ms IS NULL THEN 1 ELSE 0 END), 0), COALESCE(MAX(COALESCE(seen_ms, answered_ms, asked_ms)), 0),
  MIN(CASE WHEN answered_ms IS NULL THEN asked_ms ELSE NULL END), COALESCE(SUM(CASE WHEN taken_ms > $2 THEN 1 ELSE 0 END), 0), COALESCE(MAX(taken_ms), 0)
FROM question WHERE event_id = $1;

-- question_get :maybe (event_id i64, id i64) -> (words text, answer text?, answered_ms i64?, taken_by text?, taken_key text?, taken_ms i64?, language text?)
SELECT words, answer, answered_ms, taken_by, taken_key, taken_ms, language FROM question WHERE event_id = $1 AND id = $2;

-- question_answer :exec (id i64, answer text, answered_ms i64, actor text)
UPDATE question SET answer = $2, answered_ms = $3, actor = $4, seen_ms = NULL, taken_by = NULL, taken_key = NULL, taken_ms = NULL WHERE id = $1;

-- question_take :exec (id i64, taken_by text?, taken_key text?, taken_ms i64?)
UPDATE question SET taken_by = $2, taken_key = $3, taken_ms = $4 WHERE id = $1;

-- question_seen :exec (id i64, seen_ms i64)
UPDATE question SET seen_ms = $2 WHERE id = $1 AND answered_ms IS NOT NULL AND seen_ms IS NULL;

-- question_close :exec (event_id i64, questions_closed_ms i64?)
UPDATE event SET questions_closed_ms = $2 WHERE id = $1;
