//! The real binary as a process, for tests that kill it or read what it says.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use guichet::simulator::Simulator;

/// The binary with an environment of its own.
pub fn guichet(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("RUST_LOG", "warn")
        .env("GUICHET_LISTEN", "127.0.0.1:0")
        .env("GUICHET_ADMIN_LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null());
    command
}

/// A process that does not outlive its test, however that ends.
pub struct Process(pub Child);

impl Process {
    /// Kills it as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `guichet run` against a simulated Telegram.
pub fn run(folder: &Path, simulator: &Simulator, address: std::net::SocketAddr) -> Process {
    Process(run_command(folder, simulator, address).spawn().unwrap())
}

/// The command of [`run`], for an environment with more in it.
pub fn run_command(folder: &Path, simulator: &Simulator, address: std::net::SocketAddr) -> Command {
    let mut command = guichet(folder, &["run"]);
    command
        .env("TELOXIDE_TOKEN", simulator.token())
        .env("TELOXIDE_API_URL", format!("http://{address}"))
        .env("GUICHET_OPERATOR", "Example Association <help@example.org>")
        .env("GUICHET_SEND_RATE", "0")
        .stdout(Stdio::null());
    command
}

/// Runs a command to its end: exit code and what it wrote to standard error.
pub fn outcome(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}
