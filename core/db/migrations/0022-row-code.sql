-- Printed lists for the hour without power, and what is typed from them afterwards (docs/decisions/0039-paper-lists.md).

-- What stands beside each name: stable for a delegate of an event, given once, never to somebody else, also when the delegate is removed. No secret.
CREATE TABLE row_code (
  event_id BIGINT NOT NULL REFERENCES event(id),
  delegate_id BIGINT NOT NULL UNIQUE,
  code TEXT NOT NULL,
  PRIMARY KEY (event_id, code));

-- 'paper': typed from a list. NULL: read by a device, or pressed at the desk.
ALTER TABLE scan ADD COLUMN origin TEXT;
CREATE INDEX scan_on_paper ON scan(event_id, received_ms) WHERE origin IS NOT NULL;
