-- The register: core/congress/register. Only that room calls what writes here (tests/lint); nothing else writes person, person_attribute and unit.

-- register_person_put :exec (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?, known i64, keep i64)
INSERT INTO person(id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob, known)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, name_fold = excluded.name_fold, name_sort = excluded.name_sort, sort_name = excluded.sort_name,
  honorific = excluded.honorific, unit_id = excluded.unit_id, title = excluded.title, gender = excluded.gender, born = excluded.born,
  joined = excluded.joined, phone = excluded.phone, email = excluded.email, photo = excluded.photo, photo_blob = excluded.photo_blob,
  known = (person.known & $18) | excluded.known

-- register_person_of_event :exec (id i64, event_id i64?)
UPDATE person SET of_event_id = $2 WHERE id = $1

-- register_event_of_person :maybe (id i64) -> (event_id i64?)
SELECT of_event_id FROM person WHERE id = $1

-- Of two that become one: of an event alone only when both were.
-- register_person_of_both :exec (kept_id i64, gone_id i64)
UPDATE person SET of_event_id = NULL WHERE id = $1 AND of_event_id IS NOT NULL AND of_event_id <> COALESCE((SELECT g.of_event_id FROM person g WHERE g.id = $2), 0)

-- Who came in by an event file, since that change: of the one event that it puts them into.
-- register_people_of_event :exec (least_id i64)
UPDATE person SET of_event_id = (SELECT MIN(d.event_id) FROM delegate d WHERE d.person_id = person.id)
WHERE id IN (SELECT c.person_id FROM register_change c WHERE c.id >= $1 AND c.field = 'created' AND c.person_id IS NOT NULL) AND unit_id IS NULL
  AND (SELECT COUNT(*) FROM delegate d WHERE d.person_id = person.id) = 1

-- register_person_drop :exec (id i64)
DELETE FROM person WHERE id = $1

-- register_attribute_put :exec (person_id i64, type_id i64, value text)
INSERT INTO person_attribute(person_id, type_id, value) VALUES($1, $2, $3) ON CONFLICT (person_id, type_id) DO UPDATE SET value = excluded.value

-- register_attribute_drop :exec (person_id i64, type_id i64)
DELETE FROM person_attribute WHERE person_id = $1 AND type_id = $2

-- register_unit_put :exec (id i64, code text, name text, name_fold text, parent_id i64?, level text?, sector text?, sort_order i64?, members i64?)
INSERT INTO unit(id, code, name, name_fold, parent_id, level, sector, sort_order, members)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, name_fold = excluded.name_fold, parent_id = excluded.parent_id, level = excluded.level,
  sector = excluded.sector, sort_order = excluded.sort_order, members = excluded.members

-- register_unit_drop :exec (id i64)
DELETE FROM unit WHERE id = $1

-- Closing a unit (core/congress/register/close.c).
-- register_unit_close :exec (id i64, closed_day text?)
UPDATE unit SET closed_day = $2 WHERE id = $1

-- register_unit_closed :maybe (id i64) -> (closed_day text?)
SELECT closed_day FROM unit WHERE id = $1

-- register_unit_people :many (unit_id i64, most i64) -> (code text)
SELECT code FROM person WHERE unit_id = $1 ORDER BY id LIMIT $2

-- register_unit_counts :maybe (unit_id i64) -> (people i64, units i64)
SELECT (SELECT COUNT(*) FROM person WHERE unit_id = $1), (SELECT COUNT(*) FROM unit WHERE parent_id = $1)

-- register_unit_children :many (unit_id i64) -> (code text)
SELECT code FROM unit WHERE parent_id = $1 ORDER BY id

-- Whose membership of this unit began behind that day; a period that begins nowhere is before all days.
-- register_unit_later :maybe (unit_id i64, day text) -> (code text)
SELECT p.code FROM membership m JOIN person p ON p.id = m.person_id
WHERE m.unit_id = $1 AND m.from_day > $2 AND m.ended IS NULL AND m.void_ms = 9223372036854775807 ORDER BY m.from_day DESC, p.code LIMIT 1

