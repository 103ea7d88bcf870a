-- Conflicts between doors. Which scans are one is worked out, never stored: what arrives later may change it, and both orders of arrival must end alike. Presence is made from
-- scans in the order of their true time (core/congress/checkin/presence.c), so an admission that began no stay is one that met an earlier entry.

CREATE VIEW conflict AS
SELECT s.id AS scan, s.event_id AS event_id, s.received_ms AS received_ms,
  CASE WHEN s.outcome = 'handed_out' THEN
    (SELECT f.id FROM scan f WHERE f.delegate_id = s.delegate_id AND f.gate_id = s.gate_id AND f.outcome = 'handed_out'
       AND (f.true_ms < s.true_ms OR (f.true_ms = s.true_ms AND f.id < s.id)) AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = f.id)
     ORDER BY f.true_ms, f.id LIMIT 1)
  WHEN s.outcome = 'admitted' THEN
    (SELECT f.id FROM presence p JOIN scan f ON f.delegate_id = p.delegate_id AND f.true_ms = p.from_ms AND f.gate_id = p.gate_id AND f.outcome = 'admitted'
     WHERE p.delegate_id = s.delegate_id AND p.area_id = g.area_id AND p.from_ms <= s.true_ms AND f.id <> s.id
       AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = f.id)
     ORDER BY p.from_ms DESC, f.id LIMIT 1)
  ELSE NULL END AS entry
FROM scan s JOIN gate g ON g.id = s.gate_id
WHERE NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id)
  AND ((s.outcome = 'admitted' AND s.delegate_id IS NOT NULL AND g.kind = 'entry' AND g.area_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM presence p WHERE p.delegate_id = s.delegate_id AND p.from_ms = s.true_ms AND p.gate_id = s.gate_id))
    OR (s.outcome = 'handed_out' AND s.delegate_id IS NOT NULL
        AND EXISTS (SELECT 1 FROM scan f WHERE f.delegate_id = s.delegate_id AND f.gate_id = s.gate_id AND f.outcome = 'handed_out'
                    AND (f.true_ms < s.true_ms OR (f.true_ms = s.true_ms AND f.id < s.id)) AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = f.id)))
    OR (s.conflict = 1 AND NOT (s.outcome = 'admitted' AND s.reason IS NULL) AND NOT (s.outcome = 'handed_out' AND COALESCE(s.reason, '') = 'already_handed_out')));

-- Append-only: those that somebody has looked at.
CREATE TABLE conflict_settled (
  scan BIGINT NOT NULL PRIMARY KEY REFERENCES scan(id),
  made_ms BIGINT NOT NULL,
  actor TEXT NOT NULL);
