//! Several replicas on one PostgreSQL database: one polls, all carry out effects, and what one leaves behind another takes over.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use guichet::clock::Clock;
use guichet::simulator::{Person, Sender, Simulator};

use crate::postgres::Server;
use crate::process::{self, Process};

const ALICE: i64 = 1003;
/// What the issue of a dead replica may take, with a restart of the server in it.
const PATIENCE: Duration = Duration::from_secs(20);

/// `guichet run` on the server's database.
fn replica(server: &Server, folder: &Path, simulator: &Simulator, address: SocketAddr) -> Process {
    let child = process::guichet(folder, &["run"])
        .env("DATABASE_URL", server.url())
        .env("TELOXIDE_TOKEN", simulator.token())
        .env("TELOXIDE_API_URL", format!("http://{address}"))
        .env("GUICHET_OPERATOR", "Example Association <help@example.org>")
        .env("GUICHET_SEND_RATE", "0")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Process(child)
}

/// Types something and waits for a message in answer; how long that took.
async fn is_answered(simulator: &Simulator, text: &str) -> Duration {
    let begin = Instant::now();
    let typed = simulator.with(|world| world.person_types(ALICE, text)).unwrap();
    let answer = simulator.until_in(ALICE, |world| {
        world.messages(ALICE).iter().any(|message| message.from == Sender::Bot && message.id > typed).then_some(())
    });
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| panic!("no answer to {text}"));
    begin.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_replica_takes_over() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::new(Clock::machine());
    let serving = simulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    simulator.with(|world| world.add_person(Person::new(ALICE, "Alice", "en")));

    let mut first = replica(&server, folder.path(), &simulator, serving.address);
    is_answered(&simulator, "/menu").await;
    let mut second = replica(&server, folder.path(), &simulator, serving.address);
    for _ in 0..3 {
        first.kill();
        let took = is_answered(&simulator, "/help").await;
        assert!(took < Duration::from_secs(15), "{took:?}");
        first = std::mem::replace(&mut second, replica(&server, folder.path(), &simulator, serving.address));
    }
    server.stop_hard();
    simulator.with(|world| world.person_types(ALICE, "/status")).unwrap();
    server.start_again();
    is_answered(&simulator, "/help").await;
    is_answered(&simulator, "/menu").await;
    let kept = simulator.with(|world| world.messages(ALICE).iter().filter(|message| message.from == Sender::Bot).count());
    assert!(kept >= 5, "{kept}");
}
