-- Scenes and walls: core/congress/scene.

-- The newest for all walls (wall_id 0) and for each wall.
-- scene_newest :many (event_id i64) -> (seq i64, wall_id i64, mode text, scene text?, text text?, at_ms i64, actor text)
SELECT seq, wall_id, mode, scene, text, at_ms, actor FROM scene_change
WHERE event_id = $1 AND seq IN (SELECT MAX(seq) FROM scene_change WHERE event_id = $1 AND undone_ms IS NULL GROUP BY wall_id)
ORDER BY wall_id

-- scene_request :maybe (request text) -> (event_id i64, seq i64, wall_id i64, undone_ms i64?)
SELECT event_id, seq, wall_id, undone_ms FROM scene_change WHERE request = $1

-- scene_next_seq :maybe (event_id i64) -> (seq i64)
SELECT COALESCE(MAX(seq), 0) + 1 FROM scene_change WHERE event_id = $1

-- scene_insert :exec (event_id i64, seq i64, request text, wall_id i64, mode text, scene text?, text text?, at_ms i64, actor text)
INSERT INTO scene_change(event_id, seq, request, wall_id, mode, scene, text, at_ms, actor) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- scene_one :maybe (event_id i64, seq i64) -> (wall_id i64, mode text, scene text?, undone_ms i64?)
SELECT wall_id, mode, scene, undone_ms FROM scene_change WHERE event_id = $1 AND seq = $2

-- Whether something newer stands for that wall: its own, or one for all.
-- scene_newer :maybe (event_id i64, seq i64, wall_id i64) -> (count i64)
SELECT COUNT(*) FROM scene_change WHERE event_id = $1 AND seq > $2 AND undone_ms IS NULL AND (wall_id = $3 OR wall_id = 0)

-- scene_undo :exec (event_id i64, seq i64, at_ms i64, actor text)
UPDATE scene_change SET undone_ms = $3, undone_by = $4 WHERE event_id = $1 AND seq = $2 AND undone_ms IS NULL

-- scene_rules :many (event_id i64) -> (id i64, phase text?, session_id i64?, from_ms i64?, until_ms i64?, scene text)
SELECT id, phase, session_id, from_ms, until_ms, scene FROM scene_rule WHERE event_id = $1 ORDER BY from_ms, id

-- scene_rules_clear :exec (event_id i64)
DELETE FROM scene_rule WHERE event_id = $1

-- scene_rule_phase_clear :exec (event_id i64, phase text)
DELETE FROM scene_rule WHERE event_id = $1 AND phase = $2

-- scene_rule_session_clear :exec (event_id i64, session_id i64)
DELETE FROM scene_rule WHERE event_id = $1 AND session_id = $2

-- scene_rule_insert :exec (id i64, event_id i64, phase text?, session_id i64?, from_ms i64?, until_ms i64?, scene text)
INSERT INTO scene_rule(id, event_id, phase, session_id, from_ms, until_ms, scene) VALUES($1, $2, $3, $4, $5, $6, $7)

-- scene_rule_delete :exec (event_id i64, id i64)
DELETE FROM scene_rule WHERE event_id = $1 AND id = $2 AND from_ms IS NOT NULL

-- walls :many (event_id i64) -> (id i64, number i64, name text?, made_ms i64, seen_ms i64?, width i64?, height i64?, frame text?, shows text?)
SELECT id, number, name, made_ms, seen_ms, width, height, frame, shows FROM wall WHERE event_id = $1 AND gone_ms IS NULL ORDER BY number

-- wall_find :maybe (event_id i64, id i64) -> (id i64, number i64, name text?, made_ms i64, seen_ms i64?, width i64?, height i64?, frame text?, shows text?)
SELECT id, number, name, made_ms, seen_ms, width, height, frame, shows FROM wall WHERE event_id = $1 AND id = $2 AND gone_ms IS NULL

-- wall_numbers :maybe (event_id i64) -> (next i64, open i64)
SELECT COALESCE(MAX(number), 0) + 1, COUNT(CASE WHEN gone_ms IS NULL THEN 1 END) FROM wall WHERE event_id = $1

-- wall_insert :exec (id i64, event_id i64, number i64, made_ms i64)
INSERT INTO wall(id, event_id, number, made_ms) VALUES($1, $2, $3, $4)

-- wall_report :exec (id i64, seen_ms i64, width i64?, height i64?, frame text?, shows text?)
UPDATE wall SET seen_ms = $2, width = $3, height = $4, frame = $5, shows = $6 WHERE id = $1 AND gone_ms IS NULL

-- wall_rename :exec (event_id i64, id i64, name text?)
UPDATE wall SET name = $3 WHERE event_id = $1 AND id = $2 AND gone_ms IS NULL

-- wall_end :exec (event_id i64, id i64, at_ms i64, actor text)
UPDATE wall SET gone_ms = $3, gone_by = $4 WHERE event_id = $1 AND id = $2 AND gone_ms IS NULL

-- wall_sessions_end :exec (event_id i64, wall_id i64)
DELETE FROM web_session WHERE kind = 'display' AND event_id = $1 AND wall_id = $2

-- wall_all_end :exec (event_id i64, at_ms i64, actor text)
UPDATE wall SET gone_ms = $2, gone_by = $3 WHERE event_id = $1 AND gone_ms IS NULL

-- wall_all_sessions_end :exec (event_id i64)
DELETE FROM web_session WHERE kind = 'display' AND event_id = $1

-- wall_session_set :exec (id_hash text, wall_id i64)
UPDATE web_session SET wall_id = $2 WHERE id_hash = $1

-- wall_code_taken :maybe (code text) -> (count i64)
SELECT COUNT(*) FROM event WHERE display_code = $1

-- wall_code_set :exec (event_id i64, code text)
UPDATE event SET display_code = $2, config_seq = config_seq + 1 WHERE id = $1

-- Codes of an older version had eight letters and digits.
-- wall_code_left :many () -> (event_id i64)
SELECT id FROM event WHERE display_code IS NULL OR LENGTH(display_code) <> 6 ORDER BY id

-- wall_code_find :maybe (code text, open_ms i64) -> (event_id i64, slug text)
SELECT id, slug FROM event WHERE display_code = $1 AND ends_ms > $2
