-- Somebody with a good badge to look at a layout with: blank 1 = a numbered blank badge; photo 1 = with, 2 = without, 0 = either; longest 1 = the longest name first.
-- layouts_someone :maybe (slug text, blank i64, photo i64, longest i64) -> (code text?, number text?)
SELECT p.code, d.number
FROM event e
JOIN delegate d ON d.event_id = e.id
JOIN credential c ON c.delegate_id = d.id AND c.revoked_ms IS NULL
LEFT JOIN person p ON p.id = d.person_id
WHERE e.slug = $1 AND d.status IN ('summoned', 'alternate')
  AND CASE WHEN p.id IS NULL THEN 1 ELSE 0 END = $2
  AND ($3 = 0 OR CASE WHEN p.photo_blob IS NULL THEN 2 ELSE 1 END = $3)
ORDER BY CASE WHEN $4 = 1 THEN LENGTH(p.name) ELSE 0 END DESC, d.sort_order NULLS LAST, d.id LIMIT 1
