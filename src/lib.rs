//! guichet: the account-help counter of a payment service that is being wound down, as a Telegram bot.
//!
//! # The way of one update
//!
//! [`bot`]'s poller asks Telegram for updates, or its webhook is called with them; each goes to the writer. The writer opens a transaction, and in it each
//! update has its *turn*: the shell tells what arrived (`bot/schema.rs`), [`dialogue`] moves the conversation and makes a screen as
//! data, `bot/render.rs` makes text and buttons of it in the holder's language. State, events and *effects* commit together or not at all; only then is the
//! update acknowledged, by asking for the next or by the webhook's 200. The lanes of [`effects`] carry out what was left to do: Telegram calls, mails,
//! documents. What holders enter on the pages of [`web`] goes the same way, as a job of the writer.
//!
//! # The rooms, from the ground up
//!
//! | room | what lives there |
//! | --- | --- |
//! | [`clock`] | time and randomness, real or in a test's hands |
//! | [`domain`] | what the counter knows about holders and the service; no input or output |
//! | [`locale`] | the texts: Fluent files, and numbers, money and dates as each language writes them |
//! | [`secret`] | the key, and the codes and references derived from it |
//! | [`seal`] | what encrypts the values of the database that identify a holder, and the keyed indexes they are found by |
//! | [`config`] | the settings |
//! | [`crash`] | where a test may have the process die; nothing in a release |
//! | [`unlock`] | brings a database and its key together |
//! | [`rotation`] | the change of the key |
//! | [`store`] | the database: one file a table; the pools, the migrations |
//! | [`effects`] | what turns leave to be done outside, as rows in lanes; the workers |
//! | [`turn`] | what a flow has in hand while it handles an update |
//! | [`dialogue`] | the flows, one file each, and what they share |
//! | [`bot`] | the shell around them: polling and the webhook, routing, the writer, rendering |
//! | [`web`] | the pages for holders, such as the one that a mailed link opens |
//! | [`import`] | accounts, cards and payments from CSV files |
//! | [`witness`] | whether the clock may be believed where it decides over what is erased |
//! | [`watch`] | numbers and signs of life that the parts tell of themselves |
//! | [`admin`] | `/healthz`, `/readyz`, `/metrics` for the operator's machines |
//! | [`replica`] | what this process is among those that serve from the same database |
//! | [`app`] | builds the parts, runs them, stops them |
//! | [`export`] | the files of an import, written out |
//! | [`moving`] | everything a counter keeps, out of one database and into a new one |
//! | [`backup`] | a copy of the database, checked, its key named |
//! | [`hand`] | what the operator does to one account |
//! | [`feedback`] | what holders thought of the help articles, for the operator |
//! | [`receipt`] | whether a receipt is genuine, for the operator |
//! | [`progress`] | how far a long command has come |
//! | [`simulator`] | a Telegram in memory, the demo's page, transcripts |
//! | [`check`] | what `guichet check` examines, one file an examination |
//! | [`cli`] | the commands |
//!
//! # To add …
//!
//! * a **text**: the `.ftl` files of all three languages in `locales/`; `cargo test locale` finds what is missing or unused.
//! * a **flow**: a file in `src/dialogue/` with `on` and `show`, a variant of `Dialogue` in `state.rs`, a branch in `dialogue/mod.rs`,
//!   and transcripts in `tests/transcripts/`.
//! * a **button**: a variant of `Tap` in `dialogue/tap.rs`, with its verb on the wire.
//! * a **command**: `bot/schema.rs`, with its description in `locales/*/bot.ftl`.
//! * a **statement**: the file of its table in `src/store/`, through `statements!`, so that both databases are asked to prepare it.
//!   What hangs on a chat is erased in `dialogue/privacy.rs` and told in `effects/document/parts.rs`.
//! * an **effect**: `effects/effect.rs`, and the worker that carries it out.
//! * a **letter**: a variant of `Letter`, an arm in `effects/mail/letter.rs`, its texts in `locales/*/mail.ftl`.
//! * a **page**: a file in `src/web/`, its template in `templates/`, its texts in `locales/*/pages.ftl`.
//! * a **number**: counted in `watch/metrics.rs`; asked of the database in `store/gauge.rs` and `Stored`.
//! * a **trick** of impostors: a variant of `Trick` in `domain/official/mod.rs`, its rule in `trick.rs`, its sentence in
//!   `locales/*/official.ftl`.
//! * a **help topic**: a block `topic-NAME` in `locales/*/topics.ftl`; no code.

pub mod admin;
pub mod app;
pub mod backup;
pub mod bot;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crash;
pub mod dialogue;
pub mod domain;
pub mod effects;
pub mod export;
pub mod feedback;
pub mod hand;
pub mod import;
pub mod locale;
pub mod moving;
pub mod progress;
pub mod receipt;
pub mod replica;
pub mod rotation;
pub mod seal;
pub mod secret;
pub mod simulator;
pub mod store;
pub mod turn;
pub mod unlock;
pub mod watch;
pub mod web;
pub mod witness;
