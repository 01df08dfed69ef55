-- When a chat asked last for what is kept about it.
CREATE TABLE data_request (
    chat_id  BIGINT PRIMARY KEY,
    asked_at BIGINT NOT NULL
);

-- Failed tries of an update are forgotten with age.
ALTER TABLE update_attempt ADD COLUMN tried_at BIGINT NOT NULL DEFAULT 0;

-- A dead letter does not name its chat.
UPDATE effect SET lane = '' WHERE died IS NOT NULL;

-- What is read by account or swept by age, however much there is.
CREATE INDEX event_account ON event (account_id);
CREATE INDEX audit_account ON audit (account_id);
CREATE INDEX chat_age ON chat (seen_at);
CREATE INDEX session_chat ON session (chat_id);
CREATE INDEX reset_link_chat ON reset_link (chat_id);
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX effect_dead ON effect (created_at) WHERE died IS NOT NULL;
