-- The links that were mailed to set a new password with. Of a link only the hash of its token is kept; `person` is the
-- Telegram account that asked, as the mail and the page name it.
CREATE TABLE reset_link (
    token_hash TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (account_id),
    chat_id    BIGINT NOT NULL,
    person     TEXT NOT NULL,
    language   TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    void       BIGINT NOT NULL
);
CREATE INDEX reset_link_account ON reset_link (account_id, issued_at);
CREATE INDEX reset_link_age ON reset_link (expires_at);
