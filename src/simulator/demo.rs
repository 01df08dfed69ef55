//! `guichet demo`: the counter on a stage, for whoever opens its page.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use super::Person;
use super::stage::{Setting, Stage};
use crate::clock::{Clock, Random};
use crate::import::samples;

/// Serves the demo until `stopped` returns.
pub async fn run(listen: SocketAddr, stopped: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let setting = Setting::new(Clock::machine(), Random::machine())?;
    let stage = Stage::open(Setting { listen, ..setting }).await?;
    let mut greeting = format!(
        "The counter is open: http://{}\nSign in with one of these, the code arrives in the mailbox beside the chat,\n\
         or with the password \"{}\", which all but Nina have:\n",
        stage.serving.address,
        samples::PASSWORD
    );
    for person in people() {
        // Writing to a String cannot fail.
        let _ = writeln!(greeting, "  {:<20} as {}", person.emails.join(", "), person.name());
        stage.simulator.with(|world| world.add_person(person));
    }
    greeting.push_str("Stop with ctrl-c.\n");
    // Whoever started the demo may not read what it says; the page works all the same.
    let _ = std::io::stdout().write_all(greeting.as_bytes());
    stopped.await?;
    stage.app.stop().await;
    Ok(())
}

/// The holders of the sample accounts, each with a Telegram client in their own language.
pub fn people() -> [Person; 5] {
    let person = |id, first_name: &str, last_name: &str, username: &str, language: &str, email: &str| Person {
        last_name: Some(last_name.to_owned()),
        username: Some(username.to_owned()),
        emails: vec![email.to_owned()],
        ..Person::new(id, first_name, language)
    };
    [
        person(1001, "Claire", "Martin", "claire_example", "fr", "claire@example.org"),
        person(1002, "Борис", "Иванов", "boris_example", "ru", "boris@example.org"),
        person(1003, "Alice", "Smith", "alice_example", "en", "alice@example.org"),
        person(1004, "Luc", "Petit", "luc_example", "fr", "luc@example.org"),
        person(1005, "Нина", "Орлова", "nina_example", "ru", "nina@example.org"),
    ]
}
