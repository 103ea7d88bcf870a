-- Which server answers, and what it holds only once: a spare laptop that takes over from its copy may lack the last scans, which are sent again.

ALTER TABLE scan ADD COLUMN settled_ms BIGINT;
CREATE TABLE server (
  id BIGINT PRIMARY KEY,          -- one row, 1
  epoch TEXT NOT NULL,            -- "2.Xy…": the number grows with each taking over
  copy_lag_ms BIGINT);            -- NULL: it keeps no second copy; -1: one that is not whole yet
