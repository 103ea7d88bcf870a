-- The upload that brought a slide, so that none counts twice, and its sender hears that it is done.
CREATE TABLE work_upload (
  id TEXT NOT NULL PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  done_ms BIGINT NOT NULL);
