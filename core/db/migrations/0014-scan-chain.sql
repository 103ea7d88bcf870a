-- A door must be as quick after a million scans as on the first morning. An index of scans or stays by person puts each new one on another page, and the more there are the more
-- pages a commit writes; so one person's are a chain instead: each names the one before it, and the person's row of state names the last (docs/decisions/0032-million.md).

ALTER TABLE scan ADD COLUMN previous BIGINT;                 -- this person's scan that arrived before
ALTER TABLE delegate_state ADD COLUMN last_scan BIGINT;      -- the end of each chain
ALTER TABLE delegate_state ADD COLUMN last_presence BIGINT;
ALTER TABLE delegate_state ADD COLUMN effective_ms BIGINT;   -- the newest true time of a scan that counts for presence

INSERT INTO delegate_state(delegate_id, event_id)
SELECT d.id, d.event_id FROM delegate d WHERE EXISTS (SELECT 1 FROM scan s WHERE s.delegate_id = d.id) ON CONFLICT (delegate_id) DO NOTHING;

UPDATE scan SET previous = w.earlier
FROM (SELECT id, LAG(id) OVER (PARTITION BY delegate_id ORDER BY id) AS earlier FROM scan WHERE delegate_id IS NOT NULL) w
WHERE w.id = scan.id AND w.earlier IS NOT NULL;

UPDATE delegate_state SET last_scan = (SELECT MAX(s.id) FROM scan s WHERE s.delegate_id = delegate_state.delegate_id),
  effective_ms = (SELECT MAX(s.true_ms) FROM scan s WHERE s.delegate_id = delegate_state.delegate_id AND s.outcome IN ('admitted', 'left')
                  AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id));

-- What was worked out at each look into the console is kept now, with presence, from which it follows. A recount compares it.
CREATE TABLE conflict_kept (
  scan BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL,
  delegate_id BIGINT,             -- NULL: nobody of this event
  entry BIGINT,                   -- the scan that counts, where another one does
  received_ms BIGINT NOT NULL);
INSERT INTO conflict_kept(scan, event_id, delegate_id, entry, received_ms)
SELECT x.scan, x.event_id, s.delegate_id, x.entry, x.received_ms FROM conflict x JOIN scan s ON s.id = x.scan;
DROP VIEW conflict;
ALTER TABLE conflict_kept RENAME TO conflict;
CREATE INDEX conflict_by_event ON conflict(event_id, received_ms);
CREATE INDEX conflict_by_delegate ON conflict(delegate_id);

-- Without the reference to delegate: nobody who was scanned is removed, and the engine would search all stays for each who was not.
CREATE TABLE presence_chained (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL,
  delegate_id BIGINT NOT NULL,
  area_id BIGINT NOT NULL,
  gate_id BIGINT NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,       -- when it ended, or will end by itself
  closed BIGINT NOT NULL,         -- 1: somebody or something ended it; 0: the programme will
  scan BIGINT,                    -- that began it
  previous BIGINT);               -- this person's stay before
INSERT INTO presence_chained(id, event_id, delegate_id, area_id, gate_id, from_ms, until_ms, closed, scan, previous)
SELECT p.id, p.event_id, p.delegate_id, p.area_id, p.gate_id, p.from_ms, p.until_ms, p.closed,
  (SELECT s.id FROM scan s WHERE s.delegate_id = p.delegate_id AND s.true_ms = p.from_ms AND s.gate_id = p.gate_id AND s.outcome = 'admitted'
   AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id) ORDER BY s.received_ms, s.id LIMIT 1),
  LAG(p.id) OVER (PARTITION BY p.delegate_id ORDER BY p.from_ms, p.id)
FROM presence p;
UPDATE delegate_state SET last_presence = (SELECT p.id FROM presence p WHERE p.delegate_id = delegate_state.delegate_id ORDER BY p.from_ms DESC, p.id DESC LIMIT 1);
DROP TABLE presence;
ALTER TABLE presence_chained RENAME TO presence;

-- Grows at its end only: the quorum looks at the stays of one day.
CREATE INDEX presence_by_area ON presence(area_id, from_ms);
DROP INDEX scan_by_delegate;

-- Who moved since a gate's roster is told by the scans themselves, in the order in which they came; delegate.roster_seq is for all other changes.
ALTER TABLE scan ADD COLUMN roster_seq BIGINT;               -- event.roster_seq that it made; NULL: it changed nothing at the doors
CREATE INDEX scan_by_roster ON scan(event_id, roster_seq) WHERE roster_seq IS NOT NULL;
