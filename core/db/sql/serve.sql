-- What `plenum serve` asks at its start.

-- serve_event_urls :many () -> (public_url text)
SELECT public_url FROM event WHERE public_url IS NOT NULL

-- serve_one_badge :maybe (slug text) -> (token text, name text)
SELECT c.token, p.name FROM credential c JOIN delegate d ON d.id = c.delegate_id JOIN person p ON p.id = d.person_id JOIN event e ON e.id = d.event_id
WHERE e.slug = $1 AND c.revoked_ms IS NULL AND d.status = 'summoned' ORDER BY d.sort_order NULLS LAST, d.number, d.id LIMIT 1

-- serve_account_count :maybe () -> (total i64)
SELECT COUNT(*) FROM account
