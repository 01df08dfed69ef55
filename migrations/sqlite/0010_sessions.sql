-- When a session's holder proved last to be who they are: until now, when it began.
ALTER TABLE session ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
UPDATE session SET proven_at = started_at;

-- What the operator's hand has done to an account. A lock put on here outlasts what an import says of the account's state.
ALTER TABLE account ADD COLUMN locked_here BIGINT NOT NULL DEFAULT 0;

-- Chats whose session the operator has ended, until the counter has told them.
CREATE TABLE parting (
    chat_id BIGINT PRIMARY KEY,
    why     TEXT NOT NULL
);

-- Accounts that were erased, by a keyed hash of their address: an import does not bring them back.
CREATE TABLE erased_account (
    address_hash TEXT PRIMARY KEY,
    erased_at    BIGINT NOT NULL
);