-- Only types that nobody has a value of yet get a mark here.
-- register_type_mark :exec (id i64, mask i64)
UPDATE attribute_type SET known_mask = $2 WHERE id = $1

-- register_types :many () -> (id i64, code text, title text, kind text, choices text?, sensitive i64, mask i64)
SELECT id, code, title, kind, choices, sensitive, known_mask FROM attribute_type ORDER BY code

-- register_zone :maybe () -> (timezone text)
SELECT timezone FROM event ORDER BY starts_ms DESC, id DESC LIMIT 1

-- register_person_of_code :maybe (code text) -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob FROM person
WHERE id IN (SELECT p.id FROM person p WHERE p.code = $1 UNION SELECT a.person_id FROM person_alias a WHERE a.code = $1)

-- register_person_of_id :maybe (id i64) -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob FROM person WHERE id = $1

-- register_unit_of_code :maybe (code text) -> (id i64, code text, name text, name_fold text, parent_id i64?, level text?, sector text?, sort_order i64?, members i64?)
SELECT id, code, name, name_fold, parent_id, level, sector, sort_order, members FROM unit WHERE code = $1

-- register_unit_of_id :maybe (id i64) -> (id i64, code text, name text, name_fold text, parent_id i64?, level text?, sector text?, sort_order i64?, members i64?)
SELECT id, code, name, name_fold, parent_id, level, sector, sort_order, members FROM unit WHERE id = $1

-- register_unit_needed :maybe (id i64) -> (people i64, units i64, delegates i64)
SELECT (SELECT COUNT(*) FROM person WHERE unit_id = $1), (SELECT COUNT(*) FROM unit WHERE parent_id = $1), (SELECT COUNT(*) FROM delegate WHERE delegation_id = $1)

-- register_note :exec (id i64, person_id i64?, unit_id i64?, at_ms i64, day text, field text, old text?, value text?, sensitive i64, actor text, source text)
INSERT INTO register_change(id, person_id, unit_id, at_ms, day, field, old, value, sensitive, actor, source) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- Memberships: those that are known, by their days. Whatever is void is history of the history.

-- membership_of_person :many (person_id i64) -> (id i64, unit_id i64, from_day text, until_day text, began text, ended text?, from_unit_id i64?, to_unit_id i64?)
SELECT id, unit_id, from_day, until_day, began, ended, from_unit_id, to_unit_id FROM membership
WHERE person_id = $1 AND void_ms = 9223372036854775807 ORDER BY from_day, until_day, known_ms, id

-- membership_add :exec (id i64, person_id i64, unit_id i64, from_day text, until_day text, began text, ended text?, from_unit_id i64?, to_unit_id i64?, known_ms i64, actor text, source text, ended_ms i64, ended_actor text?, ended_source text?)
INSERT INTO membership(id, person_id, unit_id, from_day, until_day, began, ended, from_unit_id, to_unit_id, known_ms, actor, source, ended_ms, ended_actor, ended_source)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- membership_end :exec (id i64, until_day text, ended text, to_unit_id i64?, ended_ms i64, actor text, source text)
UPDATE membership SET until_day = $2, ended = $3, to_unit_id = $4, ended_ms = $5, ended_actor = $6, ended_source = $7 WHERE id = $1

-- membership_void :exec (id i64, void_ms i64, actor text, source text)
UPDATE membership SET void_ms = $2, void_actor = $3, void_source = $4 WHERE id = $1

-- membership_forget :exec (person_id i64)
UPDATE membership SET person_id = NULL WHERE person_id = $1

-- register_change_forget :exec (person_id i64)
DELETE FROM register_change WHERE person_id = $1

-- register_merge_forget :exec (person_id i64)
DELETE FROM register_merge WHERE kept_id = $1 OR gone_id = $1

-- register_alias_forget :exec (person_id i64)
DELETE FROM person_alias WHERE person_id = $1

-- register_distinct_forget :exec (person_id i64)
DELETE FROM register_distinct WHERE low_id = $1 OR high_id = $1

