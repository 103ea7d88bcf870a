-- Member cards (credentials without event and delegate) and badges that were handed over: core/congress/badges/member_card, handover.

-- A unit counts with all units below it.
-- member_card_missing :many (after_id i64, unit_id i64, most i64) -> (person_id i64)
SELECT p.id FROM person p
WHERE p.id > $1 AND (p.known & 2048) = 0 AND ($2 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $2 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))
  AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL AND c.delegate_id IS NULL)
ORDER BY p.id LIMIT $3

-- member_card_count :maybe (unit_id i64) -> (people i64, without_any i64, without_good i64)
SELECT COUNT(*),
  COALESCE(SUM(CASE WHEN NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL AND c.delegate_id IS NULL) THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL AND c.delegate_id IS NULL AND c.revoked_ms IS NULL)
    THEN 1 ELSE 0 END), 0)
FROM person p
WHERE (p.known & 2048) = 0 AND ($1 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))

-- member_card_person :maybe (code text, unit_id i64) -> (person_id i64, cards i64, good i64)
SELECT p.id, (SELECT COUNT(*) FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL AND c.delegate_id IS NULL),
  (SELECT COUNT(*) FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL AND c.delegate_id IS NULL AND c.revoked_ms IS NULL)
FROM person p
WHERE p.code = $1 AND ($2 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $2 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))

-- member_card_total :maybe () -> (total i64)
SELECT COUNT(*) FROM credential WHERE event_id IS NULL AND delegate_id IS NULL AND revoked_ms IS NULL

-- member_card_rows :each (unit_id i64, person_id i64, with_sort i64) -> (person_id i64, credential_id i64, token text, issue i64, code text, name text, honorific text?, title text?, unit text?, photo_blob text?, joined text?, name_sort text?)
SELECT p.id, c.id, c.token, c.issue, p.code, p.name, p.honorific, p.title, u.name, p.photo_blob, p.joined, CASE WHEN $3 = 1 THEN p.name_sort END
FROM person p
JOIN credential c ON c.person_id = p.id AND c.event_id IS NULL AND +c.delegate_id IS NULL AND c.revoked_ms IS NULL
LEFT JOIN unit u ON u.id = p.unit_id
WHERE p.id IN (SELECT a.id FROM person a WHERE $2 = 0 UNION ALL SELECT q.id FROM person q WHERE q.id = $2) AND ($1 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))
  AND NOT EXISTS (SELECT 1 FROM credential x WHERE x.person_id = p.id AND x.event_id IS NULL AND x.delegate_id IS NULL AND x.revoked_ms IS NULL
                  AND (x.issue > c.issue OR (x.issue = c.issue AND x.id > c.id)))
ORDER BY u.sort_order NULLS LAST, u.code NULLS LAST, p.name_sort, p.id

-- member_card_events :many (person_id i64) -> (event_id i64)
SELECT event_id FROM delegate WHERE person_id = $1

-- member_card_bump_event :exec (event_id i64)
UPDATE event SET roster_seq = roster_seq + 1 WHERE id = $1

-- member_card_touch_delegates :exec (person_id i64)
UPDATE delegate SET roster_seq = (SELECT roster_seq FROM event WHERE id = delegate.event_id) WHERE person_id = $1

-- How it stands with everybody's card: the good one, else the last that was: 0 never one, 1 made, 2 printed, 3 handed over, 4 withdrawn (enum card_state). state -1: all; 5: whose
-- good card is not the first.
-- card_list_page :many (unit_id i64, state i64, after_sort text, after_id i64, most i64) -> (id i64, code text, name text, name_sort text, unit_code text?, unit_name text?, issue i64?, created_ms i64?, revoked_ms i64?, printed_ms i64?, state i64, to_name text?, handed_ms i64?)
SELECT t.id, t.code, t.name, t.name_sort, t.unit_code, t.unit_name, t.issue, t.created_ms, t.revoked_ms, t.printed_ms, t.state, h.to_name, h.made_ms
FROM (SELECT t.*, CASE WHEN t.issue IS NULL THEN 0 WHEN t.revoked_ms IS NOT NULL THEN 4 WHEN t.handover_id IS NOT NULL THEN 3 WHEN t.printed_ms IS NOT NULL THEN 2 ELSE 1 END AS state FROM (SELECT p.id AS id, p.code AS code, p.name AS name, p.name_sort AS name_sort, u.code AS unit_code, u.name AS unit_name, c.issue AS issue, c.created_ms AS created_ms,
    c.revoked_ms AS revoked_ms,
    (SELECT MAX(r.printed_ms) FROM printed_badge b JOIN print_run r ON r.id = b.run_id WHERE b.credential_id = c.id AND r.spoiled_ms IS NULL AND r.kind = 'badge') AS printed_ms,
    (SELECT o.id FROM handed_badge g JOIN handover o ON o.id = g.handover_id WHERE g.credential_id = c.id AND o.undone_ms IS NULL ORDER BY o.made_ms DESC, o.id DESC LIMIT 1) AS handover_id
  FROM person p LEFT JOIN unit u ON u.id = p.unit_id
  LEFT JOIN credential c ON c.id = (SELECT x.id FROM credential x WHERE x.person_id = p.id AND x.event_id IS NULL AND +x.delegate_id IS NULL
    ORDER BY CASE WHEN x.revoked_ms IS NULL THEN 0 ELSE 1 END, x.issue DESC, x.id DESC LIMIT 1)
  WHERE (p.known & 2048) = 0 AND ($1 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT w.id FROM unit w WHERE w.id = $1 UNION SELECT k.id FROM unit k JOIN below l ON k.parent_id = l.id) SELECT id FROM below)) AND p.name_sort >= $3 AND (p.name_sort > $3 OR p.id > $4)) t) t
