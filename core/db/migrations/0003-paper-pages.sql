-- What is inside of papers: the text and a picture of each page, by the file's hash, so that it is there once for all events and versions; where
-- papers came from, and whom this folder trusts.

-- A file that was looked into.
CREATE TABLE paper_reading (
  sha256 TEXT NOT NULL PRIMARY KEY REFERENCES blob(sha256),
  source TEXT NOT NULL CHECK (source IN ('none', 'file', 'ocr', 'scan')), -- where its text is from; scan: it has pictures only, and nobody read them
  pages BIGINT NOT NULL,
  unread BIGINT NOT NULL,         -- pages that are pictures only and were not read
  made_ms BIGINT NOT NULL);

CREATE TABLE paper_page (
  sha256 TEXT NOT NULL REFERENCES paper_reading(sha256) ON DELETE CASCADE,
  page BIGINT NOT NULL,           -- from 1
  text TEXT NOT NULL,
  text_fold TEXT NOT NULL,        -- text_fold() of it, for search
  picture TEXT REFERENCES blob(sha256),        -- JPEG; NULL: none
  width BIGINT, height BIGINT,    -- of the picture, pixels
  PRIMARY KEY (sha256, page));

-- Who may sign bundles for this folder.
CREATE TABLE bundle_signer (
  public_key TEXT NOT NULL PRIMARY KEY,        -- "ed25519:" and base64url
  name TEXT NOT NULL,             -- as the receiver calls them
  added_ms BIGINT NOT NULL,
  removed_ms BIGINT);             -- no longer trusted

-- Append-only: bundles that were installed.
CREATE TABLE bundle_install (
  id BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL REFERENCES event(id) ON DELETE CASCADE,
  manifest TEXT NOT NULL,         -- SHA-256 of the signed bytes
  public_key TEXT NOT NULL,
  signer TEXT NOT NULL,           -- their name then
  signed_ms BIGINT NOT NULL,
  installed_ms BIGINT NOT NULL,
  actor TEXT NOT NULL);

-- What each of them brought: the version that a paper got, or had already.
CREATE TABLE bundle_paper (
  install_id BIGINT NOT NULL REFERENCES bundle_install(id) ON DELETE CASCADE,
  document_id BIGINT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  file TEXT NOT NULL,             -- its path in the bundle
  secrecy TEXT,                   -- the stamp that it bears and that the sender let pass
  PRIMARY KEY (install_id, document_id));
CREATE INDEX bundle_paper_by_document ON bundle_paper(document_id, version);
