"""The figures of an event counted anew from its scans and corrections by plain SQL, beside the server. It holds for events without sessions, inside one
day; the rules of blocks and days are under test elsewhere (tests/unit)."""
import os
import sqlite3
import urllib.parse

RECOUNT = """
WITH good AS (SELECT s.id, s.delegate_id, s.outcome, g.area_id, row_number() OVER (ORDER BY s.true_ms, s.received_ms, s.id) AS place
              FROM scan s JOIN gate g ON g.id = s.gate_id JOIN event e ON e.id = s.event_id
              WHERE e.slug = :event AND s.outcome IN ('admitted', 'left') AND g.area_id IS NOT NULL AND s.delegate_id IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id)),
     first AS (SELECT a.id FROM area a JOIN event e ON e.id = a.event_id WHERE e.slug = :event ORDER BY a.sort_order LIMIT 1),
     came AS (SELECT delegate_id, max(place) AS place FROM good WHERE outcome = 'admitted' GROUP BY delegate_id),
     went AS (SELECT delegate_id, area_id, max(place) AS place FROM good WHERE outcome = 'left' GROUP BY delegate_id, area_id),
     inside AS (SELECT c.delegate_id FROM came c JOIN good g ON g.place = c.place LEFT JOIN went w ON w.delegate_id = c.delegate_id AND w.area_id = g.area_id
                WHERE g.area_id = (SELECT id FROM first) AND COALESCE(w.place, 0) < c.place),
     was AS (SELECT DISTINCT delegate_id FROM good WHERE outcome = 'admitted' AND area_id = (SELECT id FROM first))
SELECT {group}, sum(d.status = 'summoned' AND d.person_id IS NOT NULL), sum(d.id IN (SELECT delegate_id FROM was)), sum(d.id IN (SELECT delegate_id FROM inside))
FROM delegate d JOIN event e ON e.id = d.event_id JOIN category k ON k.id = d.category_id LEFT JOIN unit u ON u.id = d.delegation_id
WHERE e.slug = :event GROUP BY 1
"""


def recount(data, event):
    """{"expected", "attended", "present", "by_category", "by_delegation"} as the stats door says them."""
    db = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(os.path.join(data, "plenum.db")), uri=True, timeout=20)

    def by(group):
        rows = db.execute(RECOUNT.format(group=group), {"event": event}).fetchall()
        return {r[0]: {"expected": r[1], "attended": r[2], "present": r[3]} for r in rows if r[0] is not None}
    try:
        value = dict(by("1")[1])
        value["by_category"] = by("k.code")
        value["by_delegation"] = {code: c for code, c in by("u.code").items() if any(c.values())}
        return value
    finally:
        db.close()
