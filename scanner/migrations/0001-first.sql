-- The spool of one scanner: what was read at the door, and what the gate knows.

CREATE TABLE scan (
  seq BIGINT PRIMARY KEY,         -- the order of reading
  scan_id TEXT NOT NULL UNIQUE,
  token TEXT,                     -- NULL as soon as the server has acknowledged the scan
  badge_id TEXT NOT NULL,         -- what the roster knows the badge by
  gate TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  scanned_ms BIGINT NOT NULL,     -- by the wall clock
  boot_id TEXT NOT NULL,          -- the steady clock counts from this start of the machine
  steady_ms BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asking', 'waiting', 'sent', 'set_aside')),
  told TEXT NOT NULL DEFAULT 'ask', -- what the person was told; ask: nothing yet
  reason TEXT,
  roster BIGINT,                  -- version that the decision used
  outcome TEXT,                   -- the server's answer
  outcome_reason TEXT,
  conflict BIGINT NOT NULL DEFAULT 0,
  settled_generation BIGINT);     -- roster_head.generation when it was acknowledged
CREATE INDEX scan_by_state ON scan(state, seq);
CREATE INDEX scan_by_badge ON scan(badge_id, seq);

CREATE TABLE roster_head (
  id BIGINT PRIMARY KEY,          -- one row, 1
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,     -- grows with every answer about the roster, also "unchanged"
  etag TEXT,
  offset_ms BIGINT NOT NULL,      -- server's clock minus ours
  fetched_ms BIGINT NOT NULL,     -- our wall clock
  head TEXT NOT NULL);            -- JSON: event, gate, categories, sessions

CREATE TABLE roster_entry (
  badge_id TEXT NOT NULL PRIMARY KEY,
  category TEXT NOT NULL,
  status TEXT NOT NULL,
  revoked BIGINT NOT NULL,
  named BIGINT NOT NULL,
  in_since_ms BIGINT, in_until_ms BIGINT,
  in_gate TEXT,
  handed_out BIGINT NOT NULL,
  record TEXT,                    -- sealed with a key made from the token
  stamp BIGINT NOT NULL);         -- the fetch that brought it