-- History: periods as they were known at a moment (core/congress/register/history.h). An end that was not known yet has not happened.

-- register_units :many () -> (id i64, code text, name text, parent_id i64?, level text?, sector text?, members i64?, closed_day text?)
SELECT id, code, name, parent_id, level, sector, members, closed_day FROM unit ORDER BY CASE WHEN sort_order IS NULL THEN 1 ELSE 0 END, sort_order, code

-- history_sizes :many (day text, known_ms i64) -> (unit_id i64, total i64)
SELECT unit_id, COUNT(*) FROM membership
WHERE from_day <= $1 AND (until_day > $1 OR ended_ms > $2) AND known_ms <= $2 AND void_ms > $2 GROUP BY unit_id

-- history_openings :many (first_day text, known_ms i64) -> (unit_id i64, total i64)
SELECT unit_id, COUNT(*) FROM membership
WHERE from_day < $1 AND (until_day >= $1 OR ended_ms > $2) AND known_ms <= $2 AND void_ms > $2 GROUP BY unit_id

-- history_began :many (first_day text, last_day text, known_ms i64) -> (unit_id i64, began text, from_unit_id i64?, total i64)
SELECT unit_id, began, from_unit_id, COUNT(*) FROM membership
WHERE from_day >= $1 AND from_day <= $2 AND known_ms <= $3 AND void_ms > $3 GROUP BY unit_id, began, from_unit_id

-- history_ended :many (first_day text, last_day text, known_ms i64) -> (unit_id i64, ended text, to_unit_id i64?, total i64)
SELECT unit_id, ended, to_unit_id, COUNT(*) FROM membership
WHERE until_day >= $1 AND until_day <= $2 AND ended_ms <= $3 AND known_ms <= $3 AND void_ms > $3 AND ended IS NOT NULL GROUP BY unit_id, ended, to_unit_id

-- A unit counts with all units below it. Who was erased has no name any more.
-- history_members :many (unit_id i64, day text, known_ms i64, after_sort text, after_id i64, most i64) -> (person_id i64?, code text?, name text?, sort text, unit_id i64, from_day text, began text, period_id i64)
SELECT m.person_id, p.code, p.name, COALESCE(p.name_sort, '~'), m.unit_id, m.from_day, m.began, m.id
FROM membership m LEFT JOIN person p ON p.id = m.person_id
WHERE m.unit_id IN (WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below)
  AND m.from_day <= $2 AND (m.until_day > $2 OR m.ended_ms > $3) AND m.known_ms <= $3 AND m.void_ms > $3
  AND (COALESCE(p.name_sort, '~') > $4 OR (COALESCE(p.name_sort, '~') = $4 AND m.id > $5))
ORDER BY COALESCE(p.name_sort, '~'), m.id LIMIT $6

-- history_of_person :many (person_id i64) -> (id i64, unit_id i64, unit_code text?, unit_name text?, from_day text, until_day text, began text, ended text?, from_code text?, to_code text?, known_ms i64, actor text, source text, ended_ms i64, ended_actor text?, ended_source text?, void_ms i64, void_actor text?, void_source text?)
SELECT m.id, m.unit_id, u.code, u.name, m.from_day, m.until_day, m.began, m.ended, f.code, t.code, m.known_ms, m.actor, m.source, m.ended_ms, m.ended_actor, m.ended_source,
  m.void_ms, m.void_actor, m.void_source
FROM membership m LEFT JOIN unit u ON u.id = m.unit_id LEFT JOIN unit f ON f.id = m.from_unit_id LEFT JOIN unit t ON t.id = m.to_unit_id
WHERE m.person_id = $1 ORDER BY m.from_day, m.until_day, m.known_ms, m.id

-- Changes, the newest first. What is marked sensitive later is so in what was written before, too.
-- history_changes_of_person :many (person_id i64, before_id i64, most i64) -> (id i64, at_ms i64, day text, field text, old text?, value text?, sensitive i64, actor text, source text)
SELECT id, at_ms, day, field, old, value,
  CASE WHEN sensitive = 1 OR field IN (SELECT 'attribute:' || t.code FROM attribute_type t WHERE t.sensitive = 1) THEN 1 ELSE 0 END, actor, source
