-- The figures of an event, counted from its record by plain SQL: what doors read (scan), what was taken back (correction), the list (delegate) and the programme. No counter of the
-- program is looked at. For an auditor with a copy of the database (`plenum backup`, or plenum.db of a server that was stopped) and sqlite3 3.37 or newer; docs/operating.md says how.
--
-- Three tables say what is asked; make them before this file is read:
--   CREATE TEMP TABLE asked AS SELECT 'dai-hoi-19' AS event, 1796083500000 AS at_ms, 9e15 AS known_ms;
--     at_ms: as of which moment; known_ms: as known at which moment (what came in later is left out). Milliseconds since 1970, UTC.
--   CREATE TEMP TABLE midnight AS SELECT 1796058000000 AS at_ms UNION SELECT …;
--     the beginning of each local day of the event, and of the day after its last: SQL knows no time zones.
-- Answers: the tables `figure` (kind, code, expected, attended, present), `more` (absent, excused, substitutes, …), `arrival`, `quorum` (one row), `quorum_history` and `quorum_period` (of
-- each session so far), and for looking closer `stay` (who was where, from when to when), `listed` and `assembly`.

-- --- the record -------------------------------------------------------------------------------------------------------------------------------

CREATE TEMP VIEW the_event AS
SELECT e.*, q.at_ms, q.known_ms, (SELECT a.id FROM area a WHERE a.event_id = e.id ORDER BY a.sort_order LIMIT 1) AS hall_id
FROM event e JOIN asked q ON q.event = e.slug;

-- A scan counts when it was known, not taken back by then, and its true time had come. Where its door told something else later than it was answered, the audit has what it said before.
CREATE TEMP TABLE told_later AS SELECT a.subject AS scan_id, a.detail AS outcome FROM audit a JOIN the_event e ON a.at_ms > e.known_ms WHERE a.action = 'checkin.told';
CREATE INDEX temp.told_later_of ON told_later(scan_id);

CREATE TEMP TABLE known_scan AS
SELECT s.id, s.delegate_id, s.gate_id, s.true_ms, s.received_ms, s.group_id, COALESCE((SELECT t.outcome FROM told_later t WHERE t.scan_id = s.scan_id), s.outcome) AS outcome
FROM scan s JOIN the_event e ON e.id = s.event_id
WHERE s.delegate_id IS NOT NULL AND s.received_ms <= e.known_ms AND s.true_ms <= e.at_ms
  AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id AND c.made_ms <= e.known_ms);

CREATE TEMP TABLE reading AS
SELECT s.delegate_id, row_number() OVER (PARTITION BY s.delegate_id ORDER BY s.true_ms, s.received_ms, s.id) AS n,
       s.true_ms, s.gate_id, g.area_id, s.outcome, s.group_id IS NOT NULL AS by_group
FROM known_scan s JOIN gate g ON g.id = s.gate_id WHERE g.area_id IS NOT NULL AND s.outcome IN ('admitted', 'already_in', 'left');
CREATE UNIQUE INDEX temp.reading_order ON reading(delegate_id, n);

-- --- when presence ends by itself ----------------------------------------------------------------------------------------------------------------

-- For each moment at which somebody came in: the end of that local day, and the session of that room that is on then, or comes next on that day.
CREATE TEMP TABLE moment AS
SELECT r.area_id, r.true_ms, r.day_end,
       (SELECT s.id FROM session s WHERE s.area_id = r.area_id AND s.ends_ms > r.true_ms ORDER BY s.starts_ms LIMIT 1) AS session_id
FROM (SELECT DISTINCT area_id, true_ms, (SELECT min(at_ms) FROM midnight m WHERE m.at_ms > true_ms AND m.at_ms > (SELECT min(at_ms) FROM midnight)) AS day_end
      FROM reading WHERE outcome = 'admitted') r;

