-- Finding people while somebody types: core/congress/delegates/find_index.h, docs/decisions/0035-search.md.

-- What is searched together: the register (event_id 0), and the delegates of each event. A row says that its entries are complete.
CREATE TABLE find_scope (
  number BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL UNIQUE);

-- One row for each person of the register, and one for each delegate: the words that find them, in the order of lists. Kept in the transaction that changes
-- what they are made of. place: the scope's number in the high bits, in the low ones room between neighbours, so that a walk-in moves nobody.
CREATE TABLE find_entry (
  place BIGINT PRIMARY KEY,
  scope BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,     -- a person, or a delegate
  sort TEXT NOT NULL,
  name TEXT NOT NULL,             -- words, folded, with one space between each
  whole TEXT NOT NULL,            -- number, seat, code: each as one word
  rest TEXT NOT NULL,             -- of the unit, and the parts of numbers and codes
  tail TEXT NOT NULL,             -- the phone number's digits from its end
  UNIQUE (scope, subject_id));

-- Engines with an index of words make one of it (core/db/words.h).
-- words index find_words of find_entry(name, whole, rest, tail)
