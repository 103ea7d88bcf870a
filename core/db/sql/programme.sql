-- What the doors must know of an event: core/congress/programme.

-- programme_seqs :maybe (slug text) -> (event_id i64, config_seq i64, roster_seq i64, figures_seq i64)
SELECT id, config_seq, roster_seq, figures_seq FROM event WHERE slug = $1

-- programme_event :maybe (slug text) -> (id i64, config_seq i64, title text, timezone text, opens_ms i64, starts_ms i64, ends_ms i64, quorum text?, names_on_wall i64, welcome text?, group_quorum i64, closed_ms i64?)
SELECT id, config_seq, title, timezone, opens_ms, starts_ms, ends_ms, quorum, names_on_wall, welcome, group_quorum, closed_ms FROM event WHERE slug = $1

-- programme_slug :maybe (event_id i64) -> (slug text)
SELECT slug FROM event WHERE id = $1

-- programme_categories :many (event_id i64) -> (id i64, code text, title text, color text?)
SELECT id, code, title, color FROM category WHERE event_id = $1 ORDER BY sort_order, id

-- programme_areas :many (event_id i64) -> (id i64, code text, title text, capacity i64?)
SELECT id, code, title, capacity FROM area WHERE event_id = $1 ORDER BY sort_order, id

-- programme_gates :many (event_id i64) -> (id i64, code text, title text, kind text, area_id i64?, direction text, reentry i64, admits text?, closed_ms i64?)
SELECT id, code, title, kind, area_id, direction, reentry, admits, closed_ms FROM gate WHERE event_id = $1 ORDER BY sort_order, id

-- programme_sessions :many (event_id i64) -> (id i64, code text, title text, starts_ms i64, ends_ms i64, area_id i64?, room text?, admits text?, carry_over i64)
SELECT id, code, title, starts_ms, ends_ms, area_id, room, admits, carry_over FROM session WHERE event_id = $1 ORDER BY starts_ms, ends_ms, id