LEFT JOIN handover h ON h.id = t.handover_id
WHERE $2 = -1 OR t.state = $2 OR ($2 = 5 AND t.issue > 1 AND t.revoked_ms IS NULL)
ORDER BY t.name_sort, t.id LIMIT $5

-- card_list_counts :many (unit_id i64) -> (state i64, total i64, replaced i64)
SELECT s.state, COUNT(*), CAST(SUM(s.replaced) AS BIGINT)
FROM (SELECT CASE WHEN t.issue IS NULL THEN 0 WHEN t.revoked_ms IS NOT NULL THEN 4 WHEN t.handover_id IS NOT NULL THEN 3 WHEN t.printed_ms IS NOT NULL THEN 2 ELSE 1 END AS state, CASE WHEN t.issue > 1 AND t.revoked_ms IS NULL THEN 1 ELSE 0 END AS replaced FROM (SELECT p.id AS id, p.code AS code, p.name AS name, p.name_sort AS name_sort, u.code AS unit_code, u.name AS unit_name, c.issue AS issue, c.created_ms AS created_ms,
    c.revoked_ms AS revoked_ms,
    (SELECT MAX(r.printed_ms) FROM printed_badge b JOIN print_run r ON r.id = b.run_id WHERE b.credential_id = c.id AND r.spoiled_ms IS NULL AND r.kind = 'badge') AS printed_ms,
    (SELECT o.id FROM handed_badge g JOIN handover o ON o.id = g.handover_id WHERE g.credential_id = c.id AND o.undone_ms IS NULL ORDER BY o.made_ms DESC, o.id DESC LIMIT 1) AS handover_id
  FROM person p LEFT JOIN unit u ON u.id = p.unit_id
  LEFT JOIN credential c ON c.id = (SELECT x.id FROM credential x WHERE x.person_id = p.id AND x.event_id IS NULL AND +x.delegate_id IS NULL
    ORDER BY CASE WHEN x.revoked_ms IS NULL THEN 0 ELSE 1 END, x.issue DESC, x.id DESC LIMIT 1)
  WHERE (p.known & 2048) = 0 AND ($1 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT w.id FROM unit w WHERE w.id = $1 UNION SELECT k.id FROM unit k JOIN below l ON k.parent_id = l.id) SELECT id FROM below))) t) s
GROUP BY s.state

-- All cards that somebody ever had, the newest first.
-- card_list_of_person :many (person_id i64) -> (id i64, issue i64, created_ms i64, revoked_ms i64?, printed_ms i64?, handover_id i64?, to_name text?, handed_ms i64?, handed_by text?)
SELECT c.id, c.issue, c.created_ms, c.revoked_ms,
  (SELECT MAX(r.printed_ms) FROM printed_badge b JOIN print_run r ON r.id = b.run_id WHERE b.credential_id = c.id AND r.spoiled_ms IS NULL AND r.kind = 'badge'),
  h.id, h.to_name, h.made_ms, h.actor
FROM credential c LEFT JOIN handover h ON h.id = (SELECT o.id FROM handed_badge g JOIN handover o ON o.id = g.handover_id
  WHERE g.credential_id = c.id AND o.undone_ms IS NULL ORDER BY o.made_ms DESC, o.id DESC LIMIT 1)
WHERE c.person_id = $1 AND c.event_id IS NULL AND +c.delegate_id IS NULL ORDER BY c.issue DESC, c.id DESC

-- Whose card was read.
-- card_by_token :maybe (token_id text) -> (code text, name text, revoked_ms i64?)
SELECT p.code, p.name, c.revoked_ms FROM credential c JOIN person p ON p.id = c.person_id WHERE c.token_id = $1 AND c.event_id IS NULL AND c.delegate_id IS NULL

-- Times are told in the zone of the newest event.
-- member_card_head :maybe () -> (name text, languages text, logo_blob text?, timezone text?)
SELECT name, languages, logo_blob, (SELECT e.timezone FROM event e ORDER BY e.starts_ms DESC, e.id DESC LIMIT 1) FROM organization WHERE id = 1

-- The badge of a delegate is the newest good issue. Who has it is said by the newest handover that was not undone. One code or number is found by its
-- index: the desk's writer asks for up to 2 000 of them.
-- handover_badges_of :many (event_id i64, unit_id i64, only text) -> (credential_id i64, code text?, number text?, name text?, issue i64, handover_id i64?, printed i64)
SELECT c.id, p.code, d.number, p.name, c.issue,
  (SELECT h.id FROM handed_badge b JOIN handover h ON h.id = b.handover_id WHERE b.credential_id = c.id AND h.undone_ms IS NULL ORDER BY h.made_ms DESC, h.id DESC LIMIT 1),
  (SELECT COUNT(*) FROM printed_badge x JOIN print_run r ON r.id = x.run_id WHERE x.credential_id = c.id AND r.spoiled_ms IS NULL AND r.kind = 'badge')
