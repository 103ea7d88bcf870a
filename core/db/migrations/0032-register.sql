-- The register: who is in which unit since when, what changed, who was listed twice. core/congress/register, docs/decisions/0055-register.md.
-- Days are local dates as text: '' stands before all of them, '9999-12-31' is "goes on".

-- One row for each membership of a person in a unit. Ending it is written into its row once; a period that turns out to have been otherwise is void from then on, and
-- another row stands for it.
CREATE TABLE membership (
  id BIGINT PRIMARY KEY,
  person_id BIGINT,               -- NULL: erased; what was counted stays counted
  unit_id BIGINT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,        -- the first day without
  began TEXT NOT NULL CHECK (began IN ('listed', 'joined', 'moved_in', 'returned')),
  ended TEXT CHECK (ended IN ('removed', 'left', 'retired', 'died', 'moved_out')),
  from_unit_id BIGINT,            -- moved in: from there
  to_unit_id BIGINT,              -- moved out: to there
  known_ms BIGINT NOT NULL,       -- from when on this was known, from whom, by what
  actor TEXT NOT NULL, source TEXT NOT NULL,
  ended_ms BIGINT NOT NULL DEFAULT 9223372036854775807, -- the same of its end
  ended_actor TEXT, ended_source TEXT,
  void_ms BIGINT NOT NULL DEFAULT 9223372036854775807,  -- and of its having been otherwise
  void_actor TEXT, void_source TEXT);
CREATE INDEX membership_by_person ON membership(person_id);
-- All that is counted: sizes are read from the index alone.
CREATE INDEX membership_by_unit ON membership(unit_id, from_day, until_day, known_ms, ended_ms, void_ms);

-- Append-only: which field of a person or a unit changed, when, by whom. Values of sensitive attributes are kept here and shown by sensitive.h alone.
CREATE TABLE register_change (
  id BIGINT PRIMARY KEY,
  person_id BIGINT, unit_id BIGINT, -- one of them
  at_ms BIGINT NOT NULL,
  day TEXT NOT NULL,              -- from which day on it holds
  field TEXT NOT NULL,            -- as in an event file, 'attribute:CODE', or 'created', 'removed', 'merged', 'split'
  old TEXT, value TEXT,
  sensitive BIGINT NOT NULL DEFAULT 0,
  actor TEXT NOT NULL, source TEXT NOT NULL);
CREATE INDEX register_change_by_person ON register_change(person_id) WHERE person_id IS NOT NULL;
CREATE INDEX register_change_by_unit ON register_change(unit_id) WHERE unit_id IS NOT NULL;

-- Two entries that were one person: which stayed, and all that is needed to take it back.
CREATE TABLE register_merge (
  id BIGINT PRIMARY KEY,
  kept_id BIGINT NOT NULL, gone_id BIGINT NOT NULL,
  kept_code TEXT NOT NULL, gone_code TEXT NOT NULL,
  made_ms BIGINT NOT NULL,
  actor TEXT NOT NULL, source TEXT NOT NULL,
  detail TEXT NOT NULL,           -- JSON, core/congress/register/merge.c
  undone_ms BIGINT, undone_actor TEXT);
CREATE INDEX register_merge_by_kept ON register_merge(kept_id);

-- The code of whom a merge took away finds who stayed.
CREATE TABLE person_alias (
  code TEXT PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES person(id) ON DELETE CASCADE,
  merge_id BIGINT NOT NULL);
CREATE INDEX person_alias_by_person ON person_alias(person_id);

-- Alike, and two people all the same: somebody said so.
CREATE TABLE register_distinct (
  low_id BIGINT NOT NULL, high_id BIGINT NOT NULL,
  at_ms BIGINT NOT NULL, actor TEXT NOT NULL,
  PRIMARY KEY (low_id, high_id));

-- What is known of a person, a bit each (core/congress/register/known.h): so that a tree of units with what is missing is read from an index.
ALTER TABLE person ADD COLUMN known BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attribute_type ADD COLUMN known_mask BIGINT NOT NULL DEFAULT 0;
UPDATE attribute_type SET known_mask = CAST(65536 AS BIGINT) << CAST((SELECT COUNT(*) FROM attribute_type o WHERE o.code < attribute_type.code) AS INTEGER)
WHERE (SELECT COUNT(*) FROM attribute_type o WHERE o.code < attribute_type.code) < 46;
UPDATE person SET known = (CASE WHEN born IS NULL THEN 0 ELSE 1 END) + (CASE WHEN gender IS NULL THEN 0 ELSE 2 END) + (CASE WHEN phone IS NULL THEN 0 ELSE 4 END)
  + (CASE WHEN photo_blob IS NULL THEN 0 ELSE 8 END) + (CASE WHEN joined IS NULL THEN 0 ELSE 16 END) + (CASE WHEN email IS NULL THEN 0 ELSE 32 END)
  + (CASE WHEN title IS NULL THEN 0 ELSE 64 END) + (CASE WHEN honorific IS NULL THEN 0 ELSE 128 END) + (CASE WHEN gender = 'f' THEN 256 ELSE 0 END)
  + (CASE WHEN gender = 'm' THEN 512 ELSE 0 END) + (CASE WHEN unit_id IS NULL THEN 0 ELSE 1024 END)
  + CAST(COALESCE((SELECT SUM(t.known_mask) FROM person_attribute a JOIN attribute_type t ON t.id = a.type_id WHERE a.person_id = person.id), 0) AS BIGINT);
DROP INDEX person_by_unit;
CREATE INDEX person_by_unit ON person(unit_id, known);
-- Pages of people in the order of lists.
CREATE INDEX person_by_sort ON person(name_sort, id);

-- Who is in a unit already is listed there since they joined, as far as that is known.
INSERT INTO membership(id, person_id, unit_id, from_day, until_day, began, known_ms, actor, source)
SELECT id, id, unit_id, CASE WHEN joined IS NULL THEN '' WHEN LENGTH(joined) = 4 THEN joined || '-01-01' ELSE joined END, '9999-12-31', 'listed', 0, '', 'before'
FROM person WHERE unit_id IS NOT NULL;
