-- Badges that are on their way to a printer: taken before the job is sent, gone when it ended, so that two who press the button at once, here or beside us,
-- print once. Whose program died holds them until `until_ms` at most.
CREATE TABLE print_claim (
  kind TEXT NOT NULL,             -- of paper, as of the run
  card BIGINT NOT NULL,           -- 1: a member card
  holder_id BIGINT NOT NULL,      -- the delegate, or the person of a card: a lost badge that is replaced is still theirs
  run_id BIGINT NOT NULL REFERENCES print_run(id),
  until_ms BIGINT NOT NULL,
  PRIMARY KEY (kind, card, holder_id));
CREATE INDEX print_claim_by_run ON print_claim(run_id);
