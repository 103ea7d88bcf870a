-- Erasing the people of an event: core/congress/purge/purge.c, in this order.

-- purge_event :maybe (slug text) -> (id i64, kind text, ends_ms i64, erase_ms i64?, purged_ms i64?)
SELECT id, kind, ends_ms, erase_ms, purged_ms FROM event WHERE slug = $1;

-- purge_erase_set :exec (event_id i64, erase_ms i64?)
UPDATE event SET erase_ms = $2 WHERE id = $1;

-- Everybody who is in the list; `stays`: also of the register, another event, or with a member card.
-- purge_people :many (event_id i64) -> (id i64, photo text?, stays i64)
SELECT p.id, p.photo_blob,
  CASE WHEN EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id) OR EXISTS (SELECT 1 FROM delegate o WHERE o.person_id = p.id AND o.event_id <> $1)
    OR EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL) THEN 1 ELSE 0 END
FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.event_id = $1 AND p.code NOT LIKE 'erased-%';

-- purge_counts :maybe (event_id i64, slug text) -> (badges i64, scans i64, readings i64, questions i64, pins i64, changes i64, handovers i64, lists i64, listed i64, lines i64)
SELECT (SELECT COUNT(*) FROM credential WHERE event_id = $1), (SELECT COUNT(*) FROM scan WHERE event_id = $1 AND token_id <> ''),
  (SELECT COUNT(*) FROM paper_opened o JOIN delegate d ON d.id = o.delegate_id WHERE d.event_id = $1), (SELECT COUNT(*) FROM question WHERE event_id = $1),
  (SELECT COUNT(*) FROM badge_pin b JOIN delegate d ON d.id = b.delegate_id WHERE d.event_id = $1), (SELECT COUNT(*) FROM amendment WHERE event_id = $1),
  (SELECT COUNT(*) FROM handover WHERE event_id = $1), (SELECT COUNT(*) FROM figure_fixed WHERE event_id = $1),
  (SELECT COUNT(*) FROM figure_fixed_person p JOIN figure_fixed f ON f.id = p.fixed_id WHERE f.event_id = $1 AND p.name <> ''),
  (SELECT COUNT(*) FROM audit WHERE event = $2 AND person IS NOT NULL);

-- Lists that were taken in: what rows were left, and what was written of delegates; of people see purge_person_imports. Such an import cannot be taken back whole.
-- purge_import_results :exec (event_id i64)
UPDATE list_import SET result = NULL WHERE event_id = $1 OR number IN
  (SELECT r.import FROM list_import_row r JOIN delegate d ON d.person_id = r.subject_id WHERE r.entity = 'person' AND d.event_id = $1);
-- purge_import_delegates :exec (event_id i64)
DELETE FROM list_import_row WHERE entity = 'delegate' AND subject_id IN (SELECT id FROM delegate WHERE event_id = $1);
-- purge_person_imports :exec (id i64)
DELETE FROM list_import_row WHERE entity = 'person' AND subject_id = $1;

-- For whom somebody stands is told by the row that is left of them.
-- purge_replaces :exec (event_id i64)
UPDATE delegate SET replaces = COALESCE((SELECT 'erased-' || CAST(x.id AS TEXT) FROM delegate x JOIN person p ON p.id = x.person_id
  WHERE x.event_id = delegate.event_id AND p.code = delegate.replaces), 'erased') WHERE event_id = $1 AND replaces IS NOT NULL AND replaces NOT LIKE 'erased%';

-- Nobody, one for each line of the list: counters and recounts go on to find a person where there was one.
-- purge_nobody_add :exec (event_id i64)
INSERT INTO person(id, code, name, name_fold, name_sort)
SELECT d.id, 'erased-' || CAST(d.id AS TEXT), '—', '', '' FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.event_id = $1 AND p.code NOT LIKE 'erased-%';

-- purge_delegates :exec (event_id i64)
UPDATE delegate SET person_id = CASE WHEN person_id IS NULL THEN NULL ELSE id END, number = NULL, decision = NULL, roles = NULL, group_name = NULL, seat = NULL, badge_box = NULL, needs = NULL,
  room = NULL, transport = NULL, diet = NULL, note = NULL WHERE event_id = $1;

-- Of an absence only whether it was excused.
-- purge_absences :exec (event_id i64, pattern text, excused text, plain text)
UPDATE delegate SET absence = CASE WHEN absence LIKE $2 THEN $3 ELSE $4 END WHERE event_id = $1 AND absence IS NOT NULL;

-- purge_printed :exec (event_id i64)
DELETE FROM printed_badge WHERE credential_id IN (SELECT id FROM credential WHERE event_id = $1);
-- purge_handed :exec (event_id i64)
DELETE FROM handed_badge WHERE handover_id IN (SELECT id FROM handover WHERE event_id = $1);
-- purge_handovers :exec (event_id i64)
DELETE FROM handover WHERE event_id = $1;
-- purge_claims :exec (event_id i64)
DELETE FROM print_claim WHERE run_id IN (SELECT id FROM print_run WHERE event_id = $1);
-- purge_credentials :exec (event_id i64)
DELETE FROM credential WHERE event_id = $1;
-- purge_scans :exec (event_id i64)
UPDATE scan SET token_id = '' WHERE event_id = $1;
-- purge_corrections :exec (event_id i64)
UPDATE correction SET reason = NULL WHERE event_id = $1;
-- purge_readings :exec (event_id i64)
DELETE FROM paper_opened WHERE delegate_id IN (SELECT id FROM delegate WHERE event_id = $1);
-- purge_browsers :exec (event_id i64)
DELETE FROM pin_browser WHERE delegate_id IN (SELECT id FROM delegate WHERE event_id = $1);
-- purge_pins :exec (event_id i64)
DELETE FROM badge_pin WHERE delegate_id IN (SELECT id FROM delegate WHERE event_id = $1);
-- purge_questions :exec (event_id i64)
DELETE FROM question WHERE event_id = $1;
-- purge_row_codes :exec (event_id i64)
DELETE FROM row_code WHERE event_id = $1;

