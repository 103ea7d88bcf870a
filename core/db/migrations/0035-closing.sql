-- Events and gates that the organiser closed (docs/decisions/0056-events.md). closed_ms NULL: it is not closed.
ALTER TABLE event ADD COLUMN closed_ms BIGINT;
ALTER TABLE gate ADD COLUMN closed_ms BIGINT;

-- Each time an event was closed, and opened again: never changed but for the reopening.
CREATE TABLE event_closing (
  id          BIGINT NOT NULL PRIMARY KEY,
  event_id    BIGINT NOT NULL REFERENCES event(id),
  closed_ms   BIGINT NOT NULL,
  closed_by   TEXT NOT NULL,
  note        TEXT,
  reopened_ms BIGINT,
  reopened_by TEXT,
  reason      TEXT
);
CREATE INDEX event_closing_event ON event_closing(event_id);
