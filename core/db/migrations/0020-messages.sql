-- Announcements as rows of their own. They stood as a list in event.announcements, which is moved here when the folder is opened
-- (core/congress/messages/announcements_file.c) and is empty from then on.
CREATE TABLE announcement (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  version BIGINT NOT NULL,        -- grows with every change: a form that was open for long puts nothing back
  text TEXT NOT NULL,             -- a title: JSON, text or language map
  from_ms BIGINT,                 -- NULL: at once
  until_ms BIGINT,                -- NULL: until somebody ends it
  to_wall BIGINT NOT NULL,
  to_phone BIGINT NOT NULL,
  audience TEXT,                  -- which phones: JSON {"categories": […], "delegations": […]}; NULL: every one
  urgent BIGINT NOT NULL,
  file_mark TEXT,                 -- what the event file said of it; NULL: it was written on the console
  made_ms BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  changed_ms BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  ended_ms BIGINT,                -- taken down by hand, or gone from the event file
  ended_by TEXT);
CREATE INDEX announcement_by_event ON announcement(event_id, id);

-- What each of them said from when on; append-only, so that what was shown when can be told.
CREATE TABLE announcement_change (
  id BIGINT PRIMARY KEY,
  announcement_id BIGINT NOT NULL REFERENCES announcement(id),
  event_id BIGINT NOT NULL REFERENCES event(id),
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('made', 'changed', 'ended')),
  text TEXT NOT NULL,
  from_ms BIGINT,
  until_ms BIGINT,
  to_wall BIGINT NOT NULL,
  to_phone BIGINT NOT NULL,
  audience TEXT,
  urgent BIGINT NOT NULL);
CREATE INDEX announcement_change_by_event ON announcement_change(event_id, id);

-- Who is answering a question just now: a name to be shown, and which sign-in it is, since a desk's people may share an account.
ALTER TABLE question ADD COLUMN taken_by TEXT;
ALTER TABLE question ADD COLUMN taken_key TEXT;
ALTER TABLE question ADD COLUMN taken_ms BIGINT;
ALTER TABLE question ADD COLUMN language TEXT; -- in which the asker's page was; ready answers are offered in it
