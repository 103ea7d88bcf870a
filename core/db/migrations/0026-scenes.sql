-- What hangs on the walls: which walls there are, what was switched by hand and when, and what the programme shows by itself.

-- A screen that was opened with the event's code. `number` is never given twice in an event.
CREATE TABLE wall (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  name TEXT,                      -- NULL: "Wall 2", in the reader's language
  made_ms BIGINT NOT NULL,
  seen_ms BIGINT,                 -- last heard
  width BIGINT, height BIGINT,    -- of the window, as its browser said
  frame TEXT,                     -- "w=1920&h=960": the part of it that is drawn on, as its address said
  shows TEXT,                     -- the scene that it said to show
  gone_ms BIGINT, gone_by TEXT,   -- shut out: it has to give the code again, and is another wall then
  UNIQUE (event_id, number));

ALTER TABLE web_session ADD COLUMN wall_id BIGINT; -- of a display: which wall it is

-- Every press of the organiser's. What holds is the newest that was not undone: of a wall, where it is newer than the newest for all.
CREATE TABLE scene_change (
  event_id BIGINT NOT NULL REFERENCES event(id) ON DELETE CASCADE,
  seq BIGINT NOT NULL,
  request TEXT NOT NULL UNIQUE,   -- made with the form: sent twice is one press
  wall_id BIGINT NOT NULL,        -- 0: all walls
  mode TEXT NOT NULL CHECK (mode IN ('hand', 'programme', 'all')), -- 'all': this wall shows what all show
  scene TEXT,                     -- by hand
  text TEXT,                      -- of a message, a title
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  undone_ms BIGINT, undone_by TEXT,
  PRIMARY KEY (event_id, seq));
CREATE INDEX scene_change_by_wall ON scene_change(event_id, wall_id, seq);

-- What the programme shows by itself, where it is not what core/congress/scene/plan.h says: at a phase of the day, in a session, in a stretch of time.
CREATE TABLE scene_rule (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id) ON DELETE CASCADE,
  phase TEXT,
  session_id BIGINT REFERENCES session(id) ON DELETE CASCADE,
  from_ms BIGINT, until_ms BIGINT,
  scene TEXT NOT NULL);
CREATE INDEX scene_rule_by_event ON scene_rule(event_id);

CREATE INDEX event_by_display_code ON event(display_code);
