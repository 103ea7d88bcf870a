-- The room of a delegation: a bus that is checked in together, who counts for the quorum then, and the number that its head reports.

ALTER TABLE event ADD COLUMN group_quorum BIGINT NOT NULL DEFAULT 0; -- 1: who was checked in with a group counts for the quorum, without a reading of their own badge
ALTER TABLE event ADD COLUMN head_pin BIGINT NOT NULL DEFAULT 0;     -- 1: heads of delegations come into their page with badge and PIN

-- People of one delegation who were checked in at once, by somebody and not by their badges. `request` is made with the page, so that a form sent twice is one group.
CREATE TABLE group_checkin (
  id BIGINT PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,
  event_id BIGINT NOT NULL REFERENCES event(id),
  unit_id BIGINT NOT NULL REFERENCES unit(id),
  gate_id BIGINT NOT NULL,
  made_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  undone_ms BIGINT,
  undone_by TEXT);
CREATE INDEX group_checkin_by_unit ON group_checkin(event_id, unit_id, made_ms);

ALTER TABLE scan ADD COLUMN group_id BIGINT;                         -- of a group; NULL: a badge was read, or somebody was looked up at the desk
CREATE INDEX scan_by_group ON scan(group_id) WHERE group_id IS NOT NULL;
ALTER TABLE presence ADD COLUMN personal_ms BIGINT DEFAULT 0;        -- from when on they were seen themselves: 0 from the beginning; NULL not yet
ALTER TABLE delegate_state ADD COLUMN by_group BIGINT NOT NULL DEFAULT 0; -- 0: never; 1: the last stay rests on a group alone; 2: some stay does or did

-- Append-only: what a head told the desk, and what was counted at that moment.
CREATE TABLE delegation_report (
  id BIGINT PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,
  event_id BIGINT NOT NULL REFERENCES event(id),
  unit_id BIGINT NOT NULL REFERENCES unit(id),
  made_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,
  said BIGINT NOT NULL,           -- how many are here, as the head counts
  expected BIGINT NOT NULL, here BIGINT NOT NULL, elsewhere BIGINT NOT NULL, absent BIGINT NOT NULL);
CREATE INDEX delegation_report_by_unit ON delegation_report(event_id, unit_id, made_ms);

CREATE INDEX delegate_by_delegation ON delegate(event_id, delegation_id);