-- What the past is reckoned from stays, without its words; the rest goes.
-- purge_changes :exec (event_id i64)
DELETE FROM amendment WHERE event_id = $1 AND kind NOT IN ('walk_in', 'name_blank', 'substitute', 'absence');
-- purge_change_list :many (event_id i64) -> (id i64, detail text)
SELECT id, detail FROM amendment WHERE event_id = $1;
-- purge_change_set :exec (id i64, detail text)
UPDATE amendment SET detail = $2 WHERE id = $1;

-- A head who came in with the badge stands there as "Name (CODE)".
-- purge_group_actors :exec (event_id i64)
UPDATE group_checkin SET actor = CASE WHEN actor LIKE '% (%)' THEN '—' ELSE actor END, undone_by = CASE WHEN undone_by LIKE '% (%)' THEN '—' ELSE undone_by END WHERE event_id = $1;
-- purge_report_actors :exec (event_id i64)
UPDATE delegation_report SET actor = '—' WHERE event_id = $1 AND actor LIKE '% (%)';
-- purge_amendment_actors :exec (event_id i64)
UPDATE amendment SET actor = '—' WHERE event_id = $1 AND actor LIKE '% (%)';
-- purge_audit_actors :exec (slug text)
UPDATE audit SET actor = '—', text_fold = NULL WHERE event = $1 AND actor LIKE '% (%)' AND NOT EXISTS (SELECT 1 FROM account a WHERE a.name = audit.actor);

-- The audit log keeps who did what to the event, without names and codes. Figures of the past are reckoned from 'checkin.told', fixed ones held against 'fix_figure'.
-- purge_audit :exec (slug text)
UPDATE audit SET person = NULL, text_fold = NULL, subject = CASE WHEN subject LIKE $1 || '/%' THEN $1 || '/—' ELSE subject END,
  detail = CASE WHEN action = 'checkin.told' THEN detail ELSE NULL END
WHERE event = $1 AND (person IS NOT NULL OR subject LIKE $1 || '/%' OR action IN ('checkin.override', 'handover', 'undo handover'));
-- What was done to somebody outside of any event.
-- purge_audit_person :exec (code text)
UPDATE audit SET person = NULL, text_fold = NULL, detail = NULL, subject = CASE WHEN subject = $1 THEN '—' ELSE subject END WHERE person = $1;

-- purge_person_code :maybe (id i64) -> (code text)
SELECT code FROM person WHERE id = $1;
-- purge_person_changes :exec (id i64)
DELETE FROM register_change WHERE person_id = $1;
-- purge_person_merges :exec (id i64)
DELETE FROM register_merge WHERE kept_id = $1 OR gone_id = $1;
-- purge_person_distinct :exec (id i64)
DELETE FROM register_distinct WHERE low_id = $1 OR high_id = $1;
-- purge_person_handovers :exec (id i64)
UPDATE handover SET to_person_id = NULL, to_name = '—' WHERE to_person_id = $1;
-- purge_person :exec (id i64)
DELETE FROM person WHERE id = $1;

-- purge_blob_used :maybe (sha256 text) -> (total i64)
SELECT (SELECT COUNT(*) FROM person WHERE photo_blob = $1) + (SELECT COUNT(*) FROM document_version WHERE sha256 = $1) + (SELECT COUNT(*) FROM document WHERE file_blob = $1)
  + (SELECT COUNT(*) FROM paper_page WHERE picture = $1) + (SELECT COUNT(*) FROM paper_reading WHERE sha256 = $1) + (SELECT COUNT(*) FROM organization WHERE logo_blob = $1)
  + (SELECT COUNT(*) FROM work_file WHERE sha256 = $1) + (SELECT COUNT(*) FROM work_page WHERE sha256 = $1 OR large = $1)
  + (SELECT COUNT(*) FROM post_picture WHERE large = $1 OR small = $1) + (SELECT COUNT(*) FROM event WHERE slides LIKE '%' || $1 || '%' OR wall_welcome LIKE '%' || $1 || '%');
-- purge_blob :exec (sha256 text)
DELETE FROM blob WHERE sha256 = $1;

-- purge_fixed :many (event_id i64) -> (id i64)
SELECT f.id FROM figure_fixed f WHERE f.event_id = $1 AND NOT EXISTS (SELECT 1 FROM figure_fixed_erased e WHERE e.id = f.id) ORDER BY f.number;
-- purge_fixed_people :exec (fixed_id i64)
UPDATE figure_fixed_person SET code = 'erased-' || CAST(delegate_id AS TEXT), name = '', name_fold = '', name_sort = '', number = NULL, seat = NULL, reason = NULL,
  stands_for = CASE WHEN stands_for IS NULL THEN NULL ELSE '' END WHERE fixed_id = $1;
-- purge_fixed_note :exec (id i64, at_ms i64, people_hash text)
INSERT INTO figure_fixed_erased(id, at_ms, people_hash) VALUES($1, $2, $3);
-- fixed_erased :maybe (id i64) -> (at_ms i64, people_hash text)
SELECT at_ms, people_hash FROM figure_fixed_erased WHERE id = $1;

-- Doors get a new list, pages and figures are made anew.
-- purge_done :exec (event_id i64, at_ms i64)
UPDATE event SET purged_ms = $2, opened_names = 0, config_seq = config_seq + 1, roster_seq = roster_seq + 1, roster_base = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1;
