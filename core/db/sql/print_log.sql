-- What went onto paper (core/congress/badges/print_log) and how lost badges are replaced (core/congress/badges/reissue).

-- Another one whenever the runs that count became others: one was finished, spoiled or taken as good again.
-- print_log_mark :maybe (event_id i64?, kind text) -> (mark i64)
SELECT CAST(COALESCE(SUM(1 + id % 1073741789), 0) AS BIGINT) FROM print_run
WHERE (event_id = $1 OR (event_id IS NULL AND $1 IS NULL)) AND kind = $2 AND spoiled_ms IS NULL

-- The runs that count, for who asks badge by badge.
-- print_log_good_runs :many (event_id i64?, kind text) -> (id i64, layout text, host text, printer text?, facts text?, printed_ms i64, actor text)
SELECT id, layout, host, printer, facts, printed_ms, actor FROM print_run
WHERE (event_id = $1 OR (event_id IS NULL AND $1 IS NULL)) AND kind = $2 AND spoiled_ms IS NULL ORDER BY id

-- A later issue goes before an earlier one, whatever the clock said.
-- print_log_last_of_delegate :maybe (delegate_id i64, kind text) -> (run_id i64, credential_id i64, issue i64, facts text)
SELECT b.run_id, b.credential_id, b.issue, b.facts
FROM credential c JOIN printed_badge b ON b.credential_id = c.id JOIN print_run r ON r.id = b.run_id
WHERE c.delegate_id = $1 AND r.kind = $2 AND r.spoiled_ms IS NULL
ORDER BY b.issue DESC, r.printed_ms DESC, r.id DESC LIMIT 1

-- print_log_last_of_card :maybe (person_id i64, kind text) -> (run_id i64, credential_id i64, issue i64, facts text)
SELECT b.run_id, b.credential_id, b.issue, b.facts
FROM credential c JOIN printed_badge b ON b.credential_id = c.id JOIN print_run r ON r.id = b.run_id
WHERE c.person_id = $1 AND c.event_id IS NULL AND r.event_id IS NULL AND r.kind = $2 AND r.spoiled_ms IS NULL
ORDER BY b.issue DESC, r.printed_ms DESC, r.id DESC LIMIT 1

-- print_log_begin :exec (id i64, event_id i64?, kind text, layout text, host text, badges i64, printer text?, facts text?, printed_ms i64, actor text)
INSERT INTO print_run(id, event_id, kind, layout, host, badges, printer, facts, printed_ms, actor, spoiled_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9)

-- print_log_add :exec (run_id i64, credential_id i64, issue i64, facts text)
INSERT INTO printed_badge(run_id, credential_id, issue, facts) VALUES($1, $2, $3, $4)

-- print_log_finish :exec (id i64)
UPDATE print_run SET spoiled_ms = NULL WHERE id = $1

-- print_log_runs :many (event_id i64?, most i64) -> (id i64, kind text, layout text, host text, badges i64, printer text?, printed_ms i64, actor text, spoiled_ms i64?)
SELECT id, kind, layout, host, badges, printer, printed_ms, actor, spoiled_ms FROM print_run
WHERE event_id = $1 OR (event_id IS NULL AND $1 IS NULL) ORDER BY printed_ms DESC, id DESC LIMIT $2

-- print_log_run :maybe (id i64, event_id i64?) -> (spoiled_ms i64?, event text?)
SELECT r.spoiled_ms, e.slug FROM print_run r LEFT JOIN event e ON e.id = r.event_id
WHERE r.id = $1 AND (r.event_id = $2 OR (r.event_id IS NULL AND $2 IS NULL))

-- print_log_set_spoiled :exec (id i64, spoiled_ms i64?)
UPDATE print_run SET spoiled_ms = $2 WHERE id = $1

-- Badges on their way to a printer.
-- print_claim_any :maybe (kind text, card i64, now_ms i64) -> (some i64)
SELECT COUNT(*) FROM (SELECT 1 FROM print_claim WHERE kind = $1 AND card = $2 AND until_ms > $3 LIMIT 1) live

-- print_claim_find :maybe (kind text, card i64, holder_id i64) -> (run_id i64, until_ms i64, actor text, printer text?)
SELECT c.run_id, c.until_ms, r.actor, r.printer FROM print_claim c JOIN print_run r ON r.id = c.run_id WHERE c.kind = $1 AND c.card = $2 AND c.holder_id = $3

-- print_claim_add :exec (kind text, card i64, holder_id i64, run_id i64, until_ms i64)
INSERT INTO print_claim(kind, card, holder_id, run_id, until_ms) VALUES($1, $2, $3, $4, $5)

-- print_claim_drop :exec (kind text, card i64, holder_id i64)
DELETE FROM print_claim WHERE kind = $1 AND card = $2 AND holder_id = $3

-- print_claim_drop_run :exec (run_id i64)
DELETE FROM print_claim WHERE run_id = $1

-- A run that the printer did not take never was.
-- print_log_remove_badges :exec (run_id i64)
DELETE FROM printed_badge WHERE run_id = $1

-- print_log_remove :exec (id i64)
DELETE FROM print_run WHERE id = $1

-- credential_add :exec (id i64, token text, token_id text, person_id i64?, event_id i64?, delegate_id i64?, issue i64, created_ms i64)
INSERT INTO credential(id, token, token_id, person_id, event_id, delegate_id, issue, created_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8)

-- Whose badge it is: by the person's code, or by the number that stands on it; each by its index.
-- reissue_find :many (event_id i64, word text) -> (delegate_id i64, person_id i64?, code text?, number text?, name text?, status text, last_issue i64)
SELECT d.id, d.person_id, p.code, d.number, p.name, d.status, COALESCE((SELECT MAX(c.issue) FROM credential c WHERE c.delegate_id = d.id), 0)
FROM delegate d LEFT JOIN person p ON p.id = d.person_id
WHERE d.id IN (SELECT n.id FROM delegate n WHERE n.event_id = $1 AND n.number = $2
               UNION ALL SELECT x.id FROM person q JOIN delegate x ON x.person_id = q.id AND x.event_id = $1 WHERE q.code = $2)

-- reissue_find_card :maybe (person text) -> (person_id i64, name text, last_issue i64)
SELECT p.id, p.name, COALESCE((SELECT MAX(c.issue) FROM credential c WHERE c.person_id = p.id AND c.event_id IS NULL), 0) FROM person p WHERE p.code = $1

-- reissue_delegate :maybe (delegate_id i64) -> (person_id i64?, status text, last_issue i64)
SELECT d.person_id, d.status, COALESCE((SELECT MAX(c.issue) FROM credential c WHERE c.delegate_id = d.id), 0) FROM delegate d WHERE d.id = $1

-- reissue_card :maybe (person_id i64) -> (last_issue i64)
SELECT COALESCE(MAX(issue), 0) FROM credential WHERE person_id = $1 AND event_id IS NULL

-- reissue_revoke_badges :exec (delegate_id i64, now_ms i64)
UPDATE credential SET revoked_ms = $2 WHERE delegate_id = $1 AND revoked_ms IS NULL

-- reissue_revoke_cards :exec (person_id i64, now_ms i64)
UPDATE credential SET revoked_ms = $2 WHERE person_id = $1 AND event_id IS NULL AND revoked_ms IS NULL

-- reissue_places_of_person :many (person_id i64) -> (delegate_id i64, event_id i64)
SELECT id, event_id FROM delegate WHERE person_id = $1
