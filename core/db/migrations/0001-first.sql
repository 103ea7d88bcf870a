-- The first schema. Words common to SQLite and PostgreSQL only (docs/decisions/0002-sql-seam.md). Ids and times are made in C;
-- times are milliseconds since 1970 UTC; titles are JSON: a text or a language map; *_fold and *_sort are made by core/base/text.

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT);

CREATE TABLE organization (
  id BIGINT PRIMARY KEY,          -- one row, 1
  name TEXT NOT NULL,
  languages TEXT NOT NULL,        -- JSON list
  logo TEXT, logo_blob TEXT);

CREATE TABLE attribute_type (
  id BIGINT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('yes_no', 'choice', 'text', 'number', 'date')),
  choices TEXT,                   -- JSON object: code -> title
  sensitive BIGINT NOT NULL DEFAULT 0);

CREATE TABLE unit (
  id BIGINT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_fold TEXT NOT NULL,
  parent_id BIGINT REFERENCES unit(id),
  level TEXT, sector TEXT,
  sort_order BIGINT,
  members BIGINT);

CREATE TABLE person (
  id BIGINT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_fold TEXT NOT NULL,
  name_sort TEXT NOT NULL,
  sort_name TEXT, honorific TEXT,
  unit_id BIGINT REFERENCES unit(id),
  title TEXT, gender TEXT,
  born TEXT, joined TEXT,         -- a year or a date
  phone TEXT, email TEXT,
  photo TEXT, photo_blob TEXT);
CREATE INDEX person_by_unit ON person(unit_id);
CREATE INDEX person_by_fold ON person(name_fold);

CREATE TABLE person_attribute (
  person_id BIGINT NOT NULL REFERENCES person(id) ON DELETE CASCADE,
  type_id BIGINT NOT NULL REFERENCES attribute_type(id),
  value TEXT NOT NULL,            -- canonical JSON
  PRIMARY KEY (person_id, type_id));

CREATE TABLE event (
  id BIGINT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('congress', 'training', 'meeting')),
  title TEXT NOT NULL,
  timezone TEXT NOT NULL,
  public_url TEXT,
  starts_ms BIGINT NOT NULL, ends_ms BIGINT NOT NULL,
  opens_ms BIGINT NOT NULL,       -- midnight of the first day, local
  venue TEXT, colors TEXT, wifi TEXT, streams TEXT, quorum TEXT, slides TEXT, announcements TEXT,
  documents_access TEXT NOT NULL DEFAULT 'badge' CHECK (documents_access IN ('badge', 'pin')),
  pin TEXT NOT NULL DEFAULT 'phone_tail' CHECK (pin IN ('phone_tail', 'random')),
  names_on_wall BIGINT NOT NULL DEFAULT 0,
  config_seq BIGINT NOT NULL DEFAULT 1,   -- grows with every change of what is configured
  roster_seq BIGINT NOT NULL DEFAULT 1,   -- grows with every change of who may pass or is where
  roster_base BIGINT NOT NULL DEFAULT 1,  -- roster_seq of the last import: a gate with an older roster gets a whole one
  figures_seq BIGINT NOT NULL DEFAULT 1,  -- grows with every change of a figure
  display_code TEXT);

CREATE TABLE category (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  code TEXT NOT NULL, title TEXT NOT NULL, color TEXT,
  sort_order BIGINT NOT NULL,
  UNIQUE (event_id, code));

CREATE TABLE area (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  code TEXT NOT NULL, title TEXT NOT NULL, capacity BIGINT,
  sort_order BIGINT NOT NULL,
  UNIQUE (event_id, code));

CREATE TABLE gate (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  code TEXT NOT NULL, title TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('entry', 'handout')),
  area_id BIGINT REFERENCES area(id),
  direction TEXT NOT NULL DEFAULT 'both' CHECK (direction IN ('in', 'out', 'both')),
  reentry BIGINT NOT NULL DEFAULT 1,
  admits TEXT,                    -- JSON list of category codes; NULL = everyone
  sort_order BIGINT NOT NULL,
  UNIQUE (event_id, code));