FROM delegate d
JOIN credential c ON c.delegate_id = d.id AND c.revoked_ms IS NULL
LEFT JOIN person p ON p.id = d.person_id
WHERE d.id IN (SELECT a.id FROM delegate a WHERE a.event_id = $1 AND $3 = '' UNION ALL SELECT n.id FROM delegate n WHERE n.event_id = $1 AND n.number = $3
               UNION ALL SELECT x.id FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.code = $3)
  AND d.status IN ('summoned', 'alternate') AND ($2 = 0 OR d.delegation_id = $2)
  AND NOT EXISTS (SELECT 1 FROM credential x WHERE x.delegate_id = d.id AND x.revoked_ms IS NULL AND (x.issue > c.issue OR (x.issue = c.issue AND x.id > c.id)))
ORDER BY CASE WHEN p.id IS NULL THEN 1 ELSE 0 END, d.sort_order NULLS LAST, p.name_sort, d.number

-- The plus keeps the engine from walking all cards for one.
-- handover_cards_of :many (unit_id i64, only text) -> (credential_id i64, code text, name text, issue i64, handover_id i64?, printed i64)
SELECT c.id, p.code, p.name, c.issue,
  (SELECT h.id FROM handed_badge b JOIN handover h ON h.id = b.handover_id WHERE b.credential_id = c.id AND h.undone_ms IS NULL ORDER BY h.made_ms DESC, h.id DESC LIMIT 1),
  (SELECT COUNT(*) FROM printed_badge x JOIN print_run r ON r.id = x.run_id WHERE x.credential_id = c.id AND r.spoiled_ms IS NULL AND r.kind = 'badge')
FROM person p
JOIN credential c ON c.person_id = p.id AND c.event_id IS NULL AND +c.delegate_id IS NULL AND c.revoked_ms IS NULL
LEFT JOIN unit u ON u.id = p.unit_id
WHERE p.id IN (SELECT a.id FROM person a WHERE $2 = '' UNION ALL SELECT q.id FROM person q WHERE q.code = $2) AND ($1 = 0 OR p.unit_id IN (
    WITH RECURSIVE below(id) AS (SELECT u.id FROM unit u WHERE u.id = $1 UNION SELECT k.id FROM unit k JOIN below b ON k.parent_id = b.id) SELECT id FROM below))
  AND NOT EXISTS (SELECT 1 FROM credential x WHERE x.person_id = p.id AND x.event_id IS NULL AND x.delegate_id IS NULL AND x.revoked_ms IS NULL
                  AND (x.issue > c.issue OR (x.issue = c.issue AND x.id > c.id)))
ORDER BY u.sort_order NULLS LAST, u.code NULLS LAST, p.name_sort, p.id

-- handover_head :maybe (id i64) -> (event_id i64?, to_name text, made_ms i64, undone_ms i64?)
SELECT event_id, to_name, made_ms, undone_ms FROM handover WHERE id = $1

-- handover_person :maybe (code text) -> (id i64, name text)
SELECT id, name FROM person WHERE code = $1

-- handover_add :exec (id i64, event_id i64?, unit_id i64?, to_name text, to_person_id i64?, made_ms i64, actor text)
INSERT INTO handover(id, event_id, unit_id, to_name, to_person_id, made_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7)

-- handover_add_badge :exec (handover_id i64, credential_id i64)
INSERT INTO handed_badge(handover_id, credential_id) VALUES($1, $2)

-- handover_mark_undone :exec (id i64, undone_ms i64)
UPDATE handover SET undone_ms = $2 WHERE id = $1

-- handover_list :many (event_id i64) -> (id i64, unit_code text?, unit text?, to_name text, to_person text?, actor text, made_ms i64, undone_ms i64?, badges i64)
SELECT h.id, u.code, u.name, h.to_name, p.code, h.actor, h.made_ms, h.undone_ms, (SELECT COUNT(*) FROM handed_badge b WHERE b.handover_id = h.id)
FROM handover h
LEFT JOIN unit u ON u.id = h.unit_id
LEFT JOIN person p ON p.id = h.to_person_id
WHERE h.event_id = $1 OR ($1 = 0 AND h.event_id IS NULL)
ORDER BY h.made_ms DESC, h.id DESC

-- handover_of_badge :maybe (credential_id i64) -> (to_name text, made_ms i64)
SELECT h.to_name, h.made_ms FROM handed_badge b JOIN handover h ON h.id = b.handover_id
WHERE b.credential_id = $1 AND h.undone_ms IS NULL ORDER BY h.made_ms DESC, h.id DESC LIMIT 1

-- What stands against removing a unit or a person.
-- import_unit_handovers :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM handover WHERE unit_id = $1

-- import_person_handovers :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM handover WHERE to_person_id = $1
