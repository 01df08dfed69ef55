//! Secrets with a mark of their own go through every flow of the real program, at its most talkative, on SQLite and on PostgreSQL: none
//! of them turns up in its log, its numbers or its dead letters. What the database's files hold is looked into elsewhere.

use std::path::Path;
use std::time::Duration;

use guichet::simulator::{Fault, FaultKind, Person, World};
use guichet::store::Conn;

use crate::faults::holder::newest_code;
use crate::faults::site::{Site, Store};
use crate::leak::leak;

const PATIENCE: Duration = Duration::from_secs(60);

/// The holder, whose every word would be known again, and somebody without an account.
const HOLDER: i64 = 77_123_456_789;
const STRANGER: i64 = 66_987_654_321;

const PASSWORD: &str = "zymurgy-Quokka-vexillum-93";
const REFUSED_PASSWORD: &str = "quokkaquokka";
const CARD: &str = "5555 5555 5555 4444";
const OTHER_CARD: &str = "378282246310005";

const ACCOUNTS: &str = "email,name,language,state,opened_on,password_hash\n\
                        quincunx@canary.example.org,Zebedee Quagmire,en,open,2015-05-05,\n";
const BALANCES: &str = "email,currency,amount\nquincunx@canary.example.org,EUR,90817.26\n";
const CARDS: &str =
    "card_ref,email,brand,last4,expires,linked_on\nref-vexillum,quincunx@canary.example.org,Maestro,8317,2027-01,2015-06-01\n";
const PAYMENTS: &str = "payment_ref,email,paid_at,merchant,amount,currency,status,card_last4\n\
                        pay-vexillum,quincunx@canary.example.org,2016-12-31T18:30:00Z,Gadfly Emporium,73519.46,EUR,paid,8317\n";

/// Words that are marked as they stand.
const WORDS: [&str; 17] = [
    "quincunx",
    "interloper",
    "canary.example",
    "Zebedee",
    "Quagmire",
    "Maestro",
    "vexillum",
    "Gadfly",
    "Thaddeus",
    "thaddeus_example",
    "Ursula",
    "zymurgy",
    "Quokka",
    "quokka",
    "honorificabilitudinity",
    "8317\"",
    "•••• 8317",
];

/// Whoever is at the real program.
struct Visitor<'a> {
    site: &'a Site,
    id: i64,
}

impl Visitor<'_> {
    async fn says(&self, text: &str) {
        let typed = self.site.simulator.with(|world| world.person_types(self.id, text)).unwrap();
        let answer = |world: &World| world.messages(self.id).iter().any(|message| message.id > typed).then_some(());
        tokio::time::timeout(PATIENCE, self.site.simulator.until_in(self.id, answer))
            .await
            .unwrap_or_else(|_| panic!("no answer to {text}"));
        self.site.settled().await;
    }

    /// Taps a button as soon as it is there.
    async fn taps(&self, label: &str) {
        let button =
            |world: &World| world.messages(self.id).iter().rev().find_map(|message| Some((message.id, message.data_of(label)?.to_owned())));
        let found = tokio::time::timeout(PATIENCE, self.site.simulator.until_in(self.id, button)).await;
        let (message, data) = found.unwrap_or_else(|_| panic!("no button [{label}]"));
        self.site.simulator.with(|world| world.person_taps(self.id, message, &data)).unwrap();
        self.site.settled().await;
    }
}

