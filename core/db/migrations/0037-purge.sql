-- When the people of an event are erased, and that they were (docs/decisions/0057-console.md).

ALTER TABLE event ADD COLUMN erase_ms BIGINT;  -- the organiser's own day for it; NULL: by the kind of event
ALTER TABLE event ADD COLUMN purged_ms BIGINT; -- when it was done

-- Of a fixed figure whose list lost its names: what the list that is left says, as a hash. The figure's own row and its chain stay as they were.
CREATE TABLE figure_fixed_erased (
  id BIGINT PRIMARY KEY,          -- the figure
  at_ms BIGINT NOT NULL,
  people_hash TEXT NOT NULL);
-- forever figure_fixed_erased