CREATE TABLE session (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  code TEXT NOT NULL, title TEXT NOT NULL,
  starts_ms BIGINT NOT NULL, ends_ms BIGINT NOT NULL,
  area_id BIGINT REFERENCES area(id),
  room TEXT, speakers TEXT, admits TEXT,
  carry_over BIGINT NOT NULL DEFAULT 1,
  sort_order BIGINT NOT NULL,
  UNIQUE (event_id, code));

CREATE TABLE blob (
  sha256 TEXT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  added_ms BIGINT NOT NULL);

CREATE TABLE document (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  code TEXT NOT NULL, title TEXT NOT NULL,
  file TEXT, file_blob TEXT,      -- where it lay beside the event file; SHA-256 of the newest version
  language TEXT, number TEXT, issued TEXT, issuer TEXT,
  audience TEXT,                  -- JSON; NULL = every delegate
  session_id BIGINT REFERENCES session(id),
  publish_ms BIGINT,              -- from then on; NULL with publish_manual 0 = at once
  publish_manual BIGINT NOT NULL DEFAULT 0,
  published_ms BIGINT,            -- when the organiser published by hand
  restricted BIGINT NOT NULL DEFAULT 0,
  must_read BIGINT NOT NULL DEFAULT 0,
  sort_order BIGINT NOT NULL,
  UNIQUE (event_id, code));

CREATE TABLE document_version (
  id BIGINT PRIMARY KEY,
  document_id BIGINT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES blob(sha256),
  name TEXT NOT NULL,
  added_ms BIGINT NOT NULL,
  UNIQUE (document_id, version));

CREATE TABLE delegate (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  person_id BIGINT REFERENCES person(id),      -- NULL: a numbered blank badge
  number TEXT,
  category_id BIGINT NOT NULL REFERENCES category(id),
  delegation_id BIGINT REFERENCES unit(id),
  mandate TEXT CHECK (mandate IN ('ex_officio', 'elected', 'appointed')),
  status TEXT NOT NULL DEFAULT 'summoned' CHECK (status IN ('summoned', 'alternate', 'replaced', 'withdrawn', 'disqualified')),
  replaces TEXT,                  -- code of the person whose mandate this is
  decision TEXT, absence TEXT, roles TEXT, group_name TEXT, sort_order BIGINT, seat TEXT, badge_box TEXT,
  needs TEXT, room TEXT, transport TEXT, diet TEXT,
  roster_seq BIGINT NOT NULL DEFAULT 0,        -- event.roster_seq of its last change at the doors
  UNIQUE (event_id, person_id),
  UNIQUE (event_id, number));
CREATE INDEX delegate_by_person ON delegate(person_id);
CREATE INDEX delegate_by_roster ON delegate(event_id, roster_seq);

CREATE TABLE credential (
  id BIGINT PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,     -- secret: this file and its copies must be kept like keys
  token_id TEXT NOT NULL UNIQUE,  -- what a gate may know of it
  person_id BIGINT REFERENCES person(id),
  event_id BIGINT REFERENCES event(id),        -- NULL: a member card
  delegate_id BIGINT REFERENCES delegate(id),
  issue BIGINT NOT NULL DEFAULT 1,
  created_ms BIGINT NOT NULL,
  revoked_ms BIGINT);
CREATE INDEX credential_by_delegate ON credential(delegate_id);
CREATE INDEX credential_by_person ON credential(person_id);

-- What is true of a delegate at the doors now; derived from scan, kept in the same transaction.
CREATE TABLE delegate_state (
  delegate_id BIGINT PRIMARY KEY REFERENCES delegate(id),
  event_id BIGINT NOT NULL,
  area_id BIGINT,                 -- where they are; NULL: nowhere
  gate_id BIGINT,                 -- through which gate they came into it
  since_ms BIGINT,
  until_ms BIGINT,                -- when that presence ends by itself (block or day)
  attended_ms BIGINT,             -- first time in the event's first area
  attended_gate_id BIGINT);

