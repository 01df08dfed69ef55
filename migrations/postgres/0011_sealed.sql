-- What identifies a holder is sealed with the counter's key. Addresses and chats are found by keyed indexes: `email_index`, and
-- `chat_id`, which from here on is not Telegram's number but one that only the key leads to; Telegram's is sealed in `telegram_id`.
-- What an earlier version has left in the clear is sealed when the counter is next started: until then the new columns are empty.
ALTER TABLE account RENAME COLUMN email TO email_index;
ALTER TABLE account ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN name_index TEXT NOT NULL DEFAULT '';

ALTER TABLE staged_account RENAME COLUMN email TO email_index;
ALTER TABLE staged_account ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE staged_account ADD COLUMN name_index TEXT NOT NULL DEFAULT '';
ALTER TABLE staged_balance RENAME COLUMN email TO email_index;
ALTER TABLE staged_card RENAME COLUMN email TO email_index;
ALTER TABLE staged_payment RENAME COLUMN email TO email_index;

ALTER TABLE chat ADD COLUMN telegram_id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN telegram_id TEXT NOT NULL DEFAULT '';
ALTER TABLE parting ADD COLUMN telegram_id TEXT NOT NULL DEFAULT '';
ALTER TABLE reset_link ADD COLUMN telegram_id TEXT NOT NULL DEFAULT '';

-- Only the last minutes' are of use, and are asked for anew.
DELETE FROM data_request;
DELETE FROM sign_in_request;
ALTER TABLE sign_in_request ADD COLUMN telegram_id TEXT NOT NULL DEFAULT '';
