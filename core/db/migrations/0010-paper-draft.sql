-- The pages of a paper are written in turns, so that check-ins need not wait for all of them.

ALTER TABLE paper_reading ADD COLUMN draft BIGINT NOT NULL DEFAULT 0; -- 1: its pages are still being written; nobody sees them
