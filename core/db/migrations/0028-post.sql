-- News and results that the organiser publishes on an event's public page (core/congress/posts). A post's own row is what is being written; what everybody may
-- read are its editions, which nothing changes but that one may be taken back before its hour.
CREATE TABLE post (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  version BIGINT NOT NULL,        -- grows with every change: a form that was open for long puts nothing back
  kind TEXT NOT NULL CHECK (kind IN ('news', 'results')),
  session TEXT,                   -- code; NULL: of the whole event
  title TEXT NOT NULL,            -- JSON: a map from language to text
  body TEXT NOT NULL,             -- the same, Markdown
  figure_id BIGINT,               -- a fixed figure that stands in the ready text
  made_ms BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  changed_ms BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  withdrawn_ms BIGINT,
  withdrawn_by TEXT);
CREATE INDEX post_by_event ON post(event_id, id);

CREATE TABLE post_edition (
  id BIGINT PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES post(id),
  event_id BIGINT NOT NULL REFERENCES event(id),
  number BIGINT NOT NULL,         -- from 1
  of_version BIGINT NOT NULL,     -- the post's version that it was made of
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  from_ms BIGINT NOT NULL,        -- everybody may read it from then on
  recalled_ms BIGINT,             -- taken back before that
  recalled_by TEXT,
  kind TEXT NOT NULL,
  session TEXT,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  figure_id BIGINT,
  pictures TEXT NOT NULL);        -- JSON: [{"id": "…", "caption": title, "alt": title}], in their order
CREATE UNIQUE INDEX post_edition_number ON post_edition(post_id, number);
CREATE INDEX post_edition_by_event ON post_edition(event_id, post_id, number);

-- Pictures of a post. One is shown to everybody when it is approved here and stands in the edition that is shown.
CREATE TABLE post_picture (
  id BIGINT PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES post(id),
  place BIGINT NOT NULL,
  large TEXT NOT NULL,            -- blobs, made anew by us from what was sent
  small TEXT NOT NULL,
  width BIGINT NOT NULL,          -- of the large one
  height BIGINT NOT NULL,
  caption TEXT NOT NULL,          -- JSON: a map from language to text
  alt TEXT NOT NULL,
  made_ms BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  approved_ms BIGINT,
  approved_by TEXT);
CREATE INDEX post_picture_by_post ON post_picture(post_id, place);
