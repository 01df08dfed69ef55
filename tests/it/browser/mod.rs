//! Headless Chromium on the demo's page. Screenshots go to `target/screenshots`.
//! Chromium and its driver are found if they are installed; without them the tests say so.

mod cards;
mod driver;
mod page;
mod picture;
mod reset;
mod visit;
