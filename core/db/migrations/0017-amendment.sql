-- What the desk changes of the list on the day: who came in addition, who got a blank badge, who stands for whom, who is absent and why, whose name was
-- wrong. Append-only. `request` is made by who asks, so that a lost answer never makes two people of one.
CREATE TABLE amendment (
  id BIGINT PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,
  event_id BIGINT NOT NULL REFERENCES event(id),
  delegate_id BIGINT NOT NULL REFERENCES delegate(id) ON DELETE CASCADE,
  other_id BIGINT REFERENCES delegate(id) ON DELETE CASCADE, -- of a substitution: for whom
  kind TEXT NOT NULL CHECK (kind IN ('walk_in', 'name_blank', 'substitute', 'absence', 'correct', 'note')),
  detail TEXT NOT NULL,           -- JSON: what was said, or {"field": [old, new]}
  made_ms BIGINT NOT NULL,
  actor TEXT NOT NULL);
CREATE INDEX amendment_by_delegate ON amendment(delegate_id, made_ms);
CREATE INDEX amendment_by_other ON amendment(other_id);

-- A word for whoever greets this delegate ("call the host"); the newest counts.
ALTER TABLE delegate ADD COLUMN note TEXT;
