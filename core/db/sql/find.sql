-- Finding people while somebody types: core/congress/delegates/find.c, and its index, find_index.c.

-- find_scope :maybe (event_id i64) -> (number i64)
SELECT number FROM find_scope WHERE event_id = $1

-- Events, and the register (0), that are not in the index yet.
-- find_scopes_missing :many () -> (event_id i64)
SELECT e.id FROM event e LEFT JOIN find_scope f ON f.event_id = e.id WHERE f.number IS NULL
UNION ALL SELECT o.id FROM (SELECT CAST(0 AS BIGINT) AS id) o LEFT JOIN find_scope f ON f.event_id = o.id WHERE f.number IS NULL

-- find_scope_list :many () -> (number i64, event_id i64, slug text?)
SELECT f.number, f.event_id, e.slug FROM find_scope f LEFT JOIN event e ON e.id = f.event_id ORDER BY f.number

-- find_scope_add :exec (event_id i64)
INSERT INTO find_scope(number, event_id) SELECT COALESCE(MAX(number), 0) + 1, $1 FROM find_scope

-- What entries are made of; of one person (from = until) or of all. The same columns as of delegates.
-- find_people :many (from_id i64, until_id i64) -> (id i64, sort text?, name text?, number text?, seat text?, code text?, phone text?, unit text?, unit_code text?)
SELECT p.id, p.name_sort, p.name_fold, CAST(NULL AS TEXT), CAST(NULL AS TEXT), p.code, p.phone, u.name_fold, u.code
FROM person p LEFT JOIN unit u ON u.id = p.unit_id WHERE p.id >= $1 AND p.id <= $2 AND (p.known & 2048) = 0

-- find_delegates :many (event_id i64, from_id i64, until_id i64) -> (id i64, sort text?, name text?, number text?, seat text?, code text?, phone text?, unit text?, unit_code text?)
SELECT d.id, p.name_sort, p.name_fold, d.number, d.seat, p.code, p.phone, u.name_fold, u.code
FROM delegate d LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE +d.event_id = $1 AND d.id >= $2 AND d.id <= $3 AND (p.id IS NULL OR (p.known & 2048) = 0)

-- find_delegates_of_person :many (person_id i64) -> (id i64, event_id i64)
SELECT id, event_id FROM delegate WHERE person_id = $1

-- find_delegate_person :maybe (delegate_id i64) -> (event_id i64, person_id i64?)
SELECT event_id, person_id FROM delegate WHERE id = $1

-- Who was erased before nobodies were marked.
-- find_nobodies :many () -> (event_id i64, id i64)
SELECT f.event_id, p.id FROM person p JOIN find_scope f ON 1 = 1 JOIN find_entry e ON e.scope = f.number AND e.subject_id = p.id WHERE p.unit_id IS NULL AND p.known = 2048

-- find_entries :many (from_place i64, until_place i64) -> (place i64, subject_id i64, sort text, name text, whole text, rest text, tail text)
SELECT place, subject_id, sort, name, whole, rest, tail FROM find_entry WHERE place >= $1 AND place < $2 ORDER BY place

-- find_entries_some :many (from_place i64, until_place i64, most i64) -> (place i64, subject_id i64, sort text, name text, whole text, rest text, tail text)
SELECT place, subject_id, sort, name, whole, rest, tail FROM find_entry WHERE place >= $1 AND place < $2 ORDER BY place LIMIT $3

-- find_entry_of :maybe (scope i64, subject_id i64) -> (place i64, subject_id i64, sort text, name text, whole text, rest text, tail text)
SELECT place, subject_id, sort, name, whole, rest, tail FROM find_entry WHERE scope = $1 AND subject_id = $2

-- find_entry_next :maybe (from_place i64, until_place i64) -> (place i64, subject_id i64, sort text)
SELECT place, subject_id, sort FROM find_entry WHERE place >= $1 AND place < $2 ORDER BY place LIMIT 1

-- find_entry_before :maybe (from_place i64, until_place i64) -> (place i64)
SELECT place FROM find_entry WHERE place >= $1 AND place < $2 ORDER BY place DESC LIMIT 1

-- find_entry_add :exec (place i64, scope i64, subject_id i64, sort text, name text, whole text, rest text, tail text)
INSERT INTO find_entry(place, scope, subject_id, sort, name, whole, rest, tail) VALUES($1, $2, $3, $4, $5, $6, $7, $8)

-- find_entry_remove :exec (place i64)
DELETE FROM find_entry WHERE place = $1

-- find_entry_clear :exec ()
DELETE FROM find_entry

-- find_scope_clear :exec ()
DELETE FROM find_scope

-- find_entry_total :maybe () -> (total i64)
SELECT COUNT(*) FROM find_entry

