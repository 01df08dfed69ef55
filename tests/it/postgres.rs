//! A PostgreSQL server of a test's own, from the binaries on this machine: on a free port, in a folder of its own, as a plain user.
//! Where PostgreSQL is not installed the test says so; in CI it must be.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use guichet::config::Settings;

/// A running server; it is stopped when it is dropped.
pub struct Server {
    folder: tempfile::TempDir,
    binaries: PathBuf,
    port: u16,
}

impl Server {
    /// Makes a database cluster and starts a server on it; `None` where PostgreSQL is not installed, which is said.
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            eprintln!("\n!!! PostgreSQL is not installed: this was NOT tested. Install Debian's `postgresql`.\n");
            assert!(std::env::var_os("CI").is_none(), "in CI PostgreSQL must be there");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, binaries, port };
        run(as_plain_user(&server.binaries.join("initdb")).args(["-A", "trust", "-U", "guichet", "-E", "UTF8", "-D"]).arg(server.data()));
        server.start_again();
        Some(server)
    }

    /// Starts the server after it was stopped, on the same port.
    pub fn start_again(&self) {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        run(self.control().args(["-w", "-o", &options, "-l"]).arg(self.folder.path().join("log")).arg("start"));
    }

    /// Stops the server as a crash does: nothing is finished, connections break.
    pub fn stop_hard(&self) {
        run(self.control().args(["-m", "immediate", "stop"]));
    }

    /// Starts the server anew, letting in whom these lines of `pg_hba.conf` say, besides the counter's user.
    pub fn admit(&self, lines: &str) {
        self.stop_hard();
        std::fs::write(self.data().join("pg_hba.conf"), format!("host all guichet 127.0.0.1/32 trust\n{lines}")).unwrap();
        self.start_again();
    }

    /// The address for another user and another database.
    pub fn url_of(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// What to set `DATABASE_URL` to.
    pub fn url(&self) -> String {
        self.url_of("guichet", "postgres")
    }

    /// The settings of a counter that uses the server.
    pub fn settings(&self) -> Settings {
        Settings::load(&|name: &str| (name == "DATABASE_URL").then(|| self.url()), self.folder()).unwrap()
    }

    /// A folder that goes with the server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn control(&self) -> Command {
        let mut control = as_plain_user(&self.binaries.join("pg_ctl"));
        control.arg("-D").arg(self.data());
        control
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test may have left it stopped.
        let _ = quietly(self.control().args(["-m", "immediate", "stop"])).stderr(Stdio::null()).status();
    }
}

fn quietly(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null())
}

fn run(command: &mut Command) {
    let status = quietly(command).status().unwrap();
    assert!(status.success(), "{command:?}");
}

/// PostgreSQL refuses to run as root.
fn as_plain_user(program: &Path) -> Command {
    let root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
    let mut command = Command::new(if root { Path::new("runuser") } else { program });
    if root {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.current_dir("/tmp");
    command
}

/// Where `initdb` is: on `PATH`, or in the newest of Debian's folders.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.map(|version| version.unwrap().path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders.into_iter().find(|folder| folder.join("initdb").exists())
}
