-- Erasing the people of an event: core/congress/purge.

-- purge_event :maybe (slug text) -> (id i64, kind text, ends_ms i64, erase_ms i64?, purged_ms i64?, purging_ms i64?)
SELECT id, kind, ends_ms, erase_ms, purged_ms, purging_ms FROM event WHERE slug = $1;

-- purge_erase_set :exec (event_id i64, erase_ms i64?)
UPDATE event SET erase_ms = $2 WHERE id = $1;

-- Who goes: came in for this event alone, and is by now of nothing else.
-- purge_people :maybe (event_id i64) -> (total i64, going i64, photos i64)
SELECT COUNT(*), CAST(COALESCE(SUM(x.goes), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN x.goes = 1 AND x.photo IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT) FROM (
  SELECT p.photo_blob AS photo, CASE WHEN p.of_event_id = $1 AND p.unit_id IS NULL AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM delegate o WHERE o.person_id = p.id AND o.event_id <> $1)
    AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL) THEN 1 ELSE 0 END AS goes
  FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.event_id = $1 AND (p.known & 2048) = 0) x;

-- purge_counts :maybe (event_id i64, slug text) -> (badges i64, scans i64, readings i64, questions i64, pins i64, changes i64, handovers i64, lists i64, listed i64, lines i64)
SELECT (SELECT COUNT(*) FROM credential c JOIN delegate d ON d.id = c.delegate_id WHERE d.event_id = $1), (SELECT COUNT(*) FROM scan WHERE event_id = $1 AND token_id <> ''),
  (SELECT COUNT(*) FROM paper_opened o JOIN delegate d ON d.id = o.delegate_id WHERE d.event_id = $1), (SELECT COUNT(*) FROM question WHERE event_id = $1),
  (SELECT COUNT(*) FROM badge_pin b JOIN delegate d ON d.id = b.delegate_id WHERE d.event_id = $1), (SELECT COUNT(*) FROM amendment WHERE event_id = $1),
  (SELECT COUNT(*) FROM handover WHERE event_id = $1), (SELECT COUNT(*) FROM figure_fixed WHERE event_id = $1),
  (SELECT COUNT(*) FROM figure_fixed_person p JOIN figure_fixed f ON f.id = p.fixed_id WHERE f.event_id = $1 AND p.name <> ''),
  (SELECT COUNT(*) FROM audit WHERE event = $2 AND person IS NOT NULL);

-- The steps of an event, each a slice.

-- purge_begin :exec (event_id i64, at_ms i64)
UPDATE event SET purging_ms = COALESCE(purging_ms, $2) WHERE id = $1;

-- What rows of taken-in lists were left. Such an import cannot be taken back whole.
-- purge_import_results :exec (event_id i64)
UPDATE list_import SET result = NULL WHERE event_id = $1 AND result IS NOT NULL;
-- For whom somebody stands is told by the row that is left of them.
-- purge_replaces :exec (event_id i64)
UPDATE delegate SET replaces = COALESCE((SELECT 'erased-' || CAST(x.id AS TEXT) FROM delegate x JOIN person p ON p.id = x.person_id
  WHERE x.event_id = delegate.event_id AND p.code = delegate.replaces), 'erased') WHERE event_id = $1 AND replaces IS NOT NULL AND replaces NOT LIKE 'erased%';

-- Of each line of the list; those that are done already too, which costs little: a purge that was cut off begins anew.
-- purge_delegates :many (event_id i64) -> (id i64)
SELECT id FROM delegate WHERE event_id = $1 ORDER BY id;
-- purge_line :maybe (id i64) -> (event_id i64, person_id i64?, code text?, name text?, photo text?, nobody i64, goes i64)
SELECT d.event_id, d.person_id, p.code, p.name, p.photo_blob, CASE WHEN (p.known & 2048) <> 0 THEN 1 ELSE 0 END,
  CASE WHEN p.of_event_id = d.event_id AND p.unit_id IS NULL AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM delegate o WHERE o.person_id = p.id AND o.event_id <> d.event_id)
    AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL) THEN 1 ELSE 0 END
FROM delegate d LEFT JOIN person p ON p.id = d.person_id WHERE d.id = $1;

