-- Forms of units that came back; used by core/congress/list_import/form.c.

-- forms_taken :many (target text, most i64) -> (detail text)
SELECT detail FROM list_import WHERE state = 'done' AND target = $1 ORDER BY number DESC LIMIT $2;
