-- What an event leaves behind (core/congress/archive.c), in the order of columns that stands there. No tokens, no PINs, no sensitive attributes.

-- archive_corrections :many (event_id i64) -> (scan_id text, kind text, reason text?, made_ms i64, device text?, account text?)
SELECT s.scan_id, c.kind, c.reason, c.made_ms, v.code, a.name FROM correction c JOIN scan s ON s.id = c.scan LEFT JOIN device v ON v.id = c.device_id
LEFT JOIN account a ON a.id = c.account_id WHERE c.event_id = $1 ORDER BY c.id;

-- archive_fixed :many (event_id i64) -> (number i64, request text, event text, event_title text, timezone text, at_ms i64, known_ms i64, actor text, label text?, category text?, category_title text?, expected i64, attended i64, present i64, absent i64, excused i64, alternates i64, substitutes i64, by_group i64, quorum text?, sentence text, people i64, parts_hash text, people_hash text, previous text, hash text)
SELECT number, request, event, event_title, timezone, at_ms, known_ms, actor, label, category, category_title, expected, attended, present, absent, excused, alternates,
  substitutes, by_group, quorum, sentence, people, parts_hash, people_hash, previous, hash
FROM figure_fixed WHERE event_id = $1 ORDER BY number;

-- archive_fixed_parts :many (event_id i64) -> (number i64, kind text, place i64, code text, title text, expected i64, attended i64, present i64, absent i64, excused i64, alternates i64, substitutes i64, by_group i64)
SELECT f.number, p.kind, p.place, p.code, p.title, p.expected, p.attended, p.present, p.absent, p.excused, p.alternates, p.substitutes, p.by_group
FROM figure_fixed_part p JOIN figure_fixed f ON f.id = p.fixed_id WHERE f.event_id = $1 ORDER BY f.number, p.kind, p.place;

-- archive_fixed_people :many (event_id i64) -> (number i64, place i64, code text, name text, badge_number text?, seat text?, category text, delegation text, status text, state text, excused i64, reason text?, stands_for text?, by_group i64, first_ms i64?, last_ms i64?)
SELECT f.number, p.place, p.code, p.name, p.number, p.seat, p.category, p.delegation, p.status, p.state, p.excused, p.reason, p.stands_for, p.by_group, p.first_ms, p.last_ms
FROM figure_fixed_person p JOIN figure_fixed f ON f.id = p.fixed_id WHERE f.event_id = $1 ORDER BY f.number, p.place;

-- archive_announcements :many (event_id i64) -> (announcement i64, at_ms i64, actor text, kind text, text text, from_ms i64?, until_ms i64?, to_wall i64, to_phone i64, audience text?, urgent i64)
SELECT announcement_id, at_ms, actor, kind, text, from_ms, until_ms, to_wall, to_phone, audience, urgent FROM announcement_change WHERE event_id = $1 ORDER BY id;

-- archive_questions :many (event_id i64) -> (person text?, badge_number text?, words text, asked_ms i64, answer text?, answered_ms i64?, actor text?)
SELECT p.code, d.number, q.words, q.asked_ms, q.answer, q.answered_ms, q.actor FROM question q JOIN delegate d ON d.id = q.delegate_id
LEFT JOIN person p ON p.id = d.person_id WHERE q.event_id = $1 ORDER BY q.asked_ms, q.id;

-- archive_news :many (event_id i64) -> (post i64, number i64, at_ms i64, actor text, from_ms i64, recalled_ms i64?, recalled_by text?, kind text, session text?, title text, body text, withdrawn_ms i64?)
SELECT e.post_id, e.number, e.at_ms, e.actor, e.from_ms, e.recalled_ms, e.recalled_by, e.kind, e.session, e.title, e.body, p.withdrawn_ms
FROM post_edition e JOIN post p ON p.id = e.post_id WHERE e.event_id = $1 ORDER BY e.at_ms, e.id;

-- archive_closings :many (event_id i64) -> (closed_ms i64, closed_by text, note text?, reopened_ms i64?, reopened_by text?, reason text?)
SELECT closed_ms, closed_by, note, reopened_ms, reopened_by, reason FROM event_closing WHERE event_id = $1 ORDER BY closed_ms, id;

-- archive_papers :many (event_id i64) -> (document text, version i64, name text, sha256 text, added_ms i64)
SELECT d.code, v.version, v.name, v.sha256, v.added_ms FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.event_id = $1
ORDER BY d.sort_order, d.code, v.version;
