-- A question and its answer are shown to the browser that asked, and after the PIN: a badge is worn and photographed.

ALTER TABLE question ADD COLUMN browser_hash TEXT; -- SHA-256 of its cookie; NULL: asked where the PIN had been given, or before this patch
