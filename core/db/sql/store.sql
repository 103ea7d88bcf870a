-- What the data folder knows of itself: settings, the audit log, blobs.

-- setting_get :maybe (name text) -> (value text?)
SELECT value FROM setting WHERE name = $1;

-- setting_set :exec (name text, value text?)
INSERT INTO setting(name, value) VALUES($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- setting_forget :exec (name text)
DELETE FROM setting WHERE name = $1;


-- blob_insert :exec (sha256 text, size i64, media_type text, added_ms i64, crc32 i64?)
INSERT INTO blob(sha256, size, media_type, added_ms, crc32) VALUES($1, $2, $3, $4, $5)
ON CONFLICT (sha256) DO UPDATE SET crc32 = excluded.crc32 WHERE blob.crc32 IS NULL AND excluded.crc32 IS NOT NULL;

-- Papers stored before their CRC was kept.
-- blob_without_crc :many () -> (sha256 text, size i64)
SELECT sha256, size FROM blob WHERE crc32 IS NULL AND sha256 IN (SELECT v.sha256 FROM document_version v) ORDER BY sha256;

-- blob_set_crc :exec (sha256 text, crc32 i64)
UPDATE blob SET crc32 = $2 WHERE sha256 = $1;

-- blob_each :each () -> (sha256 text, size i64, media_type text)
SELECT sha256, size, media_type FROM blob ORDER BY sha256;

-- For the second copy: newer ones first looked for, all of them now and then.
-- blob_added :each (since_ms i64) -> (sha256 text, size i64)
SELECT sha256, size FROM blob WHERE added_ms >= $1 ORDER BY added_ms, sha256;

-- A roster that a device has from another server than this one is never the base of a difference.
-- takeover_roster :exec ()
UPDATE event SET roster_seq = roster_seq + 1000000, roster_base = roster_seq + 1000000, config_seq = config_seq + 1000000, figures_seq = figures_seq + 1000000;

-- doctor_events :many () -> (slug text, id i64)
SELECT slug, id FROM event ORDER BY starts_ms, slug;
