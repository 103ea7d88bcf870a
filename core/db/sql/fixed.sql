-- Fixed figures: core/congress/figures/fixed.h. Nothing here changes or removes a row; the engine refuses it too.

-- Everybody of an event who has a name, in protocol order: what is written down of them. Who of them is on the list says core/congress/figures/past.h.
-- fixed_gather :many (event_id i64) -> (id i64, code text, name text, name_fold text, name_sort text, number text?, seat text?, delegation_id i64?, delegation text?, delegation_name text?, status text, absence text?, stands_for text?)
SELECT d.id, p.code, p.name, p.name_fold, p.name_sort, d.number, d.seat, d.delegation_id, u.code, u.name, d.status, d.absence, o.name
FROM delegate d JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = d.delegation_id LEFT JOIN person o ON o.code = d.replaces
WHERE d.event_id = $1
ORDER BY u.sort_order NULLS LAST, u.code NULLS LAST, CASE WHEN d.status = 'summoned' THEN 0 ELSE 1 END, d.sort_order NULLS LAST, p.name_sort, d.id

-- fixed_last :maybe (event_id i64) -> (number i64, hash text, known_ms i64)
SELECT number, hash, known_ms FROM figure_fixed WHERE event_id = $1 ORDER BY number DESC LIMIT 1

-- fixed_by_request :maybe (request text) -> (event_id i64, number i64, actor text)
SELECT event_id, number, actor FROM figure_fixed WHERE request = $1

-- fixed_part_add :exec (fixed_id i64, kind text, place i64, code text, title text, expected i64, attended i64, present i64, absent i64, excused i64, alternates i64, substitutes i64, by_group i64)
INSERT INTO figure_fixed_part(fixed_id, kind, place, code, title, expected, attended, present, absent, excused, alternates, substitutes, by_group)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- fixed_person_add :exec (fixed_id i64, place i64, delegate_id i64, code text, name text, name_fold text, name_sort text, number text?, seat text?, category text, delegation text, status text, state text, excused i64, reason text?, stands_for text?, by_group i64, first_ms i64?, last_ms i64?)
INSERT INTO figure_fixed_person(fixed_id, place, delegate_id, code, name, name_fold, name_sort, number, seat, category, delegation, status, state, excused, reason, stands_for, by_group, first_ms, last_ms)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)

-- fixed_add :exec (id i64, request text, event_id i64, number i64, event text, event_title text, timezone text, at_ms i64, known_ms i64, actor text, label text?, category text?, category_title text?, expected i64, attended i64, present i64, absent i64, excused i64, alternates i64, substitutes i64, by_group i64, quorum text?, sentence text, people i64, parts_hash text, people_hash text, previous text, hash text)
INSERT INTO figure_fixed(id, request, event_id, number, event, event_title, timezone, at_ms, known_ms, actor, label, category, category_title, expected, attended, present, absent, excused,
  alternates, substitutes, by_group, quorum, sentence, people, parts_hash, people_hash, previous, hash)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)

-- Screens look for changed figures.
-- fixed_grow :exec (event_id i64)
UPDATE event SET figures_seq = figures_seq + 1 WHERE id = $1

-- The newest first: those below a number, at most so many.
-- fixed_list :many (event_id i64, below i64, most i64) -> (id i64, request text, event_id i64, number i64, event text, event_title text, timezone text, at_ms i64, known_ms i64, actor text, label text?, category text?, category_title text?, expected i64, attended i64, present i64, absent i64, excused i64, alternates i64, substitutes i64, by_group i64, quorum text?, sentence text, people i64, parts_hash text, people_hash text, previous text, hash text)
SELECT id, request, event_id, number, event, event_title, timezone, at_ms, known_ms, actor, label, category, category_title, expected, attended, present, absent, excused,
  alternates, substitutes, by_group, quorum, sentence, people, parts_hash, people_hash, previous, hash
FROM figure_fixed WHERE event_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3

-- fixed_brief :many (event_id i64, known_ms i64, most i64) -> (number i64, at_ms i64, label text?, category text?, expected i64, attended i64, present i64)
SELECT number, at_ms, label, category, expected, attended, present FROM figure_fixed WHERE event_id = $1 AND known_ms <= $2 ORDER BY number DESC LIMIT $3

-- fixed_parts :many (fixed_id i64) -> (kind text, place i64, code text, title text, expected i64, attended i64, present i64, absent i64, excused i64, alternates i64, substitutes i64, by_group i64)
SELECT kind, place, code, title, expected, attended, present, absent, excused, alternates, substitutes, by_group FROM figure_fixed_part WHERE fixed_id = $1 ORDER BY kind, place

-- fixed_people :many (fixed_id i64) -> (place i64, delegate_id i64, code text, name text, name_fold text, name_sort text, number text?, seat text?, category text, delegation text, status text, state text, excused i64, reason text?, stands_for text?, by_group i64, first_ms i64?, last_ms i64?)
SELECT place, delegate_id, code, name, name_fold, name_sort, number, seat, category, delegation, status, state, excused, reason, stands_for, by_group, first_ms, last_ms
FROM figure_fixed_person WHERE fixed_id = $1 ORDER BY place

-- What belongs to no figure: somebody took the figure away behind our back.
-- fixed_orphans :maybe () -> (total i64)
SELECT (SELECT COUNT(*) FROM figure_fixed_person p WHERE NOT EXISTS (SELECT 1 FROM figure_fixed f WHERE f.id = p.fixed_id))
     + (SELECT COUNT(*) FROM figure_fixed_part p WHERE NOT EXISTS (SELECT 1 FROM figure_fixed f WHERE f.id = p.fixed_id))

-- What the audit log says was fixed.
-- fixed_audit :many (subject text) -> (detail text?)
SELECT detail FROM audit WHERE action = 'fix_figure' AND subject = $1 ORDER BY id
