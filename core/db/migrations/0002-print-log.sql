-- What went onto paper, badge by badge, and who took the badges of a delegation with them.

-- As before, and also for member cards, which belong to no event.
CREATE TABLE print_run_of_anything (
  id BIGINT PRIMARY KEY,
  event_id BIGINT REFERENCES event(id),        -- NULL: member cards
  kind TEXT NOT NULL,             -- of paper, as the layout says: badge, voting_card, coupon, sheet
  layout TEXT NOT NULL,
  host TEXT NOT NULL,             -- what the QR codes of this run point at
  badges BIGINT NOT NULL,
  printer TEXT,                   -- NULL: a file
  facts TEXT,                     -- JSON: what all badges of the run had in common
  printed_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  spoiled_ms BIGINT);             -- it did not come out: its badges count as not printed
INSERT INTO print_run_of_anything(id, event_id, kind, layout, host, badges, printed_ms, actor)
  SELECT id, event_id, 'badge', layout, host, badges, printed_ms, actor FROM print_run;
DROP TABLE print_run;
ALTER TABLE print_run_of_anything RENAME TO print_run;

-- Append-only; stays when the credential goes.
CREATE TABLE printed_badge (
  run_id BIGINT NOT NULL REFERENCES print_run(id),
  credential_id BIGINT NOT NULL,
  issue BIGINT NOT NULL,
  facts TEXT NOT NULL,            -- JSON: what this badge said, so that a change since can be shown
  PRIMARY KEY (run_id, credential_id));
CREATE INDEX printed_badge_by_credential ON printed_badge(credential_id);

-- Badges of a delegation (or member cards of a unit: event_id NULL) given to one person, who signed for them.
CREATE TABLE handover (
  id BIGINT PRIMARY KEY,
  event_id BIGINT REFERENCES event(id),
  unit_id BIGINT REFERENCES unit(id),          -- NULL: of no delegation
  to_name TEXT NOT NULL,
  to_person_id BIGINT REFERENCES person(id),
  made_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  undone_ms BIGINT);
CREATE TABLE handed_badge (
  handover_id BIGINT NOT NULL REFERENCES handover(id),
  credential_id BIGINT NOT NULL,
  PRIMARY KEY (handover_id, credential_id));
CREATE INDEX handed_badge_by_credential ON handed_badge(credential_id);