CREATE TABLE device (
  id BIGINT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  event_id BIGINT NOT NULL REFERENCES event(id),
  gate_id BIGINT NOT NULL REFERENCES gate(id),
  created_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  last_seen_ms BIGINT,
  clock_offset_ms BIGINT,
  roster_version BIGINT);

CREATE TABLE pairing (
  code_hash TEXT NOT NULL PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  gate_id BIGINT NOT NULL REFERENCES gate(id),
  expires_ms BIGINT NOT NULL,
  used_ms BIGINT);

CREATE TABLE account (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  must_change BIGINT NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL,
  disabled_ms BIGINT);

CREATE TABLE account_role (
  account_id BIGINT NOT NULL REFERENCES account(id),
  role TEXT NOT NULL CHECK (role IN ('organiser', 'desk', 'head')),
  event_id BIGINT NOT NULL DEFAULT 0,          -- 0: every event
  unit_id BIGINT NOT NULL DEFAULT 0,           -- the delegation of a head
  PRIMARY KEY (account_id, role, event_id, unit_id));

CREATE TABLE web_session (
  id_hash TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('staff', 'display')),
  account_id BIGINT REFERENCES account(id),
  event_id BIGINT REFERENCES event(id),
  csrf TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL);

-- Append-only: what was read at a door, by whom it was decided, what was told to the person.
CREATE TABLE scan (
  id BIGINT PRIMARY KEY,
  scan_id TEXT NOT NULL UNIQUE,
  event_id BIGINT NOT NULL,
  delegate_id BIGINT,
  token_id TEXT NOT NULL,
  gate_id BIGINT NOT NULL,
  direction TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  decision TEXT NOT NULL,
  roster BIGINT,
  scanned_ms BIGINT NOT NULL,     -- the device's clock
  age_ms BIGINT,
  true_ms BIGINT NOT NULL,        -- the best knowledge of when it was
  estimated BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  device_id BIGINT, account_id BIGINT,
  first_ms BIGINT, first_gate_id BIGINT,
  conflict BIGINT NOT NULL DEFAULT 0);
CREATE INDEX scan_by_delegate ON scan(delegate_id, true_ms);
CREATE INDEX scan_by_event ON scan(event_id, received_ms);

-- Append-only: what a person settled afterwards.
CREATE TABLE correction (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL,
  scan BIGINT NOT NULL REFERENCES scan(id),
  kind TEXT NOT NULL CHECK (kind IN ('undo')),
  reason TEXT,
  made_ms BIGINT NOT NULL,
  device_id BIGINT, account_id BIGINT,
  UNIQUE (scan, kind));

-- Derived from scan and correction: who was in which area from when to when.
CREATE TABLE presence (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL,
  delegate_id BIGINT NOT NULL REFERENCES delegate(id),
  area_id BIGINT NOT NULL,
  gate_id BIGINT NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,       -- when it ended, or will end by itself
  closed BIGINT NOT NULL);        -- 1: somebody or something ended it; 0: the programme will
CREATE INDEX presence_by_delegate ON presence(delegate_id, from_ms);

CREATE TABLE handout (
  delegate_id BIGINT NOT NULL,
  gate_id BIGINT NOT NULL,
  given_ms BIGINT NOT NULL,
  PRIMARY KEY (delegate_id, gate_id));

-- Counters, kept in the same transaction as what they count; the meaning of measure and dimension stands in core/congress/tally.h.
CREATE TABLE tally (
  event_id BIGINT NOT NULL,
  measure BIGINT NOT NULL,
  dimension BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (event_id, measure, dimension, key_id, until_ms));

CREATE TABLE print_run (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  layout TEXT NOT NULL,
  host TEXT NOT NULL,             -- what the QR codes of this run point at
  badges BIGINT NOT NULL,
  printed_ms BIGINT NOT NULL,
  actor TEXT NOT NULL);

CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT);
