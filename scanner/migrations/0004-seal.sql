-- What the tokens of waiting scans are sealed to: scan.token holds 16 characters, a token, only where no server has told a key yet; longer ones are sealed.

CREATE TABLE seal (
  id BIGINT PRIMARY KEY,          -- one row, 1
  public_key TEXT NOT NULL);
