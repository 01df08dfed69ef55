//! The integration tests, one binary: transcripts, screens, the store on both databases, kills, imports and copies, the browser, the layers.

mod browser;
mod counter;
mod faults;
mod kill;
mod layers;
mod operator;
mod privacy;
mod process;
mod reset;
mod review;
mod screens;
mod store;
mod transcripts;
mod transfer;
