-- What screens ask for five times a second is found by what is unusual: who stands for somebody, who is absent, who is no member of the summoned (core/congress/figures/special.c).
CREATE INDEX delegate_by_exception ON delegate(event_id) WHERE status <> 'summoned' OR person_id IS NULL OR absence IS NOT NULL OR replaces IS NOT NULL;
CREATE INDEX delegate_state_by_group ON delegate_state(event_id) WHERE by_group = 1;
CREATE INDEX amendment_by_event ON amendment(event_id, made_ms);

-- Scans that came more than a minute after they were made: they put the past right (docs/decisions/0043-past.md).
CREATE INDEX scan_late ON scan(event_id, received_ms) WHERE received_ms - true_ms > 60000;
