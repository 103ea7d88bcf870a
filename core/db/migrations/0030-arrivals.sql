-- The curve of arrivals counts first arrivals of each local day, no longer of the event (docs/decisions/0043-past.md). SQL knows no time zones: whoever opens the record next counts
-- everything anew, once (tally_complete). What was answered by the old rule is asked for again.
INSERT INTO setting(name, value) VALUES('tally.rebuild', '1') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
UPDATE event SET figures_seq = figures_seq + 1;