FROM register_change WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3

-- history_changes_of_unit :many (unit_id i64, before_id i64, most i64) -> (id i64, at_ms i64, day text, field text, old text?, value text?, sensitive i64, actor text, source text)
SELECT id, at_ms, day, field, old, value, sensitive, actor, source FROM register_change WHERE unit_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3

-- history_changes_all :many (before_id i64, since_ms i64, until_ms i64, most i64) -> (id i64, person_id i64?, unit_id i64?, person_code text?, person_name text?, unit_code text?, at_ms i64, day text, field text, old text?, value text?, sensitive i64, actor text, source text)
SELECT c.id, c.person_id, c.unit_id, p.code, p.name, u.code, c.at_ms, c.day, c.field, c.old, c.value,
  CASE WHEN c.sensitive = 1 OR c.field IN (SELECT 'attribute:' || t.code FROM attribute_type t WHERE t.sensitive = 1) THEN 1 ELSE 0 END, c.actor, c.source
FROM register_change c LEFT JOIN person p ON p.id = c.person_id LEFT JOIN unit u ON u.id = c.unit_id
WHERE c.id < $1 AND c.at_ms >= $2 AND c.at_ms < $3 ORDER BY c.id DESC LIMIT $4

-- The tree with counts: read from the index person_by_unit alone.
-- tree_counts :each () -> (unit_id i64?, known i64, total i64)
SELECT unit_id, known, COUNT(*) FROM person WHERE (known & 2048) = 0 GROUP BY unit_id, known

-- What `plenum doctor` looks at: each must be 0.
-- register_check_open :maybe () -> (total i64, code text?)
SELECT COUNT(*), MIN(p.code) FROM person p LEFT JOIN (
  SELECT person_id, COUNT(*) AS total, MIN(unit_id) AS unit_id FROM membership WHERE ended IS NULL AND void_ms = 9223372036854775807 GROUP BY person_id) m ON m.person_id = p.id
WHERE COALESCE(m.total, 0) <> CASE WHEN p.unit_id IS NULL THEN 0 ELSE 1 END OR (p.unit_id IS NOT NULL AND p.unit_id <> m.unit_id)

-- register_check_overlap :maybe () -> (total i64, code text?)
SELECT COUNT(*), MIN(p.code) FROM (
  SELECT person_id, from_day, LAG(until_day) OVER (PARTITION BY person_id ORDER BY from_day, until_day, known_ms, id) AS before_day
  FROM membership WHERE void_ms = 9223372036854775807 AND person_id IS NOT NULL) m LEFT JOIN person p ON p.id = m.person_id
WHERE m.before_day > m.from_day

-- register_check_days :maybe () -> (total i64)
SELECT COUNT(*) FROM membership
WHERE until_day < from_day OR (ended IS NULL AND (until_day <> '9999-12-31' OR ended_ms <> 9223372036854775807)) OR (ended IS NOT NULL AND until_day = '9999-12-31')

-- register_check_known :maybe () -> (total i64, code text?)
SELECT COUNT(*), MIN(p.code) FROM person p LEFT JOIN (
  SELECT a.person_id, CAST(SUM(t.known_mask) AS BIGINT) AS mask FROM person_attribute a JOIN attribute_type t ON t.id = a.type_id GROUP BY a.person_id) x ON x.person_id = p.id
WHERE p.known - (p.known & 2048) <> (CASE WHEN p.born IS NULL THEN 0 ELSE 1 END) + (CASE WHEN p.gender IS NULL THEN 0 ELSE 2 END) + (CASE WHEN p.phone IS NULL THEN 0 ELSE 4 END)
  + (CASE WHEN p.photo_blob IS NULL THEN 0 ELSE 8 END) + (CASE WHEN p.joined IS NULL THEN 0 ELSE 16 END) + (CASE WHEN p.email IS NULL THEN 0 ELSE 32 END)
  + (CASE WHEN p.title IS NULL THEN 0 ELSE 64 END) + (CASE WHEN p.honorific IS NULL THEN 0 ELSE 128 END) + (CASE WHEN p.gender = 'f' THEN 256 ELSE 0 END)
  + (CASE WHEN p.gender = 'm' THEN 512 ELSE 0 END) + (CASE WHEN p.unit_id IS NULL THEN 0 ELSE 1024 END) + COALESCE(x.mask, 0)

