-- The server's clock at the reading, carried on from its last answer by the clock that cannot jump: it outlives a start of the machine, as the age of a scan does not.

ALTER TABLE scan ADD COLUMN server_ms BIGINT;
-- Our steady clock at the last answer about the list, "unchanged" too; of the same start of the machine as boot_id.
ALTER TABLE roster_head ADD COLUMN heard_steady_ms BIGINT;
