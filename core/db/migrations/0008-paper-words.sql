-- Search in papers: the words of pages.

ALTER TABLE paper_reading ADD COLUMN place BIGINT;              -- its number in the index of words; NULL: not in it
ALTER TABLE paper_reading ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0; -- pages whose words are in it; searched when all are
CREATE UNIQUE INDEX paper_reading_by_place ON paper_reading(place);

-- An index of words is the engine's own (core/db/words.h): engines that have one read the next line as "make it", others as a comment.
-- words index paper_words
