-- Which account a subject of the audit is, is sealed with the key. What an earlier version noted is sealed when the counter is next started;
-- the seal of the audit's newest checkpoint says whether that is done.
ALTER TABLE audit_subject ADD COLUMN seal TEXT NOT NULL DEFAULT '';
