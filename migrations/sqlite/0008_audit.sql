-- Whose an audit row is, without saying who: a random reference for each account that something was done on. Erasing a holder deletes
-- the row here, and with it the only way from the audit to the person; the account's own row cannot go before.
CREATE TABLE audit_subject (
    account_id BIGINT PRIMARY KEY REFERENCES account (account_id),
    subject    TEXT NOT NULL UNIQUE
);
INSERT INTO audit_subject (account_id, subject)
SELECT account_id, lower(hex(randomblob(16))) FROM account WHERE account_id IN (SELECT account_id FROM audit);

-- Rows of the earlier version have no seal yet: the key makes it, at the next start.
CREATE TABLE audit_sealed (
    audit_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    reference   TEXT NOT NULL UNIQUE,
    action      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    seal        TEXT NOT NULL,
    place       BIGINT UNIQUE,
    chain       TEXT
);
INSERT INTO audit_sealed (audit_id, reference, action, subject, outcome, happened_at, seal)
SELECT audit_id, reference, action, COALESCE(subject, ''), outcome, happened_at, ''
FROM audit LEFT JOIN audit_subject ON audit_subject.account_id = audit.account_id ORDER BY audit_id;
DROP TABLE audit;
ALTER TABLE audit_sealed RENAME TO audit;
CREATE INDEX audit_of_subject ON audit (subject, audit_id);
CREATE INDEX audit_without_place ON audit (audit_id) WHERE place IS NULL;

-- `cut`: the last row that was removed by age; `head`: the newest that has its place. Places have no gaps, so that `place` is also how
-- many rows there were up to it.
CREATE TABLE audit_checkpoint (
    name       TEXT PRIMARY KEY,
    place      BIGINT NOT NULL,
    chain      TEXT NOT NULL,
    reached_at BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    seal       TEXT NOT NULL
);

-- Rows are written once, given their place once, and go only where a checkpoint says that they were cut off. Whoever may change the
-- tables may drop these triggers as well; what is done behind them shows by the seals.
CREATE TRIGGER audit_stands BEFORE UPDATE ON audit
WHEN OLD.place IS NOT NULL OR OLD.audit_id <> NEW.audit_id OR OLD.reference <> NEW.reference OR OLD.action <> NEW.action
     OR OLD.subject <> NEW.subject OR OLD.outcome <> NEW.outcome OR OLD.happened_at <> NEW.happened_at
     OR OLD.seal <> '' AND OLD.seal <> NEW.seal
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
WHEN OLD.place IS NULL OR OLD.place > COALESCE((SELECT place FROM audit_checkpoint WHERE name = 'cut'), 0)
BEGIN
    SELECT RAISE(ABORT, 'audit rows stay until a checkpoint says that they are cut off');
END;
CREATE TRIGGER audit_checkpoint_advances BEFORE UPDATE ON audit_checkpoint
WHEN NEW.name <> OLD.name OR NEW.place < OLD.place
BEGIN
    SELECT RAISE(ABORT, 'checkpoints of the audit only go forward');
END;
CREATE TRIGGER audit_checkpoint_stays BEFORE DELETE ON audit_checkpoint
BEGIN
    SELECT RAISE(ABORT, 'checkpoints of the audit stay');
END;
