-- Erasing in slices, beside another event's check-ins; whom an event may erase at all (docs/decisions/0061-erasing.md).

ALTER TABLE event ADD COLUMN purging_ms BIGINT;   -- erasing began, and has not come to its end
ALTER TABLE person ADD COLUMN of_event_id BIGINT; -- came in for this event alone: at its desk, or with its list, in no unit; NULL: of the register

CREATE INDEX person_by_photo ON person(photo_blob) WHERE photo_blob IS NOT NULL;
CREATE INDEX document_version_by_sha256 ON document_version(sha256);
CREATE INDEX paper_page_by_picture ON paper_page(picture) WHERE picture IS NOT NULL;
CREATE INDEX handover_by_person ON handover(to_person_id) WHERE to_person_id IS NOT NULL;
CREATE INDEX register_merge_by_gone ON register_merge(gone_id);
CREATE INDEX register_distinct_by_high ON register_distinct(high_id);

-- Nobodies that earlier purges left are marked as such: no list of the register has them.
UPDATE person SET known = 2048 WHERE code LIKE 'erased-%' AND name_fold = '' AND unit_id IS NULL;

-- Who came in before this was noted: in no unit now or ever, of one event, and brought in by it: at its desk, with its list, or with its event file, within five minutes
-- of their line in it (ids are made of time). Everybody else is the register's.
UPDATE person SET of_event_id = (SELECT d.event_id FROM delegate d WHERE d.person_id = person.id)
WHERE unit_id IS NULL AND (known & 2048) = 0 AND (SELECT COUNT(*) FROM delegate d WHERE d.person_id = person.id) = 1
  AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person_id = person.id)
  AND (EXISTS (SELECT 1 FROM register_change c WHERE c.person_id = person.id AND c.field = 'created' AND c.source = 'desk')
    OR EXISTS (SELECT 1 FROM register_change c JOIN list_import i ON c.source = 'import:' || CAST(i.number AS TEXT)
      WHERE c.person_id = person.id AND c.field = 'created' AND i.event_id IS NOT NULL)
    OR (NOT EXISTS (SELECT 1 FROM register_change c WHERE c.person_id = person.id AND c.field = 'created' AND c.source <> 'event file')
      AND EXISTS (SELECT 1 FROM delegate d WHERE d.person_id = person.id AND d.id - person.id BETWEEN -1258291200000 AND 1258291200000)));