-- The block: that session and those that are joined to it, each by the carry_over of the one before it, on that day. Without a session: the day.
CREATE TEMP TABLE block AS
SELECT m.area_id, m.true_ms, COALESCE(
  (SELECT max(s.ends_ms) FROM session f JOIN session s ON s.area_id = f.area_id AND s.starts_ms >= f.starts_ms AND s.starts_ms < m.day_end
   WHERE f.id = m.session_id AND f.starts_ms < m.day_end
     AND NOT EXISTS (SELECT 1 FROM session b WHERE b.area_id = f.area_id AND b.starts_ms >= f.starts_ms AND b.starts_ms < s.starts_ms AND b.carry_over = 0)),
  m.day_end) AS ends_ms
FROM moment m;
CREATE UNIQUE INDEX temp.block_of ON block(area_id, true_ms);

-- --- stays --------------------------------------------------------------------------------------------------------------------------------------

-- Each person's readings in the order of true time. `began`: the reading with which the stay that goes on began; 0: they are nowhere.
CREATE TEMP TABLE walk AS
WITH RECURSIVE w(delegate_id, n, true_ms, began, area_id, until_ms) AS (
  SELECT delegate_id, 0, -9e15, 0, 0, -9e15 FROM reading WHERE n = 1
  UNION ALL
  SELECT r.delegate_id, r.n, r.true_ms,
    CASE WHEN r.outcome = 'admitted' THEN CASE WHEN w.began > 0 AND w.until_ms > r.true_ms AND w.area_id = r.area_id THEN w.began ELSE r.n END -- in already: nothing begins
         WHEN w.until_ms <= r.true_ms THEN 0                                                       -- the programme had ended the stay
         WHEN r.outcome = 'left' AND w.area_id = r.area_id THEN 0
         ELSE w.began END,
    CASE WHEN r.outcome = 'admitted' THEN r.area_id ELSE w.area_id END,                             -- entering one room is leaving the other
    CASE WHEN r.outcome = 'admitted' AND NOT (w.began > 0 AND w.until_ms > r.true_ms AND w.area_id = r.area_id)
         THEN (SELECT b.ends_ms FROM block b WHERE b.area_id = r.area_id AND b.true_ms = r.true_ms)
         ELSE w.until_ms END
  FROM w JOIN reading r ON r.delegate_id = w.delegate_id AND r.n = w.n + 1)
SELECT * FROM w WHERE n > 0;
CREATE INDEX temp.walk_began ON walk(delegate_id, began, n);

-- `seen_ms`: from when on somebody was seen by their own badge; a stay that rests on a group check-in alone has none.
CREATE TEMP TABLE stay AS
SELECT r.delegate_id, r.area_id, r.gate_id, r.true_ms AS from_ms,
  min(w.until_ms, COALESCE((SELECT x.true_ms FROM walk x WHERE x.delegate_id = w.delegate_id AND x.n = 1 +
       (SELECT max(y.n) FROM walk y WHERE y.delegate_id = w.delegate_id AND y.began = w.n)), w.until_ms)) AS until_ms,
  CASE WHEN r.by_group = 0 THEN r.true_ms ELSE
    (SELECT min(o.true_ms) FROM walk y JOIN reading o ON o.delegate_id = y.delegate_id AND o.n = y.n
     WHERE y.delegate_id = w.delegate_id AND y.began = w.n AND o.area_id = r.area_id AND o.by_group = 0 AND o.outcome <> 'left') END AS seen_ms
FROM walk w JOIN reading r ON r.delegate_id = w.delegate_id AND r.n = w.n
WHERE w.began = w.n;
CREATE INDEX temp.stay_of ON stay(delegate_id, area_id, from_ms);
CREATE INDEX temp.stay_at ON stay(gate_id);

-- --- the list -----------------------------------------------------------------------------------------------------------------------------------

-- The list at a moment: today's rows, and what the desk changed after it taken back (who came onto the list later, whose name or mandate it was not yet). What a file changed leaves no
-- trace of when: it is taken as always so. An absence is knowledge: it counts from when it was known.
CREATE TEMP TABLE desk_change AS
SELECT a.delegate_id, a.made_ms, a.id, a.kind, a.detail FROM amendment a JOIN the_event e ON e.id = a.event_id WHERE a.kind IN ('walk_in', 'name_blank', 'substitute')
UNION ALL SELECT a.other_id, a.made_ms, a.id, 'replaced', NULL FROM amendment a JOIN the_event e ON e.id = a.event_id WHERE a.kind = 'substitute' AND a.other_id IS NOT NULL;
CREATE INDEX temp.desk_change_of ON desk_change(delegate_id, made_ms, id);