-- What a desk sees of those who were found, in any order; who took the badge away is the newest handover of the newest good badge.
-- delegates_shown :many (event_id i64, id1 i64, id2 i64, id3 i64, id4 i64, id5 i64, id6 i64, id7 i64, id8 i64, id9 i64, id10 i64, id11 i64, id12 i64, id13 i64, id14 i64, id15 i64, id16 i64, id17 i64, id18 i64, id19 i64, id20 i64) -> (delegate_id i64, code text?, number text?, name text?, born text?, honorific text?, title text?, delegation text?, category text, category_color text?, seat text?, group_name text?, badge_box text?, room text?, transport text?, status text, needs text?, absence text?, area_id i64?, gate_id i64?, since_ms i64?, until_ms i64?, photo_blob text?, note text?, replaces text?, handed_to text?, handed_ms i64?)
SELECT d.id, p.code, d.number, p.name, p.born, p.honorific, p.title, u.name, k.code, k.color, d.seat, d.group_name, d.badge_box, d.room, d.transport, d.status,
       d.needs, d.absence, s.area_id, s.gate_id, s.since_ms, s.until_ms, p.photo_blob, d.note, d.replaces, h.to_name, h.made_ms
FROM delegate d
JOIN category k ON k.id = d.category_id
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
LEFT JOIN handover h ON h.id = (SELECT x.id FROM handed_badge b JOIN handover x ON x.id = b.handover_id WHERE x.undone_ms IS NULL AND b.credential_id =
    (SELECT c.id FROM credential c WHERE c.delegate_id = d.id AND c.revoked_ms IS NULL ORDER BY c.issue DESC, c.id DESC LIMIT 1) ORDER BY x.made_ms DESC, x.id DESC LIMIT 1)
WHERE +d.event_id = $1 AND d.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)

-- And of people of the register: what tells namesakes apart, no more.
-- people_shown :many (event_id i64, id1 i64, id2 i64, id3 i64, id4 i64, id5 i64, id6 i64, id7 i64, id8 i64, id9 i64, id10 i64, id11 i64, id12 i64, id13 i64, id14 i64, id15 i64, id16 i64, id17 i64, id18 i64, id19 i64, id20 i64) -> (person_id i64, code text, name text, honorific text?, title text?, born text?, unit text?, unit_code text?, delegate_id i64?, number text?, status text?)
SELECT p.id, p.code, p.name, p.honorific, p.title, p.born, u.name, u.code, d.id, d.number, d.status
FROM person p LEFT JOIN unit u ON u.id = p.unit_id LEFT JOIN delegate d ON d.event_id = $1 AND d.person_id = p.id
WHERE p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)

-- Engines without an index of words look at every row.
-- find_delegates_slowly :many (event_id i64, word1 text, word2 text, word3 text, exact text, tail text, most i64) -> (delegate_id i64)
SELECT d.id
FROM delegate d
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
WHERE d.event_id = $1 AND (
  ((' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE $2 AND (' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE $3
    AND (' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE $4)
  OR LOWER(d.number) = $5 OR LOWER(d.seat) = $5 OR LOWER(p.code) = $5
  OR REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(p.phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', '') LIKE $6)
ORDER BY CASE WHEN LOWER(d.number) = $5 OR LOWER(d.seat) = $5 THEN 0
  WHEN (' ' || p.name_fold) LIKE $2 AND (' ' || p.name_fold) LIKE $3 AND (' ' || p.name_fold) LIKE $4 THEN 1 ELSE 2 END, p.name_sort NULLS LAST, d.number LIMIT $7

-- find_people_slowly :many (word1 text, word2 text, word3 text, exact text, tail text, most i64) -> (person_id i64)
SELECT p.id
FROM person p
LEFT JOIN unit u ON u.id = p.unit_id
WHERE (p.known & 2048) = 0 AND (((' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE $1 AND (' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE $2
    AND (' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE $3) OR LOWER(p.code) = $4
  OR REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(p.phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', '') LIKE $5)
ORDER BY CASE WHEN LOWER(p.code) = $4 THEN 0
  WHEN (' ' || p.name_fold) LIKE $1 AND (' ' || p.name_fold) LIKE $2 AND (' ' || p.name_fold) LIKE $3 THEN 1 ELSE 2 END, p.name_sort, p.code LIMIT $6

-- A code that a merge took away finds who stayed; codes are ASCII.
-- find_alias :maybe (code text, event_id i64) -> (person_id i64, delegate_id i64?)
SELECT a.person_id, d.id FROM person_alias a LEFT JOIN delegate d ON d.person_id = a.person_id AND d.event_id = $2 WHERE LOWER(a.code) = $1