/// The newest mail in a folder whose text has something, and what that is.
async fn in_mail<R>(folder: &Path, look: impl Fn(&str) -> Option<R>) -> R {
    let waited = async {
        loop {
            let mails = std::fs::read_dir(folder).into_iter().flatten();
            let mut mails: Vec<_> = mails.map(|mail| mail.unwrap().path()).collect();
            mails.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
            let found = mails.iter().rev().find_map(|path| look(&std::fs::read_to_string(path).unwrap_or_default()));
            if let Some(found) = found {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("a mail comes")
}

/// The link in a mail, whose lines may be folded as quoted-printable.
fn link(mail: &str) -> Option<String> {
    let mail = mail.replace("=\r\n", "").replace("=3D", "=");
    let at = mail.find("/reset/")?;
    let begins = mail[..at].rfind("http")?;
    let end = mail[begins..].find(|letter: char| letter.is_whitespace() || letter == '"').unwrap_or(mail.len() - begins);
    Some(mail[begins..begins + end].to_owned())
}

/// Every flow, with a secret wherever one could go; the secrets that came about on the way.
async fn go_through_everything(site: &Site) -> Vec<String> {
    let holder = Visitor { site, id: HOLDER };
    let stranger = Visitor { site, id: STRANGER };
    let mut secrets = Vec::new();
    holder.says("/start quokka").await;
    holder.says("/signin").await;
    holder.says("quokka is no address").await;
    holder.says("quincunx@canary.example.org").await;
    let code = in_mail(&site.mails(), |_| newest_code(&site.mails(), "To: quincunx@canary.example.org")).await;
    let wrong = if code == "86420975" { "86420976" } else { "86420975" };
    holder.says(wrong).await;
    holder.says(PASSWORD).await;
    holder.says(&code).await;
    secrets.extend([code, wrong.to_owned()]);
    for said in ["/status", "/history", "/activity", "/sessions"] {
        holder.says(said).await;
    }
    holder.says("/cards").await;
    holder.taps("Maestro •••• 8317").await;
    holder.taps("Yes, take it off").await;
    holder.says("/help").await;
    holder.says("where is my honorificabilitudinity").await;
    holder.says(&format!("my card is {CARD}")).await;
    holder.says(OTHER_CARD).await;
    holder.says("/official https://quokka.example/vexillum?zymurgy").await;
    holder.says("/language").await;
    holder.says("/mydata").await;
    holder.says("/privacy").await;
    // Four digits alone are met by chance in any time that something took.
    secrets.extend(["5555555555554444", CARD, OTHER_CARD, "77123456789", "66987654321"].map(str::to_owned));

    // The password, on its page: refused, set, and the link used again.
    holder.says("/reset").await;
    holder.taps("I can’t see the picture").await;
    let answer = captcha(site).await;
    holder.says(&answer).await;
    holder.taps("Send the link").await;
    let link = in_mail(&site.mails(), link).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (password, again) in
        [(REFUSED_PASSWORD, REFUSED_PASSWORD), (PASSWORD, REFUSED_PASSWORD), (PASSWORD, PASSWORD), (PASSWORD, PASSWORD)]
    {
        client.get(&link).send().await.unwrap();
        client.post(&link).form(&[("password", password), ("again", again)]).send().await.unwrap();
    }
    site.settled().await;
    secrets.push(link.rsplit('/').next().unwrap().to_owned());

    stranger.says("/signin").await;
    stranger.says("interloper@canary.example.org").await;
    for _ in 0..5 {
        stranger.says("86420975").await;
    }
    stranger.says(&format!("{CARD} 737")).await;
    // What Telegram refuses, loses and breaks off.
    for kind in [FaultKind::ServerError(502), FaultKind::Reset, FaultKind::LoseAnswer] {
        site.simulator.with(|world| world.order(Fault { method: Some("sendMessage"), chat: Some(STRANGER), kind, times: 1 }));
        stranger.says("/help").await;
    }
    site.simulator.with(|world| world.person_blocks(STRANGER)).unwrap();
    site.settled().await;
    holder.says("/forget").await;
    holder.taps("Yes, erase everything").await;
    secrets
}

/// The answer to the sum that the holder is asked.
async fn captcha(site: &Site) -> String {
    use guichet::dialogue::{Dialogue, reset};
    use guichet::domain::ChatId;
    let db = site.db().await;
    let chat = guichet::store::chat::load(&mut db.conn().await.unwrap(), &[ChatId(HOLDER)]).await.unwrap().remove(0);
    db.close().await;
    let Ok(Dialogue::Reset(reset::State::Captcha { captcha, .. })) = Dialogue::read(&chat.dialogue) else { panic!("no captcha") };
    captcha.expected(&guichet::secret::Key::read(&site.path().join("guichet.key")).unwrap())
}

/// Effects of an earlier version that no longer decode, and one that does and fails for good: secrets in all of them.
async fn plant_dead_letters(conn: &mut Conn) {
    conn.script(
        "INSERT INTO effect (created_at, due_at, lane, kind, payload) VALUES \
         (1488350000000, 1488350000000, 'chat 77123456789', 'show', '{\"quokka\": \"quincunx@canary.example.org zymurgy\"}'), \
         (1488350000000, 1488350000000, 'mail 77123456789', 'mail_code', 'quincunx@canary.example.org'), \
         (1488350000000, 1488350000000, 'chat 77123456789', 'delete', '{\"delete\":{\"chat\":77123456789,\"message_id\":99999}}')",
    )
    .await
    .unwrap();
}

async fn nothing_is_told(store: Store) {
    let Some(site) = Site::open(store, 0, 0).await else { return };
    let folder = site.path().join("canary");
    std::fs::create_dir(&folder).unwrap();
    for (file, text) in [("accounts.csv", ACCOUNTS), ("balances.csv", BALANCES), ("cards.csv", CARDS), ("payments.csv", PAYMENTS)] {
        std::fs::write(folder.join(file), text).unwrap();
    }
    let imported = site.command(&["import", "canary"]).env("RUST_LOG", "trace").output().unwrap();
    assert!(imported.status.success());
    site.simulator.with(|world| {
        let mut holder = Person::new(HOLDER, "Thaddeus", "en");
        holder.username = Some("thaddeus_example".to_owned());
        world.add_person(holder);
        world.add_person(Person::new(STRANGER, "Ursula", "en"));
    });
    let db = site.db().await;
    plant_dead_letters(&mut db.conn().await.unwrap()).await;
    db.close().await;
    let mut process = site.run(&[("RUST_LOG", "trace")]);
    let mut secrets = go_through_everything(&site).await;
    secrets.extend(WORDS.map(str::to_owned));
    secrets.push(site.simulator.token().split_once(':').unwrap().1.to_owned());
    secrets.push(std::fs::read_to_string(site.path().join("guichet.key")).unwrap().trim().to_owned());

    let log = site.log();
    let address = log.lines().find(|line| line.contains("health and metrics are served")).unwrap().rsplit_once("address=").unwrap().1;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut numbers = String::new();
    for path in ["metrics", "readyz", "healthz"] {
        numbers += &client.get(format!("http://{}/{path}", address.trim())).send().await.unwrap().text().await.unwrap();
    }
    assert!(numbers.contains("guichet_turns_total"), "{numbers}");
    let db = site.db().await;
    let sql = "SELECT kind || ' ' || died || ' ' || lane || ' ' || COALESCE(payload, '') FROM effect WHERE died IS NOT NULL";
    let dead: Vec<(String,)> = db.conn().await.unwrap().rows(sql, vec![]).await.unwrap();
    db.close().await;
    assert!(dead.len() >= 2, "no dead letters: {dead:?}");
    let dead: String = dead.into_iter().map(|(letter,)| letter + "\n").collect();
    process.kill();
    let log = site.log();
    assert!(log.contains(" TRACE ") && log.contains("a turn has committed"), "the log is not at its most talkative");
    let beside = String::from_utf8_lossy(&imported.stderr).into_owned();
    for secret in secrets {
        for (place, text) in [("the log", &log), ("the import's log", &beside), ("the numbers", &numbers), ("the dead letters", &dead)] {
            assert_eq!(leak(text, &secret), None, "{secret} in {place}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_told_on_sqlite() {
    nothing_is_told(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_told_on_postgres() {
    nothing_is_told(Store::Postgres).await;
}
