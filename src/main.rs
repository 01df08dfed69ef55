//! Arguments, runtime, exit code: everything else is in the library.

use std::process::ExitCode;

use clap::Parser as _;
use guichet::cli::{self, Cli};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("guichet: {}", cli::in_one_line(&error));
            cli::exit_code(&error)
        }
    }
}
