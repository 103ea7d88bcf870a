-- Where else the server may be, as it told itself: addresses with spaces between.

CREATE TABLE spares (
  id BIGINT PRIMARY KEY,          -- one row, 1
  urls TEXT NOT NULL);
