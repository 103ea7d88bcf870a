-- Papers on phones: withdrawn papers, who opened what, the PIN of restricted papers, questions to the desk.

ALTER TABLE document ADD COLUMN withdrawn_ms BIGINT;   -- the organiser took it back; NULL: it stands

-- The first time that somebody opened a version.
CREATE TABLE paper_opened (
  delegate_id BIGINT NOT NULL REFERENCES delegate(id),
  document_id BIGINT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  opened_ms BIGINT NOT NULL,
  PRIMARY KEY (delegate_id, document_id, version));
CREATE INDEX paper_opened_by_document ON paper_opened(document_id, version);

-- Random PINs, and what wrong tries have cost a badge. A PIN from the phone number is never stored here.
CREATE TABLE badge_pin (
  delegate_id BIGINT PRIMARY KEY REFERENCES delegate(id),
  pin TEXT,                       -- six digits: must be printable on its slip, so it is kept as the tokens are; NULL: phone_tail
  made_ms BIGINT,
  wrong BIGINT NOT NULL DEFAULT 0,             -- in a row, over all browsers
  wait_until_ms BIGINT,
  reset_ms BIGINT);               -- the desk let them try again

-- A browser in which somebody gave the right PIN.
CREATE TABLE pin_browser (
  id_hash TEXT NOT NULL PRIMARY KEY,           -- of the cookie
  delegate_id BIGINT NOT NULL REFERENCES delegate(id),
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL);
CREATE INDEX pin_browser_by_delegate ON pin_browser(delegate_id);

-- A delegate's question to the desk, and its answer: short texts.
CREATE TABLE question (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id),
  delegate_id BIGINT NOT NULL REFERENCES delegate(id),
  words TEXT NOT NULL,
  asked_ms BIGINT NOT NULL,
  answer TEXT,
  answered_ms BIGINT,
  actor TEXT,                     -- who answered
  seen_ms BIGINT);                -- the asker's page showed the answer
CREATE INDEX question_by_event ON question(event_id, asked_ms);
CREATE INDEX question_by_delegate ON question(delegate_id, asked_ms);