CREATE TEMP VIEW later_absence AS
SELECT a.id, a.delegate_id, a.detail, a.made_ms FROM amendment a JOIN the_event e ON e.id = a.event_id WHERE a.kind = 'absence' AND a.made_ms > e.known_ms;

-- It is looked at as of the moment that is asked for (the earlier of the two), and for the quorum's course also in the beginning and after each of the desk's changes until then, of whom
-- it changed.
CREATE TEMP TABLE list_moment AS
SELECT d.id AS delegate_id, min(e.at_ms, e.known_ms) AS at_ms FROM delegate d JOIN the_event e ON e.id = d.event_id
UNION SELECT delegate_id, -9000000000000000 FROM desk_change
UNION SELECT c.delegate_id, c.made_ms FROM desk_change c JOIN the_event e WHERE c.made_ms <= min(e.at_ms, e.known_ms);

-- Category and delegation as they were, by the first of the changes after it: a substitute among the alternates, or a blank badge.
CREATE TEMP TABLE listing AS
SELECT m.delegate_id, m.at_ms, COALESCE(m.was ->> 'category', k.code) AS category,
  CASE WHEN m.was IS NULL THEN COALESCE(u.code, '') ELSE COALESCE(m.was ->> 'delegation', '') END AS delegation,
  d.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM desk_change c WHERE c.delegate_id = d.id AND c.made_ms > m.at_ms AND c.kind = 'name_blank') AS named,
  CASE (SELECT c.kind FROM desk_change c WHERE c.delegate_id = d.id AND c.made_ms > m.at_ms AND c.kind IN ('substitute', 'replaced') ORDER BY c.made_ms, c.id LIMIT 1)
    WHEN 'replaced' THEN 1 WHEN 'substitute' THEN 0 ELSE d.status = 'summoned' END
    AND NOT EXISTS (SELECT 1 FROM desk_change c WHERE c.delegate_id = d.id AND c.made_ms > m.at_ms
                    AND (c.kind = 'walk_in' OR c.kind = 'substitute' AND NOT COALESCE(c.detail ->> 'alternate', 0))) AS summoned
FROM (SELECT l.*, (SELECT CASE json_type(c.detail, '$.was') WHEN 'object' THEN c.detail -> 'was' END FROM desk_change c
                   WHERE c.delegate_id = l.delegate_id AND c.made_ms > l.at_ms AND c.kind IN ('substitute', 'name_blank') ORDER BY c.made_ms, c.id LIMIT 1) AS was
      FROM list_moment l) m
JOIN delegate d ON d.id = m.delegate_id JOIN category k ON k.id = d.category_id LEFT JOIN unit u ON u.id = d.delegation_id;
CREATE INDEX temp.listing_of ON listing(delegate_id, at_ms);

CREATE TEMP TABLE listed AS
SELECT d.id, l.category, l.delegation, l.named, l.summoned,
  d.replaces IS NOT NULL AND d.status <> 'replaced'
    AND NOT EXISTS (SELECT 1 FROM desk_change c WHERE c.delegate_id = d.id AND c.kind = 'substitute' AND c.made_ms > l.at_ms) AS stands_for_somebody,
  COALESCE(CASE WHEN EXISTS (SELECT 1 FROM later_absence x WHERE x.delegate_id = d.id)
                THEN (SELECT x.detail ->> '$.was.excused' FROM later_absence x WHERE x.delegate_id = d.id ORDER BY x.made_ms, x.id LIMIT 1)
                ELSE d.absence ->> 'excused' END, 0) AS excused
FROM delegate d JOIN the_event e ON e.id = d.event_id JOIN listing l ON l.delegate_id = d.id AND l.at_ms = min(e.at_ms, e.known_ms);