-- purge_line_printed :exec (id i64)
DELETE FROM printed_badge WHERE credential_id IN (SELECT id FROM credential WHERE delegate_id = $1);
-- purge_line_handed :exec (id i64)
DELETE FROM handed_badge WHERE credential_id IN (SELECT id FROM credential WHERE delegate_id = $1);
-- purge_line_credentials :exec (id i64)
DELETE FROM credential WHERE delegate_id = $1 AND event_id IS NOT NULL;
-- purge_line_readings :exec (id i64)
DELETE FROM paper_opened WHERE delegate_id = $1;
-- purge_line_browsers :exec (id i64)
DELETE FROM pin_browser WHERE delegate_id = $1;
-- purge_line_pins :exec (id i64)
DELETE FROM badge_pin WHERE delegate_id = $1;
-- purge_line_questions :exec (id i64)
DELETE FROM question WHERE delegate_id = $1;
-- purge_line_row_codes :exec (id i64)
DELETE FROM row_code WHERE delegate_id = $1;
-- purge_line_imports :exec (id i64)
DELETE FROM list_import_row WHERE entity = 'delegate' AND subject_id = $1;
-- What the past is reckoned from stays, without its words; the rest goes.
-- purge_line_changes :exec (id i64)
DELETE FROM amendment WHERE delegate_id = $1 AND kind NOT IN ('walk_in', 'name_blank', 'substitute', 'absence');
-- purge_change_list :many (delegate_id i64) -> (id i64, detail text)
SELECT id, detail FROM amendment WHERE delegate_id = $1;
-- A head who came in with the badge stands there as "Name (CODE)".
-- purge_change_set :exec (id i64, detail text)
UPDATE amendment SET detail = $2, actor = CASE WHEN actor LIKE '% (%)' THEN '—' ELSE actor END WHERE id = $1;

-- Nobody: counters and recounts go on to find a person where there was one. 2048: core/congress/register/known.h.
-- purge_nobody_add :exec (id i64)
INSERT INTO person(id, code, name, name_fold, name_sort, known) VALUES($1, 'erased-' || CAST($1 AS TEXT), '—', '', '', 2048);
-- Of an absence only whether it was excused.
-- purge_line_set :exec (id i64, person_id i64?, pattern text, excused text, plain text)
UPDATE delegate SET person_id = $2, number = NULL, decision = NULL, roles = NULL, group_name = NULL, seat = NULL, badge_box = NULL, needs = NULL, room = NULL,
  transport = NULL, diet = NULL, note = NULL, absence = CASE WHEN absence IS NULL THEN NULL WHEN absence LIKE $3 THEN $4 ELSE $5 END WHERE id = $1;

-- The audit log keeps who did what to the event, without names and codes. Figures of the past are reckoned from 'checkin.told', fixed ones held against 'fix_figure'.
-- purge_audit_event_person :exec (slug text, code text)
UPDATE audit SET person = NULL, text_fold = NULL, subject = CASE WHEN subject LIKE $1 || '/%' THEN $1 || '/—' ELSE subject END,
  detail = CASE WHEN action = 'checkin.told' THEN detail ELSE NULL END WHERE person = $2 AND event = $1;
-- What was done to somebody outside of any event.
-- purge_audit_person :exec (code text)
UPDATE audit SET person = NULL, text_fold = NULL, detail = NULL, subject = CASE WHEN subject = $1 THEN '—' ELSE subject END WHERE person = $1;
-- Heads of delegations; older lines of groups and reports do not say of which event they are.
-- purge_audit_head :exec (slug text, actor text, all i64)
UPDATE audit SET actor = '—', text_fold = NULL WHERE actor = $2 AND ($3 = 1 OR event = $1 OR event IS NULL) AND NOT EXISTS (SELECT 1 FROM account a WHERE a.name = $2);

-- Whoever goes altogether.
-- purge_person_photos :many (id i64) -> (sha256 text)
SELECT old FROM register_change WHERE person_id = $1 AND field = 'photo' AND old IS NOT NULL
UNION SELECT value FROM register_change WHERE person_id = $1 AND field = 'photo' AND value IS NOT NULL
UNION SELECT photo_blob FROM person WHERE id = $1 AND photo_blob IS NOT NULL;
-- purge_person_results :exec (id i64)
UPDATE list_import SET result = NULL WHERE result IS NOT NULL AND number IN (SELECT r.import FROM list_import_row r WHERE r.entity = 'person' AND r.subject_id = $1);
-- purge_person_imports :exec (id i64)
DELETE FROM list_import_row WHERE entity = 'person' AND subject_id = $1;
-- purge_person_handovers :exec (id i64)
UPDATE handover SET to_person_id = NULL, to_name = '—' WHERE to_person_id = $1;
-- purge_person_changes :exec (id i64)
DELETE FROM register_change WHERE person_id = $1;
-- purge_person_merges :exec (id i64)
DELETE FROM register_merge WHERE kept_id = $1 OR gone_id = $1;
-- purge_person_distinct :exec (id i64)
DELETE FROM register_distinct WHERE low_id = $1 OR high_id = $1;
-- purge_person :exec (id i64)
DELETE FROM person WHERE id = $1;

