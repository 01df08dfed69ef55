//! The integration tests, one binary: transcripts, screens, the store on both databases, kills, imports and copies, the browser, the layers, security.

mod admin;
mod browser;
mod check;
mod counter;
mod faults;
mod help;
mod layers;
mod leak;
mod moving;
mod official;
mod operator;
mod postgres;
mod privacy;
mod process;
mod replicas;
mod reset;
mod review;
mod screens;
mod security;
mod server;
mod smtp;
mod store;
mod transcripts;
mod transfer;
mod unlocked;
mod webhook;
