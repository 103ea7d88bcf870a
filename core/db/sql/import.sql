-- Import and export walk tables of columns (core/congress/event_file/entities.c): the columns stand here in the order of the fields there,
-- after `id` (and `event_id`). One statement writes new and changed rows alike.

-- import_organization_list :many () -> (id i64, name text, languages text, logo text?, logo_blob text?)
SELECT id, name, languages, logo, logo_blob
FROM organization ORDER BY id;

-- import_organization_write :exec (id i64, name text, languages text, logo text?, logo_blob text?)
INSERT INTO organization(id, name, languages, logo, logo_blob)
VALUES($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, languages = excluded.languages, logo = excluded.logo, logo_blob = excluded.logo_blob;

-- import_attribute_type_list :many () -> (id i64, code text, title text, kind text, choices text?, sensitive i64)
SELECT id, code, title, kind, choices, sensitive
FROM attribute_type ORDER BY code;

-- import_attribute_type_write :exec (id i64, code text, title text, kind text, choices text?, sensitive i64)
INSERT INTO attribute_type(id, code, title, kind, choices, sensitive)
VALUES($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, title = excluded.title, kind = excluded.kind, choices = excluded.choices, sensitive = excluded.sensitive;

-- import_attribute_type_remove :exec (id i64)
DELETE FROM attribute_type WHERE id = $1;

-- import_unit_list :many () -> (id i64, code text, name text, name_fold text, parent_id i64?, level text?, sector text?, sort_order i64?, members i64?)
SELECT id, code, name, name_fold, parent_id, level, sector, sort_order, members
FROM unit ORDER BY CASE WHEN sort_order IS NULL THEN 1 ELSE 0 END, sort_order, code;

-- import_person_list :many () -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob
FROM person ORDER BY code;

-- The same of an event's list alone, and of the register without those who were erased.
-- import_person_list_of_event :many (event_id i64) -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob
FROM person WHERE id IN (SELECT d.person_id FROM delegate d WHERE d.event_id = $1) ORDER BY code;

-- import_person_list_of_register :many (event_id i64) -> (id i64, code text, name text, name_fold text, name_sort text, sort_name text?, honorific text?, unit_id i64?, title text?, gender text?, born text?, joined text?, phone text?, email text?, photo text?, photo_blob text?)
SELECT id, code, name, name_fold, name_sort, sort_name, honorific, unit_id, title, gender, born, joined, phone, email, photo, photo_blob
FROM person WHERE $1 = -1 AND (known & 2048) = 0 ORDER BY code;

-- import_event_list :many () -> (id i64, slug text, kind text, title text, timezone text, public_url text?, starts_ms i64, ends_ms i64, opens_ms i64, venue text?, colors text?, wifi text?, streams text?, quorum text?, slides text?, documents_access text, pin text, names_on_wall i64, welcome text?, group_quorum i64, head_pin i64, wall_welcome text?)
SELECT id, slug, kind, title, timezone, public_url, starts_ms, ends_ms, opens_ms, venue, colors, wifi, streams, quorum, slides,
  documents_access, pin, names_on_wall, welcome, group_quorum, head_pin, wall_welcome
FROM event ORDER BY starts_ms, slug;

-- import_event_write :exec (id i64, slug text, kind text, title text, timezone text, public_url text?, starts_ms i64, ends_ms i64, opens_ms i64, venue text?, colors text?, wifi text?, streams text?, quorum text?, slides text?, documents_access text, pin text, names_on_wall i64, welcome text?, group_quorum i64, head_pin i64, wall_welcome text?)
INSERT INTO event(id, slug, kind, title, timezone, public_url, starts_ms, ends_ms, opens_ms, venue, colors, wifi, streams, quorum, slides,
  documents_access, pin, names_on_wall, welcome, group_quorum, head_pin, wall_welcome)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, kind = excluded.kind, title = excluded.title, timezone = excluded.timezone, public_url = excluded.public_url,
  starts_ms = excluded.starts_ms, ends_ms = excluded.ends_ms, opens_ms = excluded.opens_ms, venue = excluded.venue, colors = excluded.colors,
  wifi = excluded.wifi, streams = excluded.streams, quorum = excluded.quorum, slides = excluded.slides,
  documents_access = excluded.documents_access, pin = excluded.pin, names_on_wall = excluded.names_on_wall, welcome = excluded.welcome,
  group_quorum = excluded.group_quorum, head_pin = excluded.head_pin,
  wall_welcome = excluded.wall_welcome;

-- import_category_list :many (event_id i64) -> (id i64, event_id i64, code text, title text, color text?, sort_order i64)
SELECT id, event_id, code, title, color, sort_order
FROM category WHERE event_id = $1 ORDER BY sort_order, code;

-- import_category_write :exec (id i64, event_id i64, code text, title text, color text?, sort_order i64)
INSERT INTO category(id, event_id, code, title, color, sort_order)
VALUES($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, title = excluded.title, color = excluded.color, sort_order = excluded.sort_order;

-- import_category_remove :exec (id i64)
DELETE FROM category WHERE id = $1;

-- import_area_list :many (event_id i64) -> (id i64, event_id i64, code text, title text, capacity i64?, sort_order i64)
SELECT id, event_id, code, title, capacity, sort_order
FROM area WHERE event_id = $1 ORDER BY sort_order, code;

-- import_area_write :exec (id i64, event_id i64, code text, title text, capacity i64?, sort_order i64)
INSERT INTO area(id, event_id, code, title, capacity, sort_order)
VALUES($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, title = excluded.title, capacity = excluded.capacity, sort_order = excluded.sort_order;

-- import_area_remove :exec (id i64)
DELETE FROM area WHERE id = $1;

-- import_gate_list :many (event_id i64) -> (id i64, event_id i64, code text, title text, kind text, area_id i64?, direction text, reentry i64, admits text?, closed_ms i64?, sort_order i64)
SELECT id, event_id, code, title, kind, area_id, direction, reentry, admits, closed_ms, sort_order
FROM gate WHERE event_id = $1 ORDER BY sort_order, code;

-- import_gate_write :exec (id i64, event_id i64, code text, title text, kind text, area_id i64?, direction text, reentry i64, admits text?, closed_ms i64?, sort_order i64)
INSERT INTO gate(id, event_id, code, title, kind, area_id, direction, reentry, admits, closed_ms, sort_order)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, title = excluded.title, kind = excluded.kind, area_id = excluded.area_id, direction = excluded.direction,
  reentry = excluded.reentry, admits = excluded.admits, closed_ms = excluded.closed_ms, sort_order = excluded.sort_order;

-- import_gate_remove :exec (id i64)
DELETE FROM gate WHERE id = $1;

-- import_session_list :many (event_id i64) -> (id i64, event_id i64, code text, title text, starts_ms i64, ends_ms i64, area_id i64?, room text?, speakers text?, admits text?, carry_over i64, sort_order i64)
SELECT id, event_id, code, title, starts_ms, ends_ms, area_id, room, speakers, admits, carry_over, sort_order
FROM session WHERE event_id = $1 ORDER BY sort_order, code;

-- import_session_write :exec (id i64, event_id i64, code text, title text, starts_ms i64, ends_ms i64, area_id i64?, room text?, speakers text?, admits text?, carry_over i64, sort_order i64)
INSERT INTO session(id, event_id, code, title, starts_ms, ends_ms, area_id, room, speakers, admits, carry_over, sort_order)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, title = excluded.title, starts_ms = excluded.starts_ms, ends_ms = excluded.ends_ms, area_id = excluded.area_id,
  room = excluded.room, speakers = excluded.speakers, admits = excluded.admits, carry_over = excluded.carry_over, sort_order = excluded.sort_order;

-- import_session_remove :exec (id i64)
DELETE FROM session WHERE id = $1;

-- import_document_list :many (event_id i64) -> (id i64, event_id i64, code text, title text, file text?, file_blob text?, language text?, number text?, issued text?, issuer text?, audience text?, session_id i64?, publish_ms i64?, publish_manual i64, restricted i64, must_read i64, sort_order i64)
SELECT id, event_id, code, title, file, file_blob, language, number, issued, issuer, audience, session_id, publish_ms, publish_manual, restricted, must_read,
  sort_order
FROM document WHERE event_id = $1 ORDER BY sort_order, code;

-- import_document_write :exec (id i64, event_id i64, code text, title text, file text?, file_blob text?, language text?, number text?, issued text?, issuer text?, audience text?, session_id i64?, publish_ms i64?, publish_manual i64, restricted i64, must_read i64, sort_order i64)
INSERT INTO document(id, event_id, code, title, file, file_blob, language, number, issued, issuer, audience, session_id, publish_ms, publish_manual, restricted, must_read,
  sort_order)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, title = excluded.title, file = excluded.file, file_blob = excluded.file_blob, language = excluded.language,
  number = excluded.number, issued = excluded.issued, issuer = excluded.issuer, audience = excluded.audience, session_id = excluded.session_id,
  publish_ms = excluded.publish_ms, publish_manual = excluded.publish_manual, restricted = excluded.restricted, must_read = excluded.must_read,
  sort_order = excluded.sort_order;

-- import_delegate_list :many (event_id i64) -> (id i64, event_id i64, person_id i64?, number text?, category_id i64, delegation_id i64?, mandate text?, status text, replaces text?, decision text?, absence text?, roles text?, group_name text?, sort_order i64?, seat text?, badge_box text?, needs text?, room text?, transport text?, diet text?, greet i64)
SELECT id, event_id, person_id, number, category_id, delegation_id, mandate, status, replaces, decision, absence, roles, group_name, sort_order, seat,
  badge_box, needs, room, transport, diet, greet
FROM delegate WHERE event_id = $1 ORDER BY CASE WHEN sort_order IS NULL THEN 1 ELSE 0 END, sort_order, CASE WHEN number IS NULL THEN 1 ELSE 0 END, number, id;

-- import_delegate_write :exec (id i64, event_id i64, person_id i64?, number text?, category_id i64, delegation_id i64?, mandate text?, status text, replaces text?, decision text?, absence text?, roles text?, group_name text?, sort_order i64?, seat text?, badge_box text?, needs text?, room text?, transport text?, diet text?, greet i64)
INSERT INTO delegate(id, event_id, person_id, number, category_id, delegation_id, mandate, status, replaces, decision, absence, roles, group_name, sort_order, seat,
  badge_box, needs, room, transport, diet, greet, roster_seq)
VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, (SELECT roster_seq FROM event WHERE id = $2))
ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, number = excluded.number, category_id = excluded.category_id, delegation_id = excluded.delegation_id,
  mandate = excluded.mandate, status = excluded.status, replaces = excluded.replaces, decision = excluded.decision, absence = excluded.absence,
  roles = excluded.roles, group_name = excluded.group_name, sort_order = excluded.sort_order, seat = excluded.seat, badge_box = excluded.badge_box,
  needs = excluded.needs, room = excluded.room, transport = excluded.transport, diet = excluded.diet, greet = excluded.greet, roster_seq = excluded.roster_seq;

-- import_document_remove :exec (id i64)
DELETE FROM document WHERE id = $1;

-- import_document_version_next :maybe (document_id i64) -> (version i64)
SELECT COALESCE(MAX(version), 0) + 1 FROM document_version WHERE document_id = $1;

-- import_document_version_insert :exec (id i64, document_id i64, version i64, sha256 text, name text, added_ms i64)
INSERT INTO document_version(id, document_id, version, sha256, name, added_ms) VALUES($1, $2, $3, $4, $5, $6);

-- import_person_attributes :many () -> (person_id i64, code text, value text)
SELECT a.person_id, t.code, a.value FROM person_attribute a JOIN attribute_type t ON t.id = a.type_id ORDER BY a.person_id, t.code;

-- import_person_attributes_of_event :many (event_id i64) -> (person_id i64, code text, value text)
SELECT a.person_id, t.code, a.value FROM person_attribute a JOIN attribute_type t ON t.id = a.type_id
WHERE a.person_id IN (SELECT d.person_id FROM delegate d WHERE d.event_id = $1) ORDER BY a.person_id, t.code;

-- import_delegate_clear_number :exec (id i64)
UPDATE delegate SET number = NULL WHERE id = $1;

-- import_delegate_remove_credential :exec (id i64)
DELETE FROM credential WHERE delegate_id = $1;

-- import_delegate_remove_state :exec (id i64)
DELETE FROM delegate_state WHERE delegate_id = $1;

-- import_delegate_remove :exec (id i64)
DELETE FROM delegate WHERE id = $1;

-- import_delegate_state_insert :exec (delegate_id i64, event_id i64)
INSERT INTO delegate_state(delegate_id, event_id) VALUES($1, $2) ON CONFLICT (delegate_id) DO NOTHING;

-- import_credential_insert :exec (id i64, token text, token_id text, person_id i64?, event_id i64, delegate_id i64, created_ms i64)
INSERT INTO credential(id, token, token_id, person_id, event_id, delegate_id, issue, created_ms) VALUES($1, $2, $3, $4, $5, $6, 1, $7);

-- import_credential_set_person :exec (delegate_id i64, person_id i64)
UPDATE credential SET person_id = $2 WHERE delegate_id = $1;

-- import_event_bump :exec (id i64)
UPDATE event SET config_seq = config_seq + 1, roster_seq = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id = $1;

-- import_event_display_code :exec (id i64, code text)
UPDATE event SET display_code = $2 WHERE id = $1 AND display_code IS NULL;

-- import_event_bump_all :exec ()
UPDATE event SET config_seq = config_seq + 1;

-- A changed name is news for every door where that person, or somebody of that unit, may stand.

-- import_event_bump_of_person :exec (person_id i64)
UPDATE event SET config_seq = config_seq + 1, roster_seq = roster_seq + 1 WHERE id IN (SELECT event_id FROM delegate WHERE person_id = $1);

-- import_delegate_touch_person :exec (person_id i64)
UPDATE delegate SET roster_seq = (SELECT roster_seq FROM event WHERE id = delegate.event_id) WHERE person_id = $1;

-- import_event_bump_of_unit :exec (unit_id i64)
UPDATE event SET config_seq = config_seq + 1, roster_seq = roster_seq + 1, figures_seq = figures_seq + 1 WHERE id IN (SELECT event_id FROM delegate WHERE delegation_id = $1);

-- import_delegate_touch_unit :exec (unit_id i64)
UPDATE delegate SET roster_seq = (SELECT roster_seq FROM event WHERE id = delegate.event_id) WHERE delegation_id = $1;

-- What stands against removing a row: how many there are.

-- import_delegate_scans :maybe (id i64) -> (total i64)
WITH RECURSIVE past(id) AS (
  SELECT last_scan FROM delegate_state WHERE delegate_id = $1
  UNION ALL SELECT p.previous FROM past JOIN scan p ON p.id = past.id)
SELECT COUNT(id) FROM past;

-- import_gate_scans :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM scan WHERE gate_id = $1;

-- import_gate_devices :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM device WHERE gate_id = $1;

-- import_gate_pairings :exec (id i64)
DELETE FROM pairing WHERE gate_id = $1;

-- import_area_presence :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM presence WHERE area_id = $1;

-- import_person_delegates :many (id i64) -> (delegate_id i64)
SELECT id FROM delegate WHERE person_id = $1;

-- import_person_cards :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM credential WHERE person_id = $1 AND delegate_id IS NULL;

-- import_unit_delegates :many (id i64) -> (delegate_id i64)
SELECT id FROM delegate WHERE delegation_id = $1;

-- import_unit_accounts :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM account_role WHERE unit_id = $1;

-- import_unit_groups :maybe (id i64) -> (total i64)
SELECT (SELECT COUNT(*) FROM group_checkin WHERE unit_id = $1) + (SELECT COUNT(*) FROM delegation_report WHERE unit_id = $1);

-- import_scanned_delegates :many (event_id i64) -> (id i64, category_id i64, delegation_id i64?)
SELECT d.id, d.category_id, d.delegation_id FROM delegate d JOIN delegate_state s ON s.delegate_id = d.id WHERE d.event_id = $1 AND s.last_scan IS NOT NULL;

-- import_aliases :many () -> (code text, person_id i64)
SELECT code, person_id FROM person_alias;
