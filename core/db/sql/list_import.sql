-- Lists that are taken in, and taken back: core/congress/list_import.

-- list_import_next :maybe () -> (number i64)
SELECT COALESCE(MAX(number), 0) + 1 FROM list_import

-- list_import_begin :exec (number i64, target text, event_id i64?, file text, actor text, began_ms i64, detail text)
INSERT INTO list_import(number, state, target, event_id, file, actor, began_ms, detail) VALUES($1, 'applying', $2, $3, $4, $5, $6, $7)

-- list_import_end :exec (number i64, ended_ms i64, result text)
UPDATE list_import SET state = 'done', ended_ms = $2, result = $3 WHERE number = $1

-- list_import_take_back :exec (number i64, undone_by text?)
UPDATE list_import SET state = 'taking_back', undone_by = $2 WHERE number = $1

-- list_import_taken_back :exec (number i64, undone_ms i64, result text)
UPDATE list_import SET state = 'taken_back', undone_ms = $2, result = $3 WHERE number = $1

-- list_import_one :maybe (number i64) -> (number i64, state text, target text, event_id i64?, slug text?, file text, actor text, began_ms i64, ended_ms i64?, undone_ms i64?, undone_by text?, detail text, result text?)
SELECT i.number, i.state, i.target, i.event_id, e.slug, i.file, i.actor, i.began_ms, i.ended_ms, i.undone_ms, i.undone_by, i.detail, i.result
FROM list_import i LEFT JOIN event e ON e.id = i.event_id WHERE i.number = $1

-- The newest first. Slug NULL: all of them; '': those into the register.
-- list_import_list :many (slug text?, below i64, most i64) -> (number i64, state text, target text, event_id i64?, slug text?, file text, actor text, began_ms i64, ended_ms i64?, undone_ms i64?, undone_by text?, detail text, result text?)
SELECT i.number, i.state, i.target, i.event_id, e.slug, i.file, i.actor, i.began_ms, i.ended_ms, i.undone_ms, i.undone_by, i.detail, i.result
FROM list_import i LEFT JOIN event e ON e.id = i.event_id
WHERE i.number < $2 AND (CAST($1 AS TEXT) IS NULL OR CASE WHEN i.event_id IS NULL THEN '' ELSE e.slug END = CAST($1 AS TEXT)) ORDER BY i.number DESC LIMIT $3

-- What did not reach its end.
-- list_import_unfinished :many () -> (number i64, state text)
SELECT number, state FROM list_import WHERE state = 'applying' OR state = 'taking_back' ORDER BY number

-- list_import_row_add :exec (import i64, place i64, sheet_row i64, entity text, subject_id i64, code text, made text?, fields text, left_as text?)
INSERT INTO list_import_row(import, place, sheet_row, entity, subject_id, code, made, fields, left_as) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- list_import_rows_down :many (import i64, below i64, most i64) -> (place i64, sheet_row i64, entity text, subject_id i64, code text, made text?, fields text)
SELECT place, sheet_row, entity, subject_id, code, made, fields FROM list_import_row WHERE import = $1 AND place < $2 AND left_as IS NULL ORDER BY place DESC LIMIT $3

-- list_import_row_left :exec (import i64, place i64, left_as text)
UPDATE list_import_row SET left_as = $3 WHERE import = $1 AND place = $2

-- list_import_left :many (import i64, most i64) -> (sheet_row i64, entity text, code text, left_as text)
SELECT sheet_row, entity, code, left_as FROM list_import_row WHERE import = $1 AND left_as <> 'back' ORDER BY place LIMIT $2

