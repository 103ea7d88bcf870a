-- Figures that the committee has fixed: who, when, count, list (docs/decisions/0044-fixed-figures.md). Nothing here is ever altered; what is learnt later stands
-- beside it. Names, codes and titles stand here as they were, not as references: people, units and even the event may go.

CREATE TABLE figure_fixed (
  id BIGINT PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,   -- UUID made with the form: the same again is the same figure
  event_id BIGINT NOT NULL,
  number BIGINT NOT NULL,         -- the how-manieth of this event, from 1
  event TEXT NOT NULL, event_title TEXT NOT NULL, timezone TEXT NOT NULL,
  at_ms BIGINT NOT NULL,          -- the moment that it tells of
  known_ms BIGINT NOT NULL,       -- when it was fixed: what the record knew then
  actor TEXT NOT NULL,
  label TEXT,
  category TEXT, category_title TEXT, -- whom it counts; NULL: everybody who is summoned
  expected BIGINT NOT NULL, attended BIGINT NOT NULL, present BIGINT NOT NULL, absent BIGINT NOT NULL, excused BIGINT NOT NULL, -- of the summoned
  alternates BIGINT NOT NULL,     -- present besides
  substitutes BIGINT NOT NULL,    -- of who came: who stand for somebody
  by_group BIGINT NOT NULL,       -- of the present: checked in with a group, not seen themselves
  quorum TEXT,                    -- JSON; NULL: the event had no rule
  sentence TEXT NOT NULL,         -- JSON: the sentence to read out, by language
  people BIGINT NOT NULL,         -- rows of the list
  parts_hash TEXT NOT NULL, people_hash TEXT NOT NULL,
  previous TEXT NOT NULL,         -- hash of the one before of this event; "" for the first
  hash TEXT NOT NULL,
  UNIQUE (event_id, number));

CREATE TABLE figure_fixed_part (
  fixed_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('category', 'delegation')),
  place BIGINT NOT NULL,
  code TEXT NOT NULL, title TEXT NOT NULL,
  expected BIGINT NOT NULL, attended BIGINT NOT NULL, present BIGINT NOT NULL, absent BIGINT NOT NULL, excused BIGINT NOT NULL,
  alternates BIGINT NOT NULL, substitutes BIGINT NOT NULL, by_group BIGINT NOT NULL,
  PRIMARY KEY (fixed_id, kind, place));

CREATE TABLE figure_fixed_person (
  fixed_id BIGINT NOT NULL,
  place BIGINT NOT NULL,          -- protocol order
  delegate_id BIGINT NOT NULL,
  code TEXT NOT NULL, name TEXT NOT NULL, name_fold TEXT NOT NULL, name_sort TEXT NOT NULL,
  number TEXT, seat TEXT,
  category TEXT NOT NULL, delegation TEXT NOT NULL, -- codes; "": none
  status TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('present', 'attended', 'absent')), -- attended: came, and was not in at that moment
  excused BIGINT NOT NULL,        -- of who is absent: 1 excused
  reason TEXT,                    -- of the absence
  stands_for TEXT,                -- the name of whose mandate it is
  by_group BIGINT NOT NULL,
  first_ms BIGINT, last_ms BIGINT,
  PRIMARY KEY (fixed_id, place));

-- forever figure_fixed
-- forever figure_fixed_part of figure_fixed(fixed_id)
-- forever figure_fixed_person of figure_fixed(fixed_id)
