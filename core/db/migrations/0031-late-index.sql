-- Screens count the day's late scans five times a second. Where a gate was alone for a morning these are tens of thousands: they are counted within the index, and what was taken back of them,
-- which is little, is found by its event.
DROP INDEX scan_late;
CREATE INDEX scan_late ON scan(event_id, received_ms, true_ms, outcome, delegate_id) WHERE received_ms - true_ms > 60000;
CREATE INDEX correction_by_event ON correction(event_id, kind, scan);
