-- Lists of offices that were taken in, and what each did, so that it can be taken back: docs/decisions/0054-list-import.md.

-- number: "import:12" in the history of the register. state: 'applying' (from the first slice on; who opens the folder next takes it back), 'done', 'taking_back',
-- 'taken_back'.
CREATE TABLE list_import (
  number BIGINT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('applying', 'done', 'taking_back', 'taken_back')),
  target TEXT NOT NULL CHECK (target IN ('people', 'units', 'delegates')),
  event_id BIGINT,
  file TEXT NOT NULL,             -- its name, without folders
  actor TEXT NOT NULL,
  began_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  undone_ms BIGINT,
  undone_by TEXT,                 -- NULL with undone_ms: it did not reach its end
  detail TEXT NOT NULL,           -- JSON: the mapping, what was chosen, counts
  result TEXT);                   -- JSON: rows that were left, and why; of an undo likewise

-- One row for each thing that was written, in the order of writing. fields: JSON {"name": ["old", "new"], …} of a thing that was there, the columns as they are stored;
-- {} and `made` of one that was made, where `made` is a hash of its row: what became of it since must be known, not what it said.
CREATE TABLE list_import_row (
  import BIGINT NOT NULL REFERENCES list_import(number) ON DELETE CASCADE,
  place BIGINT NOT NULL,
  sheet_row BIGINT NOT NULL,      -- as the office program shows it; 0: of no row
  entity TEXT NOT NULL CHECK (entity IN ('person', 'unit', 'delegate')),
  subject_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  made TEXT,
  fields TEXT NOT NULL,
  left_as TEXT,                   -- 'meanwhile': it had changed since the plan was made, and was not written. After an undo: 'back', or why it stays: 'changed', 'history', 'gone'
  PRIMARY KEY (import, place));
CREATE INDEX list_import_row_by_subject ON list_import_row(subject_id);

-- What columns of a list with these headings mean, as it was agreed the last time.
CREATE TABLE list_mapping (
  target TEXT NOT NULL,
  headings TEXT NOT NULL,         -- a hash of them, folded and sorted
  mapping TEXT NOT NULL,          -- JSON, core/congress/list/list.h
  used_ms BIGINT NOT NULL,
  PRIMARY KEY (target, headings));
