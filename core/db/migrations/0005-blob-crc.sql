-- CRC-32 of a file's bytes, so that an archive of papers is laid out without reading them.

ALTER TABLE blob ADD COLUMN crc32 BIGINT;      -- 0 to 2^32 - 1; NULL: stored by an older version, `plenum serve` adds it to papers at its start
