//! Headless Chromium on the demo's page. Screenshots go to `target/screenshots`.
//! Chromium and its driver are found if they are installed; without them the tests say so.

mod cards;
mod connecting;
mod door;
mod driver;
mod keys;
mod mini_app;
mod page;
mod picture;
mod readable;
mod reset;
mod sign_in;
mod visit;
