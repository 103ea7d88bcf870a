-- What a gate may know: core/congress/roster. Tokens leave the database only to seal records with.

-- roster_base :maybe (event_id i64) -> (roster_seq i64, roster_base i64)
SELECT roster_seq, roster_base FROM event WHERE id = $1

-- Changed since: by hand (import, reissue, undo), and by a scan. Who may not pass any more comes first: a gate takes a list in pieces.
-- roster_entries :each (event_id i64, since i64, gate_id i64, scanned_since i64) -> (token text, token_id text, revoked_ms i64?, status text, category text, named i64, name text?, delegation text?, seat text?, badge_box text?, number text?, area_id i64?, in_gate_id i64?, since_ms i64?, until_ms i64?, given_ms i64?)
SELECT c.token, c.token_id, c.revoked_ms, d.status, k.code, CASE WHEN d.person_id IS NULL THEN 0 ELSE 1 END, p.name, u.name, d.seat, d.badge_box, d.number,
       s.area_id, s.gate_id, s.since_ms, s.until_ms, h.given_ms
FROM delegate d
JOIN category k ON k.id = d.category_id
JOIN credential c ON c.delegate_id = d.id OR (c.event_id IS NULL AND c.person_id = d.person_id)
LEFT JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
LEFT JOIN handout h ON h.delegate_id = d.id AND h.gate_id = $3
WHERE d.id IN (SELECT c1.id FROM delegate c1 WHERE c1.event_id = $1 AND c1.roster_seq >= $2
               UNION SELECT c2.delegate_id FROM scan c2 WHERE c2.event_id = $1 AND c2.roster_seq >= $4)
ORDER BY CASE WHEN c.revoked_ms IS NULL AND d.status IN ('summoned', 'alternate') THEN 1 ELSE 0 END
