//! Several replicas on one PostgreSQL database: one polls, all carry out effects, and what one leaves behind another takes over.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use guichet::clock::Clock;
use guichet::domain::ChatId;
use guichet::simulator::{Person, Sender, Simulator};
use guichet::store::{Db, effect, lane};

use crate::postgres::Server;
use crate::process::{self, Process};
use crate::unlocked::{index, unlocked};

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

#[tokio::test]
async fn a_lane_is_one_replicas_until_it_is_empty_or_the_replica_is_gone() {
    let Some(server) = Server::start() else { return };
    let db = unlocked(Db::open(&server.settings().database).await.unwrap(), server.folder()).await;
    let (mut first, mut second) = (db.session().await.unwrap().unwrap(), db.session().await.unwrap().unwrap());
    let (one, two) = (first.join().await.unwrap().unwrap(), second.join().await.unwrap().unwrap());
    assert_ne!(one, two);
    let mut conn = db.conn().await.unwrap();
    let index = index(&conn, 7);
    let (chat_7, mail_7) = (format!("chat {index}"), format!("mail {index}"));
    let lanes = || [mail_7.clone(), chat_7.clone()];
    assert_eq!(lane::take(&mut conn, one, lanes()).await.unwrap().len(), 2);
    assert!(lane::take(&mut conn, two, lanes()).await.unwrap().is_empty(), "both are the first one's");
    let new = || effect::New { lane: ("chat", ChatId(7)), to: None, kind: "retire", payload: "{}".to_owned() };
    let stored = effect::insert(&mut conn, vec![new()], Clock::machine().now()).await.unwrap();
    assert!(!lane::give_up(&mut conn, one, &chat_7).await.unwrap(), "something is left to do");
    assert!(lane::give_up(&mut conn, one, &mail_7).await.unwrap());
    assert_eq!(lane::take(&mut conn, two, lanes()).await.unwrap(), HashSet::from([mail_7.clone()]));
    assert!(lane::take_over(&mut conn, two).await.unwrap().is_empty(), "the first one lives");

    first.end().await;
    // The server learns of a closed connection when it gets to it.
    let taken = loop {
        let taken = lane::take_over(&mut conn, two).await.unwrap();
        if !taken.is_empty() {
            break taken;
        }
    };
    assert_eq!(taken, [chat_7.as_str()]);
    effect::delete(&mut conn, &[stored[0].0]).await.unwrap();
    assert!(lane::give_up(&mut conn, two, &chat_7).await.unwrap());
    assert_eq!(lane::of_replica(&mut conn, two).await.unwrap(), HashSet::from([mail_7.clone()]));
    lane::free(&mut conn, two).await.unwrap();
    assert!(lane::of_replica(&mut conn, two).await.unwrap().is_empty());
}

/// What a turn adds while the lane is being given up is not left lying.
#[tokio::test]
async fn a_lane_is_not_given_up_beside_one_who_takes_it() {
    let Some(server) = Server::start() else { return };
    let db = unlocked(Db::open(&server.settings().database).await.unwrap(), server.folder()).await;
    let (mut giving, mut taking) = (db.conn().await.unwrap(), db.conn().await.unwrap());
    let chat_7 = format!("chat {}", index(&giving, 7));
    lane::take(&mut giving, 1, [chat_7.clone()]).await.unwrap();
    taking.begin().await.unwrap();
    let new = effect::New { lane: ("chat", ChatId(7)), to: None, kind: "retire", payload: "{}".to_owned() };
    effect::insert(&mut taking, vec![new], Clock::machine().now()).await.unwrap();
    assert!(lane::take(&mut taking, 2, [chat_7.clone()]).await.unwrap().is_empty());
    let giving = tokio::spawn(async move { lane::give_up(&mut giving, 1, &chat_7).await.unwrap() });
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let mut watching = db.conn().await.unwrap();
    while watching.number(waits, vec![]).await.unwrap() == 0 {}
    taking.commit().await.unwrap();
    assert!(!giving.await.unwrap());
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
