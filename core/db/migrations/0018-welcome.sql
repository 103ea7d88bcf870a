-- A screen at a door greets who was just admitted: where the organiser decided so, and with photos or without (JSON, core/congress/welcome.h; NULL: nowhere).
ALTER TABLE event ADD COLUMN welcome TEXT;
-- 0: this delegate is not to be greeted by a screen.
ALTER TABLE delegate ADD COLUMN greet BIGINT NOT NULL DEFAULT 1;

-- What is typed once at the screen of a gate. A new code ends the screens that the old one opened.
CREATE TABLE welcome_code (
  gate_id BIGINT PRIMARY KEY REFERENCES gate(id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  made_ms BIGINT NOT NULL);

-- Screens that were opened so: the hash of what their browser holds. It reads this gate's greetings and nothing else.
CREATE TABLE welcome_screen (
  id_hash TEXT NOT NULL PRIMARY KEY,
  gate_id BIGINT NOT NULL REFERENCES gate(id) ON DELETE CASCADE,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL);
CREATE INDEX welcome_screen_by_gate ON welcome_screen(gate_id);
