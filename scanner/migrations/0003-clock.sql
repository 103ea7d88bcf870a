-- What the server's clock said at a moment of our clock that cannot jump: while this machine runs, a wrong or changed wall clock opens and closes no door.

ALTER TABLE roster_head ADD COLUMN server_ms BIGINT;
ALTER TABLE roster_head ADD COLUMN steady_ms BIGINT;
ALTER TABLE roster_head ADD COLUMN boot_id TEXT;