CREATE TEMP TABLE somebody AS
SELECT d.id, d.category, d.delegation, d.summoned AND d.named AS expected, d.excused, d.stands_for_somebody,
  EXISTS (SELECT 1 FROM stay s WHERE s.delegate_id = d.id AND s.area_id = e.hall_id) AS attended,
  EXISTS (SELECT 1 FROM stay s WHERE s.delegate_id = d.id AND s.area_id = e.hall_id AND s.from_ms <= e.at_ms AND e.at_ms < s.until_ms) AS present,
  EXISTS (SELECT 1 FROM stay s WHERE s.delegate_id = d.id AND s.area_id = e.hall_id AND s.from_ms <= e.at_ms AND e.at_ms < s.until_ms
          AND (s.seen_ms IS NULL OR s.seen_ms > e.at_ms)) AS by_group
FROM listed d JOIN the_event e;

-- --- the figures: distinct people, never rows ----------------------------------------------------------------------------------------------------

CREATE TEMP TABLE figure AS
SELECT 'event' AS kind, '' AS code, COALESCE(sum(expected), 0) AS expected, COALESCE(sum(attended), 0) AS attended, COALESCE(sum(present), 0) AS present FROM somebody
UNION ALL
SELECT 'category', category, sum(expected), sum(attended), sum(present) FROM somebody GROUP BY category
UNION ALL
SELECT 'delegation', delegation, sum(expected), sum(attended), sum(present) FROM somebody WHERE delegation <> '' GROUP BY delegation HAVING sum(expected) + sum(attended) > 0
UNION ALL
SELECT 'gate', g.code, NULL, count(DISTINCT s.delegate_id), count(DISTINCT CASE WHEN s.from_ms <= e.at_ms AND e.at_ms < s.until_ms THEN s.delegate_id END)
FROM gate g JOIN the_event e ON e.id = g.event_id LEFT JOIN stay s ON s.gate_id = g.id WHERE g.kind = 'entry' GROUP BY g.id
UNION ALL
SELECT 'gate', g.code, NULL, count(DISTINCT s.delegate_id), 0
FROM gate g JOIN the_event e ON e.id = g.event_id
  LEFT JOIN known_scan s ON s.gate_id = g.id AND s.outcome = 'handed_out'
WHERE g.kind = 'handout' GROUP BY g.id
UNION ALL
SELECT 'session', x.code, NULL, count(DISTINCT s.delegate_id),
  count(DISTINCT CASE WHEN s.from_ms <= e.at_ms AND e.at_ms < s.until_ms AND x.starts_ms <= e.at_ms AND e.at_ms < x.ends_ms THEN s.delegate_id END)
FROM session x JOIN the_event e ON e.id = x.event_id
  LEFT JOIN stay t ON t.area_id = x.area_id
  LEFT JOIN stay s ON s.rowid = t.rowid AND s.from_ms < x.ends_ms AND s.until_ms > x.starts_ms
GROUP BY x.id;

-- Who has not come, who stands for somebody, who is said to be here by a group alone; scans of today that were told late.
CREATE TEMP TABLE more AS
SELECT count(CASE WHEN expected AND NOT attended THEN 1 END) AS absent, count(CASE WHEN expected AND NOT attended AND excused THEN 1 END) AS excused,
  count(CASE WHEN expected AND attended AND stands_for_somebody THEN 1 END) AS substitutes, count(CASE WHEN by_group THEN 1 END) AS by_group,
  count(CASE WHEN present AND NOT expected THEN 1 END) AS unsummoned,
  (SELECT count(*) FROM known_scan s JOIN the_event e
   WHERE s.outcome IN ('admitted', 'left', 'handed_out') AND s.received_ms - s.true_ms > 60000
     AND s.received_ms >= COALESCE((SELECT max(at_ms) FROM midnight WHERE at_ms <= e.at_ms), (SELECT min(at_ms) FROM midnight))) AS corrected
FROM somebody;