-- People in the order of lists, by pages (people.c): walked in that order where many are meant, gathered and sorted where few are. mask 0: everybody, else who lacks one of these.
-- A unit counts with all units below it; unit 0: everybody.
-- people_count :maybe (unit_id i64, mask i64) -> (total i64)
SELECT COUNT(*) FROM person p
WHERE p.unit_id IN (WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below)
  AND ($2 = 0 OR (p.known & $2) <> $2)

-- people_count_all :maybe (mask i64) -> (total i64)
SELECT COUNT(*) FROM person p WHERE (p.known & 2048) = 0 AND ($1 = 0 OR (p.known & $1) <> $1)

-- people_walk :many (unit_id i64, mask i64, after_sort text, after_id i64, most i64) -> (id i64, code text, name text, name_sort text, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo_blob text?, unit_id i64?, unit_code text?, unit_name text?, known i64)
SELECT p.id, p.code, p.name, p.name_sort, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, p.photo_blob, p.unit_id, u.code, u.name, p.known
FROM person p LEFT JOIN unit u ON u.id = p.unit_id
WHERE p.name_sort >= $3 AND (p.name_sort > $3 OR p.id > $4) AND (p.known & 2048) = 0 AND ($2 = 0 OR (p.known & $2) <> $2) AND ($1 = 0 OR +p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT o.id FROM unit o WHERE o.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))
ORDER BY p.name_sort, p.id LIMIT $5

-- people_gather :many (unit_id i64, mask i64, after_sort text, after_id i64, most i64) -> (id i64, code text, name text, name_sort text, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo_blob text?, unit_id i64?, unit_code text?, unit_name text?, known i64)
SELECT p.id, p.code, p.name, p.name_sort, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, p.photo_blob, p.unit_id, u.code, u.name, p.known
FROM person p LEFT JOIN unit u ON u.id = p.unit_id
WHERE p.id IN (SELECT q.id FROM person q WHERE ($2 = 0 OR (q.known & $2) <> $2) AND q.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT o.id FROM unit o WHERE o.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))
  AND (p.name_sort || '' > $3 OR (p.name_sort || '' = $3 AND p.id > $4))
ORDER BY p.name_sort || '', p.id LIMIT $5

-- people_gather_all :many (mask i64, after_sort text, after_id i64, most i64) -> (id i64, code text, name text, name_sort text, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo_blob text?, unit_id i64?, unit_code text?, unit_name text?, known i64)
SELECT p.id, p.code, p.name, p.name_sort, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, p.photo_blob, p.unit_id, u.code, u.name, p.known
FROM person p LEFT JOIN unit u ON u.id = p.unit_id
WHERE p.id IN (SELECT q.id FROM person q WHERE (q.known & 2048) = 0 AND (q.known & $1) <> $1) AND (p.name_sort || '' > $2 OR (p.name_sort || '' = $2 AND p.id > $3))
ORDER BY p.name_sort || '', p.id LIMIT $4

-- Who is in no unit.
-- people_nowhere :many (mask i64, after_sort text, after_id i64, most i64) -> (id i64, code text, name text, name_sort text, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo_blob text?, unit_id i64?, unit_code text?, unit_name text?, known i64)
SELECT p.id, p.code, p.name, p.name_sort, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, p.photo_blob, p.unit_id, CAST(NULL AS TEXT), CAST(NULL AS TEXT), p.known
FROM person p
WHERE p.unit_id IS NULL AND (p.known & 2048) = 0 AND ($1 = 0 OR (p.known & $1) <> $1) AND (p.name_sort || '' > $2 OR (p.name_sort || '' = $2 AND p.id > $3))
ORDER BY p.name_sort || '', p.id LIMIT $4

