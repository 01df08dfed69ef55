-- Staged rows are merged a range of lines at a time, so each is found by its line.
DROP TABLE staged_account;
DROP TABLE staged_balance;
DROP TABLE staged_card;
DROP TABLE staged_payment;

-- What an import has read and not merged yet; empty while no import runs. `line` is the line of its file.
CREATE TABLE staged_account (
    line          BIGINT PRIMARY KEY,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    language      TEXT NOT NULL,
    state         TEXT NOT NULL,
    opened_on     TEXT NOT NULL,
    password_hash TEXT NOT NULL
);
CREATE INDEX staged_account_email ON staged_account (email);

CREATE TABLE staged_balance (
    line     BIGINT PRIMARY KEY,
    email    TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor    BIGINT NOT NULL
);

CREATE TABLE staged_card (
    line      BIGINT PRIMARY KEY,
    card_ref  TEXT NOT NULL,
    email     TEXT NOT NULL,
    brand     TEXT NOT NULL,
    last4     TEXT NOT NULL,
    expires   TEXT NOT NULL,
    linked_on TEXT NOT NULL
);

CREATE TABLE staged_payment (
    line        BIGINT PRIMARY KEY,
    payment_ref TEXT NOT NULL,
    email       TEXT NOT NULL,
    paid_at     BIGINT NOT NULL,
    merchant    TEXT NOT NULL,
    minor       BIGINT NOT NULL,
    currency    TEXT NOT NULL,
    status      TEXT NOT NULL,
    card_last4  TEXT NOT NULL
);
