-- Whether help articles helped. Nothing here leads to a person: no chat, no account, and the day instead of the time.
CREATE TABLE help_feedback (
    feedback_id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic       TEXT NOT NULL,
    language    TEXT NOT NULL,
    helpful     BIGINT NOT NULL,
    comment     TEXT NOT NULL DEFAULT '',
    day         TEXT NOT NULL
);
CREATE INDEX help_feedback_topic ON help_feedback (topic, language);