-- people_by_id :many (id1 i64, id2 i64, id3 i64, id4 i64, id5 i64, id6 i64, id7 i64, id8 i64, id9 i64, id10 i64, id11 i64, id12 i64, id13 i64, id14 i64, id15 i64, id16 i64, id17 i64, id18 i64, id19 i64, id20 i64) -> (id i64, code text, name text, name_sort text, honorific text?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo_blob text?, unit_id i64?, unit_code text?, unit_name text?, known i64)
SELECT p.id, p.code, p.name, p.name_sort, p.honorific, p.title, p.gender, p.born, p.joined, p.phone, p.email, p.photo_blob, p.unit_id, u.code, u.name, p.known
FROM person p LEFT JOIN unit u ON u.id = p.unit_id
WHERE p.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)

-- Attributes of a person; sensitive ones only where the reading is noted (core/congress/register/sensitive.h).
-- register_values :many (person_id i64) -> (type_id i64, code text, title text, kind text, choices text?, sensitive i64, value text?)
SELECT t.id, t.code, t.title, t.kind, t.choices, t.sensitive, a.value
FROM attribute_type t LEFT JOIN person_attribute a ON a.type_id = t.id AND a.person_id = $1 ORDER BY t.code

-- register_sensitive_changes :many (person_id i64, before_id i64, most i64) -> (id i64, at_ms i64, day text, field text, old text?, value text?, actor text, source text)
SELECT id, at_ms, day, field, old, value, actor, source FROM register_change
WHERE person_id = $1 AND (sensitive = 1 OR field IN (SELECT 'attribute:' || t.code FROM attribute_type t WHERE t.sensitive = 1)) AND id < $2 ORDER BY id DESC LIMIT $3

-- Never 0, also where nothing was recorded yet: 0 is a form that does not say what it had seen.
-- register_version :maybe (person_id i64) -> (version i64)
SELECT COALESCE(MAX(id), 1) FROM register_change WHERE person_id = $1

-- register_unit_version :maybe (unit_id i64) -> (version i64)
SELECT COALESCE(MAX(id), 1) FROM register_change WHERE unit_id = $1

-- register_code_free :maybe (code text) -> (taken i64)
SELECT (SELECT COUNT(*) FROM person WHERE code = $1) + (SELECT COUNT(*) FROM person_alias WHERE code = $1)

-- Whom a unit's name finds: its people, and the delegates that it sends.
-- register_people_of_unit :many (unit_id i64) -> (person_id i64)
SELECT p.id FROM person p WHERE p.unit_id = $1 UNION SELECT d.person_id FROM delegate d WHERE d.delegation_id = $1 AND d.person_id IS NOT NULL

-- Two entries that are one person (core/congress/register/merge.c).
-- merge_delegates :many (person_id i64) -> (id i64, event_id i64, slug text, title text, came i64, used i64)
SELECT d.id, d.event_id, e.slug, e.title, CASE WHEN s.last_scan IS NULL THEN 0 ELSE 1 END,
  (SELECT COUNT(*) FROM amendment a WHERE a.delegate_id = d.id OR a.other_id = d.id) + (SELECT COUNT(*) FROM row_code r WHERE r.delegate_id = d.id)
  + (SELECT COUNT(*) FROM paper_opened o WHERE o.delegate_id = d.id) + (SELECT COUNT(*) FROM question q WHERE q.delegate_id = d.id)
FROM delegate d JOIN event e ON e.id = d.event_id LEFT JOIN delegate_state s ON s.delegate_id = d.id WHERE d.person_id = $1 ORDER BY e.starts_ms, e.slug

-- merge_credentials :many (person_id i64) -> (id i64, delegate_id i64?)
SELECT id, delegate_id FROM credential WHERE person_id = $1 ORDER BY id

-- merge_credential_to :exec (id i64, person_id i64, delegate_id i64?)
UPDATE credential SET person_id = $2, delegate_id = $3 WHERE id = $1

