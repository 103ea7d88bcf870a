-- A rehearsal's scratch copy: core/congress/store/practice.c. Nothing here ever runs on a record: the copy is marked before.

-- What belongs to the running installation: its scanners, sessions and codes are of no use with the copy, and a real scanner that strays to it is refused.
-- practice_devices :exec (now_ms i64)
UPDATE device SET revoked_ms = COALESCE(revoked_ms, $1);

-- practice_pairings :exec ()
DELETE FROM pairing;

-- practice_web_sessions :exec ()
DELETE FROM web_session;

-- practice_urls :exec ()
UPDATE event SET public_url = NULL;

-- The doors of the event are as on the morning: nobody was there yet.
-- practice_conflicts :exec (event_id i64)
DELETE FROM conflict WHERE event_id = $1;

-- practice_settled :exec (event_id i64)
DELETE FROM conflict_settled WHERE scan IN (SELECT id FROM scan WHERE event_id = $1);

-- practice_corrections :exec (event_id i64)
DELETE FROM correction WHERE event_id = $1;

-- practice_scans :exec (event_id i64)
DELETE FROM scan WHERE event_id = $1;

-- practice_presence :exec (event_id i64)
DELETE FROM presence WHERE event_id = $1;

-- practice_states :exec (event_id i64)
DELETE FROM delegate_state WHERE event_id = $1;

-- practice_handouts :exec (event_id i64)
DELETE FROM handout WHERE gate_id IN (SELECT id FROM gate WHERE event_id = $1);

-- practice_groups :exec (event_id i64)
DELETE FROM group_checkin WHERE event_id = $1;

-- practice_reports :exec (event_id i64)
DELETE FROM delegation_report WHERE event_id = $1;

-- practice_scenes :exec (event_id i64)
DELETE FROM scene_change WHERE event_id = $1;

-- practice_walls :exec (event_id i64)
DELETE FROM wall WHERE event_id = $1;

-- practice_tallies :exec (event_id i64)
DELETE FROM tally WHERE event_id = $1;

-- practice_event :exec (event_id i64, title text, timezone text, by_ms i64, opens_ms i64)
UPDATE event SET title = $2, timezone = $3, starts_ms = starts_ms + $4, ends_ms = ends_ms + $4, opens_ms = $5, config_seq = config_seq + 1,
  roster_seq = roster_seq + 1, roster_base = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1;

-- practice_sessions :exec (event_id i64, by_ms i64)
UPDATE session SET starts_ms = starts_ms + $2, ends_ms = ends_ms + $2 WHERE event_id = $1;

-- practice_scene_rules :exec (event_id i64, by_ms i64)
UPDATE scene_rule SET from_ms = from_ms + $2, until_ms = until_ms + $2 WHERE event_id = $1 AND from_ms IS NOT NULL;

-- practice_papers :exec (event_id i64, by_ms i64)
UPDATE document SET publish_ms = publish_ms + $2 WHERE event_id = $1 AND publish_ms IS NOT NULL;

-- Who may come: the newest badge that is good, of those who still have their mandate.
-- practice_badges :many (event_id i64) -> (delegate_id i64, code text?, category_id i64, delegation_id i64?, status text, token text?)
SELECT d.id, p.code, d.category_id, d.delegation_id, d.status,
  (SELECT c.token FROM credential c WHERE c.delegate_id = d.id AND c.revoked_ms IS NULL ORDER BY c.issue DESC LIMIT 1)
FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate') ORDER BY d.id;

-- practice_recorded :maybe (event_id i64) -> (scans i64, people i64, bad i64)
SELECT COUNT(*), COUNT(DISTINCT CASE WHEN outcome = 'admitted' THEN delegate_id END), CAST(COALESCE(SUM(CASE WHEN outcome = 'invalid' THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM scan WHERE event_id = $1;