-- purge_blob_used :maybe (sha256 text) -> (total i64)
SELECT (SELECT COUNT(*) FROM person WHERE photo_blob = $1) + (SELECT COUNT(*) FROM document_version WHERE sha256 = $1) + (SELECT COUNT(*) FROM document WHERE file_blob = $1)
  + (SELECT COUNT(*) FROM paper_page WHERE picture = $1) + (SELECT COUNT(*) FROM paper_reading WHERE sha256 = $1) + (SELECT COUNT(*) FROM organization WHERE logo_blob = $1)
  + (SELECT COUNT(*) FROM work_file WHERE sha256 = $1) + (SELECT COUNT(*) FROM work_page WHERE sha256 = $1) + (SELECT COUNT(*) FROM work_page WHERE large = $1)
  + (SELECT COUNT(*) FROM post_picture WHERE large = $1 OR small = $1) + (SELECT COUNT(*) FROM event WHERE slides LIKE '%' || $1 || '%' OR wall_welcome LIKE '%' || $1 || '%');
-- purge_blob :exec (sha256 text)
DELETE FROM blob WHERE sha256 = $1;
-- purge_blob_known :maybe (sha256 text) -> (size i64)
SELECT size FROM blob WHERE sha256 = $1;

-- What is left of the event, some at a time: how many rows changed says whether there is more.
-- purge_rest_scans :many (event_id i64, after_id i64) -> (id i64)
SELECT id FROM scan WHERE event_id = $1 AND token_id <> '' AND id > $2 ORDER BY id LIMIT 20000;
-- purge_rest_scan_range :exec (event_id i64, from_id i64, until_id i64)
UPDATE scan SET token_id = '' WHERE id >= $2 AND id <= $3 AND event_id = $1 AND token_id <> '';
-- purge_rest_credentials :exec (event_id i64)
DELETE FROM credential WHERE id IN (SELECT id FROM credential WHERE event_id = $1 LIMIT 200);
-- purge_rest_handed :exec (event_id i64)
DELETE FROM handed_badge WHERE (handover_id, credential_id) IN (SELECT b.handover_id, b.credential_id FROM handover h JOIN handed_badge b ON b.handover_id = h.id WHERE h.event_id = $1 LIMIT 200);
-- purge_rest_handovers :exec (event_id i64)
DELETE FROM handover WHERE id IN (SELECT id FROM handover WHERE event_id = $1 LIMIT 200);
-- purge_rest_claims :exec (event_id i64)
DELETE FROM print_claim WHERE (kind, card, holder_id) IN (SELECT c.kind, c.card, c.holder_id FROM print_claim c JOIN print_run r ON r.id = c.run_id WHERE r.event_id = $1 LIMIT 200);
-- purge_rest_row_codes :exec (event_id i64)
DELETE FROM row_code WHERE (event_id, code) IN (SELECT event_id, code FROM row_code WHERE event_id = $1 LIMIT 200);
-- purge_rest_corrections :exec (event_id i64)
UPDATE correction SET reason = NULL WHERE id IN (SELECT id FROM correction WHERE event_id = $1 AND reason IS NOT NULL LIMIT 200);
-- purge_rest_groups :exec (event_id i64)
UPDATE group_checkin SET actor = CASE WHEN actor LIKE '% (%)' THEN '—' ELSE actor END, undone_by = CASE WHEN undone_by LIKE '% (%)' THEN '—' ELSE undone_by END
WHERE id IN (SELECT id FROM group_checkin WHERE event_id = $1 AND (actor LIKE '% (%)' OR undone_by LIKE '% (%)') LIMIT 200);
-- purge_rest_reports :exec (event_id i64)
UPDATE delegation_report SET actor = '—' WHERE id IN (SELECT id FROM delegation_report WHERE event_id = $1 AND actor LIKE '% (%)' LIMIT 200);