-- merge_credentials_of_delegate :exec (delegate_id i64, person_id i64)
UPDATE credential SET person_id = $2 WHERE delegate_id = $1

-- merge_delegate_to :exec (id i64, person_id i64)
UPDATE delegate SET person_id = $2 WHERE id = $1

-- merge_handovers :many (person_id i64) -> (id i64)
SELECT id FROM handover WHERE to_person_id = $1

-- merge_handover_to :exec (id i64, person_id i64)
UPDATE handover SET to_person_id = $2 WHERE id = $1

-- merge_replaced :many (code text) -> (id i64)
SELECT id FROM delegate WHERE replaces = $1

-- merge_replaced_to :exec (id i64, code text)
UPDATE delegate SET replaces = $2 WHERE id = $1

-- merge_aliases :many (person_id i64) -> (code text)
SELECT code FROM person_alias WHERE person_id = $1 ORDER BY code

-- merge_alias_put :exec (code text, person_id i64, merge_id i64)
INSERT INTO person_alias(code, person_id, merge_id) VALUES($1, $2, $3) ON CONFLICT (code) DO UPDATE SET person_id = excluded.person_id

-- merge_alias_drop :exec (code text)
DELETE FROM person_alias WHERE code = $1

-- merge_delegate_row :maybe (id i64) -> (id i64, event_id i64, person_id i64?, number text?, category_id i64, delegation_id i64?, mandate text?, status text, replaces text?, decision text?, absence text?, roles text?, group_name text?, sort_order i64?, seat text?, badge_box text?, needs text?, room text?, transport text?, diet text?, greet i64)
SELECT id, event_id, person_id, number, category_id, delegation_id, mandate, status, replaces, decision, absence, roles, group_name, sort_order, seat,
  badge_box, needs, room, transport, diet, greet FROM delegate WHERE id = $1

-- Gates take the whole list anew: somebody is not on it any more.
-- merge_event_bump :exec (id i64)
UPDATE event SET config_seq = config_seq + 1, roster_seq = roster_seq + 1, roster_base = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1

-- merge_add :exec (id i64, kept_id i64, gone_id i64, kept_code text, gone_code text, made_ms i64, actor text, source text, detail text)
INSERT INTO register_merge(id, kept_id, gone_id, kept_code, gone_code, made_ms, actor, source, detail) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- merge_find :maybe (id i64) -> (kept_id i64, gone_id i64, kept_code text, gone_code text, made_ms i64, actor text, detail text, undone_ms i64?)
SELECT kept_id, gone_id, kept_code, gone_code, made_ms, actor, detail, undone_ms FROM register_merge WHERE id = $1

-- merge_mark_undone :exec (id i64, undone_ms i64, actor text)
UPDATE register_merge SET undone_ms = $2, undone_actor = $3 WHERE id = $1

-- merge_list :many (before_id i64, most i64) -> (id i64, kept_id i64, gone_id i64, kept_code text, gone_code text, made_ms i64, actor text, undone_ms i64?, undone_actor text?)
SELECT id, kept_id, gone_id, kept_code, gone_code, made_ms, actor, undone_ms, undone_actor FROM register_merge WHERE id < $1 ORDER BY id DESC LIMIT $2

-- Who may be one person: compared in memory.
-- doubles_all :each () -> (id i64, name_fold text, born text?, phone text?, email text?)
SELECT id, name_fold, born, phone, email FROM person WHERE (known & 2048) = 0

-- doubles_distinct :many () -> (low_id i64, high_id i64)
SELECT low_id, high_id FROM register_distinct

-- doubles_set_distinct :exec (low_id i64, high_id i64, at_ms i64, actor text)
INSERT INTO register_distinct(low_id, high_id, at_ms, actor) VALUES($1, $2, $3, $4) ON CONFLICT (low_id, high_id) DO NOTHING

-- doubles_unset_distinct :exec (low_id i64, high_id i64)
DELETE FROM register_distinct WHERE low_id = $1 AND high_id = $2
