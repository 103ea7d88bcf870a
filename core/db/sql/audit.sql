-- The audit log: core/congress/audit. One statement for each index that may lead: the newest first, $1 and $2 bound the ids, and so the time.

-- audit_insert :exec (id i64, at_ms i64, actor text, action text, subject text, detail text?, event_id i64?, slug text?, scan_id text?, code text?, text_fold text?)
INSERT INTO audit(id, at_ms, actor, action, subject, detail, event, person, text_fold) VALUES($1, $2, $3, $4, $5, $6,
  COALESCE((SELECT slug FROM event WHERE id = $7), (SELECT slug FROM event WHERE slug = $8), (SELECT e.slug FROM scan s JOIN event e ON e.id = s.event_id WHERE s.scan_id = $9)),
  COALESCE((SELECT code FROM person WHERE code = $10),
    (SELECT p.code FROM scan s JOIN delegate d ON d.id = s.delegate_id JOIN person p ON p.id = d.person_id WHERE s.scan_id = $9)), $11);

-- audit_by_time :many (before_id i64, least_id i64, actor text, action text, event text, person text, from_ms i64, until_ms i64, words text, most i64) -> (id i64, at_ms i64, actor text, action text, subject text, detail text?, event text?, person text?)
SELECT id, at_ms, actor, action, subject, detail, event, person FROM audit WHERE id < $1 AND id >= $2 AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND ($5 = '' OR event = $5) AND ($6 = '' OR person = $6) AND at_ms >= $7 AND at_ms < $8
  AND ($9 = '' OR COALESCE(text_fold, LOWER(actor || ' ' || subject || ' ' || COALESCE(detail, ''))) LIKE $9)
ORDER BY id DESC LIMIT $10;

-- audit_by_actor :many (before_id i64, least_id i64, actor text, action text, event text, person text, from_ms i64, until_ms i64, words text, most i64) -> (id i64, at_ms i64, actor text, action text, subject text, detail text?, event text?, person text?)
SELECT id, at_ms, actor, action, subject, detail, event, person FROM audit WHERE id < $1 AND id >= $2 AND actor = $3 AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND ($5 = '' OR event = $5) AND ($6 = '' OR person = $6) AND at_ms >= $7 AND at_ms < $8
  AND ($9 = '' OR COALESCE(text_fold, LOWER(actor || ' ' || subject || ' ' || COALESCE(detail, ''))) LIKE $9)
ORDER BY id DESC LIMIT $10;

-- audit_by_action :many (before_id i64, least_id i64, actor text, action text, event text, person text, from_ms i64, until_ms i64, words text, most i64) -> (id i64, at_ms i64, actor text, action text, subject text, detail text?, event text?, person text?)
SELECT id, at_ms, actor, action, subject, detail, event, person FROM audit WHERE id < $1 AND id >= $2 AND action = $4 AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND ($5 = '' OR event = $5) AND ($6 = '' OR person = $6) AND at_ms >= $7 AND at_ms < $8
  AND ($9 = '' OR COALESCE(text_fold, LOWER(actor || ' ' || subject || ' ' || COALESCE(detail, ''))) LIKE $9)
ORDER BY id DESC LIMIT $10;

-- audit_by_event :many (before_id i64, least_id i64, actor text, action text, event text, person text, from_ms i64, until_ms i64, words text, most i64) -> (id i64, at_ms i64, actor text, action text, subject text, detail text?, event text?, person text?)
SELECT id, at_ms, actor, action, subject, detail, event, person FROM audit WHERE id < $1 AND id >= $2 AND event = $5 AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND ($5 = '' OR event = $5) AND ($6 = '' OR person = $6) AND at_ms >= $7 AND at_ms < $8
  AND ($9 = '' OR COALESCE(text_fold, LOWER(actor || ' ' || subject || ' ' || COALESCE(detail, ''))) LIKE $9)
ORDER BY id DESC LIMIT $10;

-- audit_by_person :many (before_id i64, least_id i64, actor text, action text, event text, person text, from_ms i64, until_ms i64, words text, most i64) -> (id i64, at_ms i64, actor text, action text, subject text, detail text?, event text?, person text?)
SELECT id, at_ms, actor, action, subject, detail, event, person FROM audit WHERE id < $1 AND id >= $2 AND person = $6 AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND ($5 = '' OR event = $5) AND ($6 = '' OR person = $6) AND at_ms >= $7 AND at_ms < $8
  AND ($9 = '' OR COALESCE(text_fold, LOWER(actor || ' ' || subject || ' ' || COALESCE(detail, ''))) LIKE $9)
ORDER BY id DESC LIMIT $10;

-- audit_people :many (name_fold text) -> (code text, name text)
SELECT code, name FROM person WHERE name_fold = $1 ORDER BY code LIMIT 20;

-- audit_person :maybe (code text) -> (name text)
SELECT name FROM person WHERE code = $1;
