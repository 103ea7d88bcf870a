-- The doors of the PIN: with the badge (wrong, wait_until_ms of 0004), with the badge's number (counted apart, so that a stranger who types numbers
-- never makes the holder of a badge wait), and browsers that came in by number or stand at a kiosk.

ALTER TABLE badge_pin ADD COLUMN wrong_ms BIGINT;                          -- the last wrong try, by any door; NULL: none since the last right one
ALTER TABLE badge_pin ADD COLUMN number_wrong BIGINT NOT NULL DEFAULT 0;   -- in a row, with the number
ALTER TABLE badge_pin ADD COLUMN number_wait_until_ms BIGINT;
CREATE INDEX badge_pin_by_wrong ON badge_pin(wrong_ms);

ALTER TABLE pin_browser ADD COLUMN kind TEXT NOT NULL DEFAULT 'badge' CHECK (kind IN ('badge', 'number', 'kiosk'));
ALTER TABLE pin_browser ADD COLUMN passed BIGINT NOT NULL DEFAULT 1;       -- the PIN was given; 0: a badge that a kiosk has read
