-- What desk and console ask of badges: core/congress/badges/badge_desk.

-- badge_desk_units :many (event_id i64) -> (code text, name text, badges i64, handed i64)
SELECT u.code, u.name, COUNT(*),
  COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM handed_badge b JOIN handover h ON h.id = b.handover_id WHERE h.undone_ms IS NULL AND b.credential_id =
    (SELECT c.id FROM credential c WHERE c.delegate_id = d.id AND c.revoked_ms IS NULL ORDER BY c.issue DESC, c.id DESC LIMIT 1)) THEN 1 ELSE 0 END), 0)
FROM delegate d JOIN unit u ON u.id = d.delegation_id
WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate')
GROUP BY u.id, u.code, u.name, u.sort_order ORDER BY u.sort_order NULLS LAST, u.code

-- badge_desk_place :maybe (delegate_id i64) -> (unit_code text?, unit text?, to_name text?, handed_ms i64?)
SELECT u.code, u.name, h.to_name, h.made_ms
FROM delegate d
LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN handover h ON h.id = (SELECT x.id FROM handed_badge b JOIN handover x ON x.id = b.handover_id WHERE x.undone_ms IS NULL AND b.credential_id =
  (SELECT c.id FROM credential c WHERE c.delegate_id = d.id AND c.revoked_ms IS NULL ORDER BY c.issue DESC, c.id DESC LIMIT 1) ORDER BY x.made_ms DESC, x.id DESC LIMIT 1)
WHERE d.id = $1