-- Arrivals of the day of the moment: each person's first stay that began on it. Who was in over midnight did not arrive.
CREATE TEMP TABLE arrival AS
SELECT first_ms, first_ms / 60000 AS minute
FROM (SELECT min(s.from_ms) AS first_ms FROM stay s JOIN the_event e ON s.area_id = e.hall_id
      WHERE s.from_ms >= COALESCE((SELECT max(at_ms) FROM midnight WHERE at_ms <= e.at_ms), (SELECT min(at_ms) FROM midnight)) GROUP BY s.delegate_id);

-- --- the quorum ---------------------------------------------------------------------------------------------------------------------------------

CREATE TEMP VIEW quorum_rule AS
SELECT e.id AS event_id, e.at_ms, e.known_ms, e.hall_id, e.group_quorum, e.quorum ->> 'category' AS category, e.quorum ->> 'rule' AS rule,
  CAST(substr(e.quorum ->> 'fraction', 1, instr(e.quorum ->> 'fraction', '/') - 1) AS INTEGER) AS over_,
  CAST(substr(e.quorum ->> 'fraction', instr(e.quorum ->> 'fraction', '/') + 1) AS INTEGER) AS under_
FROM the_event e WHERE e.quorum IS NOT NULL;

-- The time of a session: from the end of the session before it in that room on the day on which it begins, else from midnight, until its end or the moment. Of every session of the
-- first room that has begun; `is_now`: the one that is on, or comes next on that day, or where there is none the day itself (session NULL).
CREATE TEMP TABLE quorum_time AS
SELECT q.*, max(COALESCE((SELECT max(at_ms) FROM midnight WHERE at_ms <= COALESCE(q.starts_ms, q.at_ms)), (SELECT min(at_ms) FROM midnight)),
                COALESCE((SELECT max(b.ends_ms) FROM session b WHERE b.area_id = q.hall_id AND b.ends_ms <= q.starts_ms), 0)) AS begin_ms,
  CASE WHEN q.ends_ms <= q.at_ms THEN q.ends_ms - 1 ELSE q.at_ms END AS last_ms
FROM (SELECT r.at_ms, r.hall_id, s.id AS session_id, s.code AS session, s.starts_ms, s.ends_ms, COALESCE(s.id = n.id, n.id IS NULL AND s.id IS NULL) AS is_now
      FROM quorum_rule r
      LEFT JOIN session n ON n.id = (SELECT x.id FROM session x WHERE x.area_id = r.hall_id AND x.ends_ms > r.at_ms
        AND x.starts_ms < (SELECT min(at_ms) FROM midnight WHERE at_ms > r.at_ms AND at_ms > (SELECT min(at_ms) FROM midnight)) ORDER BY x.starts_ms LIMIT 1)
      JOIN (SELECT id, code, starts_ms, ends_ms, area_id FROM session UNION ALL SELECT NULL, NULL, NULL, NULL, NULL) s
        ON s.area_id = r.hall_id AND (s.starts_ms <= r.at_ms OR s.id = n.id) OR s.id IS NULL AND n.id IS NULL) q;

-- Who was eligible from when to when: whom the list of that time expects, in the quorum's category.
CREATE TEMP TABLE voter AS
SELECT l.delegate_id, l.from_ms, l.until_ms
FROM (SELECT x.*, CASE row_number() OVER w WHEN 1 THEN -9000000000000000 ELSE x.at_ms END AS from_ms, COALESCE(lead(x.at_ms) OVER w, 9000000000000000) AS until_ms
      FROM listing x WINDOW w AS (PARTITION BY x.delegate_id ORDER BY x.at_ms)) l
JOIN quorum_rule r ON l.category = r.category WHERE l.named AND l.summoned;
CREATE INDEX temp.voter_of ON voter(delegate_id);

-- Who counts, from when to when: while they were eligible, by their own badge, or from the beginning where the organiser decided that groups count.
CREATE TEMP TABLE voter_stay AS
SELECT max(v.from_ms, CASE WHEN r.group_quorum THEN s.from_ms ELSE s.seen_ms END) AS from_ms, min(s.until_ms, v.until_ms) AS until_ms
FROM quorum_rule r JOIN stay s ON s.area_id = r.hall_id JOIN voter v ON v.delegate_id = s.delegate_id;