-- list_import_left_count :maybe (import i64) -> (back i64, total i64)
SELECT CAST(COALESCE(SUM(CASE WHEN left_as = 'back' THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN left_as <> 'back' THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM list_import_row WHERE import = $1

-- list_import_subjects :many (import i64, entity text) -> (subject_id i64)
SELECT subject_id FROM list_import_row WHERE import = $1 AND entity = $2

-- One row as the tables of the event file have it.
-- list_import_person :many (id i64) -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob FROM person WHERE id = $1

-- list_import_unit :many (id i64) -> (id i64, code text, name text, name_fold text, parent_id i64?, level text?, sector text?, sort_order i64?, members i64?)
SELECT id, code, name, name_fold, parent_id, level, sector, sort_order, members FROM unit WHERE id = $1

-- list_import_delegate :many (id i64) -> (id i64, event_id i64, person_id i64?, number text?, category_id i64, delegation_id i64?, mandate text?, status text, replaces text?, decision text?, absence text?, roles text?, group_name text?, sort_order i64?, seat text?, badge_box text?, needs text?, room text?, transport text?, diet text?, greet i64)
SELECT id, event_id, person_id, number, category_id, delegation_id, mandate, status, replaces, decision, absence, roles, group_name, sort_order, seat, badge_box, needs, room, transport,
  diet, greet FROM delegate WHERE id = $1

-- list_import_attributes :many (person_id i64) -> (type_id i64, code text, value text)
SELECT a.type_id, t.code, a.value FROM person_attribute a JOIN attribute_type t ON t.id = a.type_id WHERE a.person_id = $1 ORDER BY t.code

-- list_import_code_taken :maybe (code text) -> (id i64)
SELECT id FROM person WHERE code = $1

-- list_import_unit_code_taken :maybe (code text) -> (id i64)
SELECT id FROM unit WHERE code = $1

-- list_import_number_taken :maybe (event_id i64, number text) -> (id i64)
SELECT id FROM delegate WHERE event_id = $1 AND number = $2

-- What speaks against taking back that somebody is a delegate: scans, a printed or replaced badge, what the desk wrote.
-- list_import_delegate_history :maybe (delegate_id i64) -> (total i64)
SELECT (SELECT COUNT(last_scan) FROM delegate_state WHERE delegate_id = $1)
  + (SELECT COUNT(*) FROM credential WHERE delegate_id = $1 AND (issue > 1 OR revoked_ms IS NOT NULL))
  + (SELECT COUNT(*) FROM printed_badge b JOIN credential c ON c.id = b.credential_id WHERE c.delegate_id = $1)
  + (SELECT COUNT(*) FROM handed_badge h JOIN credential k ON k.id = h.credential_id WHERE k.delegate_id = $1)
  + (SELECT COUNT(*) FROM amendment WHERE delegate_id = $1 OR other_id = $1)

-- list_import_mapping_keep :exec (target text, headings text, mapping text, used_ms i64)
INSERT INTO list_mapping(target, headings, mapping, used_ms) VALUES($1, $2, $3, $4)
ON CONFLICT (target, headings) DO UPDATE SET mapping = excluded.mapping, used_ms = excluded.used_ms

-- list_import_mappings :many (target text, most i64) -> (headings text, mapping text, used_ms i64)
SELECT headings, mapping, used_ms FROM list_mapping WHERE target = $1 ORDER BY used_ms DESC, headings LIMIT $2

-- list_import_unit_events :many (unit_id i64) -> (event_id i64)
SELECT e.id FROM event e WHERE EXISTS (SELECT 1 FROM delegate d WHERE d.event_id = e.id AND d.delegation_id = $1)

-- Who belongs to a unit, in the register and at events, in the order of the index of names: whatever goes back in it makes the engine write out what it has gathered.
-- list_import_unit_people :many (unit_id i64) -> (id i64)
SELECT p.id FROM person p LEFT JOIN find_scope s ON s.event_id = 0 LEFT JOIN find_entry f ON f.scope = s.number AND f.subject_id = p.id
WHERE p.unit_id = $1 ORDER BY f.place, p.id

-- list_import_unit_delegates :many (unit_id i64) -> (id i64, event_id i64)
SELECT d.id, d.event_id FROM event e JOIN delegate d ON d.event_id = e.id AND d.delegation_id = $1
  LEFT JOIN find_scope s ON s.event_id = d.event_id LEFT JOIN find_entry f ON f.scope = s.number AND f.subject_id = d.id ORDER BY f.place, d.id

-- The next unit whose name an import changed.
-- list_import_renamed :maybe (import i64, above i64, field text) -> (place i64, subject_id i64)
SELECT place, subject_id FROM list_import_row WHERE import = $1 AND place > $2 AND entity = 'unit' AND fields LIKE $3 ORDER BY place LIMIT 1

-- list_import_delegate_touch :exec (id i64)
UPDATE delegate SET roster_seq = (SELECT roster_seq FROM event WHERE id = delegate.event_id) WHERE id = $1

-- list_import_number_give :exec (id i64, number text)
UPDATE delegate SET number = $2 WHERE id = $1

-- list_import_bump_all :exec ()
UPDATE event SET config_seq = config_seq + 1, roster_seq = roster_seq + 1, figures_seq = figures_seq + 1

-- People who came into the register through one event, at its desk or by its lists, and are at no other and have no card of a member.
-- list_import_own_people :many (event_id i64) -> (person_id i64)
SELECT d.person_id FROM delegate d WHERE d.event_id = $1 AND d.person_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM delegate o WHERE o.person_id = d.person_id AND o.event_id <> $1)
  AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = d.person_id AND c.event_id IS NULL)
  AND EXISTS (SELECT 1 FROM register_change r WHERE r.person_id = d.person_id AND r.field = 'created'
    AND (r.source = 'desk' OR r.source IN (SELECT 'import:' || CAST(i.number AS TEXT) FROM list_import i WHERE i.event_id = $1)))

-- People who were there before an import, and whom it changed.
-- list_import_changed_people :many (import i64) -> (subject_id i64)
SELECT subject_id FROM list_import_row WHERE import = $1 AND entity = 'person' AND made IS NULL AND left_as IS NULL

-- What an import has yet to give back to one of its delegates.
-- list_import_row_open :maybe (import i64, subject_id i64) -> (place i64, fields text)
SELECT place, fields FROM list_import_row WHERE subject_id = $2 AND import = $1 AND left_as IS NULL AND entity = 'delegate' AND made IS NULL ORDER BY place LIMIT 1

-- What speaks against taking back that somebody is in the register: another entry became one with theirs.
-- list_import_person_history :maybe (person_id i64) -> (total i64)
SELECT (SELECT COUNT(*) FROM register_merge WHERE kept_id = $1 AND undone_ms IS NULL) + (SELECT COUNT(*) FROM person_alias WHERE person_id = $1)

-- list_import_type :maybe (code text) -> (id i64)
SELECT id FROM attribute_type WHERE code = $1

-- list_import_credential_person :exec (delegate_id i64, person_id i64?)
UPDATE credential SET person_id = $2 WHERE delegate_id = $1
