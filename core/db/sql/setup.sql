-- What the console's forms look up beside the tables of the event file (core/congress/event_file/setup.c).

-- setup_category_delegates :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM delegate WHERE category_id = $1;

-- setup_attribute_people :maybe (id i64) -> (total i64)
SELECT COUNT(*) FROM person_attribute WHERE type_id = $1;
