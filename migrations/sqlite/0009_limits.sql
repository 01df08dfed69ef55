-- The link to the sign-in page that a chat has asked for, one at most: a newer one takes its place. Link and code are derived from
-- the nonce and the key; `account_id` is the account whose password was entered, and `tries` counts wrong codes.
CREATE TABLE sign_in_request (
    chat_id    BIGINT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    nonce      TEXT NOT NULL,
    person     TEXT NOT NULL,
    language   TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    account_id BIGINT,
    proven_at  BIGINT,
    tries      BIGINT NOT NULL,
    used       BIGINT NOT NULL
);
CREATE INDEX sign_in_request_age ON sign_in_request (issued_at);

-- How much of a limit is used up: the time at which it is whole again, as it stood at `seen_at`. The name is a keyed hash of what
-- is limited.
CREATE TABLE limit_bucket (
    name     TEXT PRIMARY KEY,
    whole_at BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL
);
CREATE INDEX limit_bucket_age ON limit_bucket (whole_at);

-- Which chat was signed in to which account before, both as keyed hashes: such a chat has limits of its own.
CREATE TABLE known_chat (
    mark    TEXT PRIMARY KEY,
    chat    TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX known_chat_chat ON known_chat (chat);
CREATE INDEX known_chat_age ON known_chat (seen_at);

-- Whose hash stands in for an address that has none is found without looking at the accounts that have none either.
CREATE INDEX account_with_password ON account (account_id) WHERE password_hash <> '';

-- What a link to set a new password with leaves behind where its address has no account: as much is written, so that nobody can tell by
-- the time. The address stands here as a keyed hash.
CREATE TABLE reset_decoy (
    token_hash TEXT PRIMARY KEY,
    address    TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    void       BIGINT NOT NULL
);
CREATE INDEX reset_decoy_address ON reset_decoy (address, issued_at);
CREATE INDEX reset_decoy_age ON reset_decoy (expires_at);