-- Lines that tell of the event's people in other ways than by their code.
-- purge_rest_audit :many (slug text, after_id i64) -> (id i64)
SELECT id FROM audit WHERE event = $1 AND id > $2
  AND (person IS NOT NULL OR (subject LIKE $1 || '/%' AND subject <> $1 || '/—') OR action IN ('checkin.override', 'handover', 'undo handover') OR actor LIKE '% (%)')
ORDER BY id LIMIT 20000;
-- purge_rest_line :exec (slug text, id i64)
UPDATE audit SET actor = CASE WHEN actor LIKE '% (%)' AND NOT EXISTS (SELECT 1 FROM account a WHERE a.name = audit.actor) THEN '—' ELSE actor END, text_fold = NULL,
  detail = CASE WHEN action <> 'checkin.told' AND (person IS NOT NULL OR subject LIKE $1 || '/%' OR action IN ('checkin.override', 'handover', 'undo handover')) THEN NULL ELSE detail END,
  subject = CASE WHEN subject LIKE $1 || '/%' THEN $1 || '/—' ELSE subject END, person = NULL WHERE id = $2;

-- Lists of fixed figures.
-- purge_fixed :many (event_id i64) -> (id i64, people i64)
SELECT f.id, f.people FROM figure_fixed f WHERE f.event_id = $1 AND NOT EXISTS (SELECT 1 FROM figure_fixed_erased e WHERE e.id = f.id) ORDER BY f.number;
-- purge_fixed_people :exec (fixed_id i64, from_place i64, until_place i64)
UPDATE figure_fixed_person SET code = 'erased-' || CAST(delegate_id AS TEXT), name = '', name_fold = '', name_sort = '', number = NULL, seat = NULL, reason = NULL,
  stands_for = CASE WHEN stands_for IS NULL THEN NULL ELSE '' END WHERE fixed_id = $1 AND place >= $2 AND place < $3;
-- purge_fixed_note :exec (id i64, at_ms i64, people_hash text)
INSERT INTO figure_fixed_erased(id, at_ms, people_hash) VALUES($1, $2, $3);
-- fixed_erased :maybe (id i64) -> (at_ms i64, people_hash text)
SELECT at_ms, people_hash FROM figure_fixed_erased WHERE id = $1;
-- Whether lists of this event are just being stripped.
-- purge_is_on :maybe (event_id i64) -> (purging_ms i64?)
SELECT purging_ms FROM event WHERE id = $1;

-- Doors get a new list, pages and figures are made anew.
-- purge_done :exec (event_id i64, at_ms i64)
UPDATE event SET purged_ms = $2, purging_ms = NULL, opened_names = 0, config_seq = config_seq + 1, roster_seq = roster_seq + 1, roster_base = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1;

-- Traces: what free pages, the log and the folder of files may still hold.
-- An event is open from an hour before its first day until it is over or closed.
-- purge_open_events :maybe (now_ms i64, soon_ms i64) -> (total i64)
SELECT COUNT(*) FROM event WHERE opens_ms <= $2 AND ends_ms > $1 AND (closed_ms IS NULL OR closed_ms > $1);
-- Pictures that were somebody's photo, and are nobody's now.
-- purge_stray_photos :many () -> (sha256 text)
SELECT b.sha256 FROM blob b WHERE b.media_type = 'image/jpeg' AND NOT EXISTS (SELECT 1 FROM person p WHERE p.photo_blob = b.sha256)
  AND NOT EXISTS (SELECT 1 FROM document_version v WHERE v.sha256 = b.sha256) AND NOT EXISTS (SELECT 1 FROM paper_page g WHERE g.picture = b.sha256)
  AND NOT EXISTS (SELECT 1 FROM paper_reading r WHERE r.sha256 = b.sha256) AND NOT EXISTS (SELECT 1 FROM work_file w WHERE w.sha256 = b.sha256)
  AND NOT EXISTS (SELECT 1 FROM work_page w WHERE w.sha256 = b.sha256) AND NOT EXISTS (SELECT 1 FROM work_page w WHERE w.large = b.sha256)
  AND b.sha256 NOT IN (SELECT c.old FROM register_change c JOIN person p ON p.id = c.person_id WHERE c.field = 'photo' AND c.old IS NOT NULL
    UNION SELECT c.value FROM register_change c JOIN person p ON p.id = c.person_id WHERE c.field = 'photo' AND c.value IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM register_merge m WHERE m.detail LIKE '%' || b.sha256 || '%')
  AND NOT EXISTS (SELECT 1 FROM list_import_row l WHERE l.fields LIKE '%' || b.sha256 || '%');
