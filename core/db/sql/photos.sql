-- Photos of people: core/congress/photos.

-- photos_people :many (event_id i64, unit_id i64) -> (person_id i64, code text, name text, sort_name text?, number text?, unit text?, unit_name text?, status text, photo text?, photo_blob text?)
SELECT p.id, p.code, p.name, p.sort_name, d.number, u.code, u.name, d.status, p.photo, p.photo_blob
FROM delegate d
JOIN person p ON p.id = d.person_id
LEFT JOIN unit u ON u.id = d.delegation_id
WHERE d.event_id = $1 AND ($2 = 0 OR d.delegation_id = $2)
ORDER BY u.sort_order NULLS LAST, u.code NULLS LAST, d.sort_order NULLS LAST, p.name_sort, p.code

-- photos_everybody :many (unit_id i64) -> (person_id i64, code text, name text, sort_name text?, number text?, unit text?, unit_name text?, status text, photo text?, photo_blob text?)
SELECT p.id, p.code, p.name, p.sort_name, NULL, u.code, u.name, 'summoned', p.photo, p.photo_blob
FROM person p
LEFT JOIN unit u ON u.id = p.unit_id
WHERE ($1 = 0 OR p.unit_id = $1) AND (p.known & 2048) = 0
ORDER BY u.sort_order NULLS LAST, u.code NULLS LAST, p.name_sort, p.code

-- A delegate's photo, for those who may see this event.
-- photos_find_in_event :maybe (code text, event text) -> (person_id i64, name text, photo_blob text?)
SELECT p.id, p.name, p.photo_blob FROM person p JOIN delegate d ON d.person_id = p.id JOIN event e ON e.id = d.event_id WHERE p.code = $1 AND e.slug = $2

-- Of the person whose badge this device has just read, and was told the name of.
-- photos_find_of_scan :maybe (scan_id text, device_id i64, from_ms i64, until_ms i64) -> (photo_blob text?)
SELECT p.photo_blob FROM scan s JOIN delegate d ON d.id = s.delegate_id AND d.event_id = s.event_id JOIN person p ON p.id = d.person_id
WHERE s.scan_id = $1 AND s.device_id = $2 AND s.received_ms BETWEEN $3 AND $4

-- photos_count :maybe (event_id i64) -> (people i64, with_photo i64)
SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN p.photo_blob IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT)
FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.event_id = $1 AND d.status IN ('summoned', 'alternate')

-- Whether another file already goes out under this path when an event is exported.
-- photos_path_taken :maybe (path text, person_id i64) -> (taken i64)
SELECT 1 WHERE EXISTS (SELECT 1 FROM person WHERE photo = $1 AND id <> $2) OR EXISTS (SELECT 1 FROM document WHERE file = $1)
  OR EXISTS (SELECT 1 FROM organization WHERE logo = $1) OR EXISTS (SELECT 1 FROM event WHERE slides LIKE '%' || $1 || '%')
