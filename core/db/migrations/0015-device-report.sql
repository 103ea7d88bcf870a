-- What a gate said of itself at its last question for the list.

ALTER TABLE device ADD COLUMN roster_ms BIGINT;        -- when it asked
ALTER TABLE device ADD COLUMN waiting BIGINT;          -- scans that it has not sent yet
ALTER TABLE device ADD COLUMN waiting_since_ms BIGINT; -- the oldest of them, by our clock
ALTER TABLE device ADD COLUMN set_aside BIGINT;        -- scans that we did not take