-- How many are eligible and how many of them are in, from each moment on at which one of the two changes.
CREATE TEMP TABLE course AS
WITH change AS (SELECT from_ms AS at_ms, 1 AS people, 0 AS eligible FROM voter_stay WHERE from_ms < until_ms
                UNION ALL SELECT until_ms, -1, 0 FROM voter_stay WHERE from_ms < until_ms
                UNION ALL SELECT from_ms, 0, 1 FROM voter
                UNION ALL SELECT until_ms, 0, -1 FROM voter
                UNION ALL SELECT -9000000000000000, 0, 0),
     step AS (SELECT at_ms, sum(people) AS people, sum(eligible) AS eligible FROM change GROUP BY at_ms)
SELECT at_ms, sum(people) OVER (ORDER BY at_ms) AS people, sum(eligible) OVER (ORDER BY at_ms) AS eligible FROM step;
CREATE UNIQUE INDEX temp.course_at ON course(at_ms);

-- The same for each session: at the beginning of its time, whenever it changed, and at the end.
CREATE TEMP TABLE assembly AS
WITH instant AS (SELECT session, is_now, begin_ms, last_ms, min(begin_ms, last_ms) AS at_ms FROM quorum_time
                 UNION SELECT session, is_now, begin_ms, last_ms, last_ms FROM quorum_time
                 UNION SELECT q.session, q.is_now, q.begin_ms, q.last_ms, c.at_ms FROM quorum_time q JOIN course c ON c.at_ms > q.begin_ms AND c.at_ms <= q.last_ms),
     counted AS (SELECT i.*, c.eligible, c.people FROM instant i JOIN course c ON c.at_ms = (SELECT max(x.at_ms) FROM course x WHERE x.at_ms <= i.at_ms)),
     asked_for AS (SELECT c.*, CASE r.rule WHEN 'at_least' THEN (c.eligible * r.over_ + r.under_ - 1) / r.under_ ELSE c.eligible * r.over_ / r.under_ + 1 END AS required
                   FROM counted c JOIN quorum_rule r)
SELECT session, is_now, last_ms, at_ms, eligible, people, required, eligible > 0 AND people >= required AS met,
  row_number() OVER (PARTITION BY session ORDER BY at_ms) AS n FROM asked_for;

CREATE INDEX temp.assembly_of ON assembly(session, n);

-- From when to when it was met; until_ms NULL: it holds. What ends with the session was not lost in it.
CREATE TEMP TABLE quorum_period AS
SELECT a.session, a.at_ms AS from_ms, COALESCE((SELECT b.at_ms FROM assembly b WHERE b.session IS a.session AND b.n > a.n AND NOT b.met ORDER BY b.n LIMIT 1),
  (SELECT q.ends_ms FROM quorum_time q WHERE q.session IS a.session AND q.ends_ms <= q.at_ms)) AS until_ms
FROM assembly a LEFT JOIN assembly p ON p.session IS a.session AND p.n = a.n - 1
WHERE a.met AND NOT COALESCE(p.met, 0);

CREATE TEMP TABLE quorum_history AS
SELECT a.session, a.is_now, a.required, a.eligible, a.people AS present, (SELECT max(b.people) FROM assembly b WHERE b.session IS a.session) AS most,
  (SELECT min(p.from_ms) FROM quorum_period p WHERE p.session IS a.session) AS since_ms,
  CASE WHEN NOT a.met THEN (SELECT max(p.until_ms) FROM quorum_period p WHERE p.session IS a.session) END AS lost_ms
FROM assembly a WHERE a.at_ms = a.last_ms;

CREATE TEMP TABLE quorum AS
SELECT h.session, r.category, h.eligible, h.required, h.present,
  (SELECT count(*) FROM stay s JOIN somebody p ON p.id = s.delegate_id AND p.expected AND p.category = r.category
   WHERE s.area_id = r.hall_id AND s.from_ms <= r.at_ms AND r.at_ms < s.until_ms AND (s.seen_ms IS NULL OR s.seen_ms > r.at_ms)) AS by_group,
  r.group_quorum AS group_counts, h.since_ms
FROM quorum_rule r JOIN quorum_history h ON h.is_now;
