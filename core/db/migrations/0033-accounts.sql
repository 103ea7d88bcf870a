-- Who signed in when, from which kind of connection and browser; roles that end; forms of an account that know what they change (docs/decisions/0057-console.md).

ALTER TABLE account ADD COLUMN version BIGINT NOT NULL DEFAULT 1; -- grows with every change of it or its roles by the console
ALTER TABLE account_role ADD COLUMN until_ms BIGINT;              -- it counts no more from then on; NULL: until it is taken away

-- One row a try. No address and no name of a machine: a hall shares one, and nobody here is followed about.
CREATE TABLE sign_in (
  id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account(id),
  at_ms BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('in', 'wrong', 'refused', 'changed')), -- refused: the password was right, the way was not; changed: the own password
  way TEXT NOT NULL CHECK (way IN ('here', 'https', 'air')),
  browser TEXT NOT NULL,          -- family and system: 'firefox', 'android', …; 'other'
  machine TEXT NOT NULL,
  ended_ms BIGINT, ended_by TEXT); -- of a session that somebody ended
CREATE INDEX sign_in_by_account ON sign_in(account_id, id);
CREATE INDEX sign_in_by_time ON sign_in(at_ms);

ALTER TABLE web_session ADD COLUMN sign_in_id BIGINT; -- of staff; NULL: from before there was a history
CREATE INDEX web_session_by_account ON web_session(account_id);
