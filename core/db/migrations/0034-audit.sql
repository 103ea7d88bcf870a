-- The audit log can be searched: of which event and person a line tells, and its words folded (docs/decisions/0057-console.md).

ALTER TABLE audit ADD COLUMN event TEXT;     -- slug as it was then; NULL: of none
ALTER TABLE audit ADD COLUMN person TEXT;    -- code as it was then; NULL: of nobody
ALTER TABLE audit ADD COLUMN text_fold TEXT; -- actor, subject, detail; NULL: from before there was a search

-- What older lines say in their subject: "event" or "event/person".
UPDATE audit SET event = (SELECT MIN(e.slug) FROM event e WHERE audit.subject = e.slug OR audit.subject LIKE e.slug || '/%')
WHERE action NOT LIKE 'account%' AND action NOT IN ('sign_in', 'password');
UPDATE audit SET person = (SELECT p.code FROM person p WHERE p.code = SUBSTR(audit.subject, LENGTH(audit.event) + 2)) WHERE event IS NOT NULL;

CREATE INDEX audit_by_actor ON audit(actor, id);
CREATE INDEX audit_by_action ON audit(action, id);
CREATE INDEX audit_by_event ON audit(event, id);
CREATE INDEX audit_by_person ON audit(person, id) WHERE person IS NOT NULL;
