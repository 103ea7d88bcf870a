-- The organiser's room of papers: what was edited there, secrecy stamps, uploads, names of readers, questions.

ALTER TABLE document ADD COLUMN edited TEXT;           -- keys of the event file that the organiser set on the console, between spaces: an import leaves them
ALTER TABLE document ADD COLUMN stamp TEXT;            -- the secrecy stamp that its newest version bears; NULL: none was found
ALTER TABLE document ADD COLUMN stamp_let_ms BIGINT;   -- the organiser let it pass; NULL: nobody sees the paper
ALTER TABLE document_version ADD COLUMN upload TEXT;   -- the upload that brought it, so that none counts twice; NULL: it came otherwise
CREATE UNIQUE INDEX document_version_by_upload ON document_version(upload);

ALTER TABLE event ADD COLUMN opened_names BIGINT NOT NULL DEFAULT 0;   -- the organiser may see by name who has not opened a paper
ALTER TABLE event ADD COLUMN questions_closed_ms BIGINT;               -- no more questions to the desk; NULL: they are open
