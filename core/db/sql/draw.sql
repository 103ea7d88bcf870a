-- Drawing delegates from the register: core/congress/draw.

-- Everybody who may be drawn, with what is chosen by; the value of one attribute (type_id 0: of none).
-- draw_people :each (type_id i64) -> (id i64, unit_id i64?, code text, name text, name_fold text, name_sort text, title text?, gender text?, born text?, joined text?, value text?)
SELECT p.id, p.unit_id, p.code, p.name, p.name_fold, p.name_sort, p.title, p.gender, p.born, p.joined,
  CASE WHEN $1 = 0 THEN NULL ELSE (SELECT a.value FROM person_attribute a WHERE a.person_id = p.id AND a.type_id = $1) END
FROM person p WHERE (p.known & 2048) = 0

-- draw_delegates :each (event_id i64) -> (person_id i64?, delegation_id i64?, category_id i64, status text, number text?)
SELECT person_id, delegation_id, category_id, status, number FROM delegate WHERE event_id = $1

-- What may be filtered by: never what is sensitive.
-- draw_types :many () -> (id i64, code text, title text, kind text, choices text?)
SELECT id, code, title, kind, choices FROM attribute_type WHERE sensitive = 0 AND kind IN ('yes_no', 'choice') ORDER BY code

-- draw_person :maybe (code text) -> (id i64, code text, name text, name_sort text, unit_id i64?)
SELECT id, code, name, name_sort, unit_id FROM person WHERE code = $1 AND (known & 2048) = 0

-- draw_delegate_of :maybe (event_id i64, person_id i64) -> (id i64, number text?, status text)
SELECT id, number, status FROM delegate WHERE event_id = $1 AND person_id = $2
