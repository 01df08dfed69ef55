-- What this database belongs to, and how it was last left.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The updates whose turn has committed; kept 48 hours.
CREATE TABLE processed_update (
    update_id    BIGINT PRIMARY KEY,
    processed_at BIGINT NOT NULL
);
CREATE INDEX processed_update_age ON processed_update (processed_at);

-- How often the turn of an update was tried without success.
CREATE TABLE update_attempt (
    update_id BIGINT PRIMARY KEY,
    tries     BIGINT NOT NULL
);

CREATE TABLE account (
    account_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    language      TEXT NOT NULL,
    state         TEXT NOT NULL,
    opened_on     TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_here BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE balance (
    account_id BIGINT NOT NULL REFERENCES account (account_id),
    currency   TEXT NOT NULL,
    minor      BIGINT NOT NULL,
    PRIMARY KEY (account_id, currency)
);

-- A card taken off stays as a tombstone, so that an import does not bring it back.
CREATE TABLE card (
    card_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES account (account_id),
    card_ref   TEXT NOT NULL UNIQUE,
    brand      TEXT NOT NULL,
    last4      TEXT NOT NULL,
    expires    TEXT NOT NULL,
    linked_on  TEXT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX card_account ON card (account_id);

CREATE TABLE payment (
    payment_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  BIGINT NOT NULL REFERENCES account (account_id),
    payment_ref TEXT NOT NULL UNIQUE,
    paid_at     BIGINT NOT NULL,
    merchant    TEXT NOT NULL,
    minor       BIGINT NOT NULL,
    currency    TEXT NOT NULL,
    status      TEXT NOT NULL,
    card_last4  TEXT NOT NULL
);
CREATE INDEX payment_newest ON payment (account_id, paid_at, payment_id);

CREATE TABLE chat (
    chat_id         BIGINT PRIMARY KEY,
    language        TEXT NOT NULL,
    language_chosen BIGINT NOT NULL,
    dialogue        TEXT NOT NULL,
    revision        BIGINT NOT NULL,
    message_id      BIGINT,
    screen_kind     TEXT NOT NULL,
    blocked         BIGINT NOT NULL,
    seen_at         BIGINT NOT NULL
);

-- Stored dialogues that no longer decoded, set aside for the engineer.
CREATE TABLE set_aside_dialogue (
    set_aside_id INTEGER PRIMARY KEY AUTOINCREMENT,
    dialogue     TEXT NOT NULL,
    set_aside_at BIGINT NOT NULL
);

CREATE TABLE session (
    session_id INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (account_id),
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE UNIQUE INDEX session_open ON session (chat_id) WHERE ended_at IS NULL;
CREATE INDEX session_account ON session (account_id);

-- The one-time code a chat has asked for; the code itself is derived from the nonce and the key, never stored.
CREATE TABLE one_time_code (
    chat_id    BIGINT PRIMARY KEY,
    nonce      TEXT NOT NULL,
    email      TEXT NOT NULL,
    account_id BIGINT,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    resends    BIGINT NOT NULL,
    used       BIGINT NOT NULL
);

-- What a turn leaves to be done outside, in lanes. A done effect's row is deleted; a dead letter keeps no payload.
CREATE TABLE effect (
    effect_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    lane       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    payload    TEXT,
    tries      BIGINT NOT NULL DEFAULT 0,
    due_at     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    died       TEXT
);
CREATE INDEX effect_alive ON effect (effect_id) WHERE died IS NULL;

-- What changed, for the operator's other systems.
CREATE TABLE event (
    event_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    account_id  BIGINT NOT NULL,
    payload     TEXT NOT NULL,
    happened_at BIGINT NOT NULL
);

-- What was done, and the receipt given for it.
CREATE TABLE audit (
    audit_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    reference   TEXT NOT NULL UNIQUE,
    action      TEXT NOT NULL,
    account_id  BIGINT NOT NULL,
    outcome     TEXT NOT NULL,
    happened_at BIGINT NOT NULL
);
