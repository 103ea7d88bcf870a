-- Our work: the playlist itself is event.slides (core/congress/our_work); here is what screens get of the files that it names.

-- The scene that welcomes the hall: JSON {"text": title, "picture": path, "blob": sha256}.
ALTER TABLE event ADD COLUMN wall_welcome TEXT;

-- A file that was looked into. `reason` and `detail` say why it cannot be shown, `problem` says it in English; NULL: it can.
CREATE TABLE work_file (
  sha256 TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('picture', 'text')),
  pages BIGINT NOT NULL,          -- of the PDF; 1 of others
  reason TEXT, detail TEXT, problem TEXT,
  made_ms BIGINT NOT NULL);

-- What was made of a file, or of a page of it: a JPEG, or a fragment of HTML (then width and height are 0). `large`: the same for screens above Full HD.
CREATE TABLE work_page (
  source TEXT NOT NULL REFERENCES work_file(sha256),
  page BIGINT NOT NULL,
  sha256 TEXT NOT NULL, size BIGINT NOT NULL, media_type TEXT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL,
  large TEXT, large_size BIGINT, large_width BIGINT, large_height BIGINT,
  PRIMARY KEY (source, page));
CREATE INDEX work_page_by_sha256 ON work_page(sha256);
CREATE INDEX work_page_by_large ON work_page(large) WHERE large IS NOT NULL;

-- What was taken out of a playlist and may be put back.
CREATE TABLE work_removed (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  place BIGINT NOT NULL,          -- where it stood
  slide TEXT NOT NULL,            -- as in event.slides
  removed_ms BIGINT NOT NULL,
  removed_by TEXT NOT NULL);
CREATE INDEX work_removed_by_event ON work_removed(event_id, id);
