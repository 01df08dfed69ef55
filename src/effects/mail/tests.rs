//! Every letter in every language: both bodies, and the headers.

use jiff::SignedDuration;
use lettre::message::Mailbox;
use proptest::prelude::*;

use super::part::Part;
use super::*;
use crate::clock::Random;
use crate::domain::{ChatId, Language};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn mailer() -> Mailer {
    let folder = tempfile::tempdir().unwrap();
    Mailer {
        transport: Transport::Watched(Box::new(|_| ())),
        from: "Example Association <help@example.org>".parse::<Mailbox>().unwrap(),
        operator: "Example & Sons <help@example.org>".parse().unwrap(),
        operator_is_service: false,
        service: "Example Pay".to_owned(),
        contact: "service@example.org".to_owned(),
        locales: Arc::new(Locales::built_in().unwrap()),
        key: Key::create(&folder.path().join("key"), &Random::seeded(1)).unwrap(),
        public_url: "https://example.org/counter/".parse().unwrap(),
    }
}

fn letters() -> Vec<Letter> {
    let removed = |recorded| Letter::CardRemoved {
        brand: "Visa".to_owned(),
        last4: "1117".to_owned(),
        reference: "K7QX2-M9DA4".to_owned(),
        person: "Alice <script> (@alice)".to_owned(),
        removed_at: NOW,
        recorded,
    };
    let (person, expires_at) = ("Alice (@alice)".to_owned(), NOW + SignedDuration::from_mins(10));
    let code = Letter::Code { nonce: "1".to_owned(), person, expires_at, again: false };
    let person = || "Alice (@alice)".to_owned();
    let link = Letter::ResetLink { nonce: "1".to_owned(), person: person(), expires_at: NOW + SignedDuration::from_mins(30) };
    let refused = |closed| Letter::ResetRefused { closed, person: person() };
    let changed = |recorded| Letter::PasswordChanged { reference: "K7QX2-M9DA4".to_owned(), person: person(), changed_at: NOW, recorded };
    vec![code, removed(false), removed(true), link, refused(false), refused(true), changed(false), changed(true)]
}

fn mails() -> impl Iterator<Item = Mail> {
    let to =
        |letter: &Letter, language| Mail { to: "alice@example.org".parse().unwrap(), language, chat: ChatId(7), letter: letter.clone() };
    letters().into_iter().flat_map(move |letter| Language::ALL.map(|language| to(&letter, language)))
}

/// What a page says, line by line, as a reader without any style sees it.
fn seen(html: &str) -> Vec<String> {
    let body = html.split_once("</h1>").unwrap().1;
    let blocks = body.split("</p>").flat_map(|block| block.split("<br>"));
    let bare = |block: &str| block.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect::<String>();
    let unescaped = |text: String| text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
    blocks.map(|block| unescaped(bare(block)).trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn both_bodies_of_every_letter_say_the_same_and_name_the_operator() {
    let mailer = mailer();
    for mail in mails() {
        let envelope = mailer.write(&mail, NOW);
        let lines: Vec<_> = envelope.text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let by_hand = mailer.locales.plain(mail.language, &Message::new("mail-link-by-hand"));
        let seen: Vec<_> = seen(&envelope.html).into_iter().filter(|line| *line != by_hand).collect();
        assert_eq!(seen, lines, "{mail:?}");
        assert!(lines.last().unwrap().contains("Example & Sons (help@example.org)"), "{}", envelope.text);
        assert!(envelope.html.contains(&format!("<html lang=\"{}\">", mail.language.code())));
        assert!(!envelope.html.contains("<script>") && !envelope.html.contains("src="), "{}", envelope.html);
        assert!(!envelope.text.contains('…'), "a value is missing: {}", envelope.text);
    }
}

#[test]
fn a_link_is_a_button_and_stands_alone_on_its_line() {
    let url = "https://example.org/reset?a=1&b=2".to_owned();
    let link = Part::Link { label: "Choose a <new> password".to_owned(), url: url.clone() };
    assert!(link.text().lines().any(|line| line == url), "{}", link.text());
    let html = page::html(Language::En, "Subject", &[link], "By hand:");
    assert!(html.contains("href=\"https://example.org/reset?a=1&#38;b=2\""), "{html}");
    assert!(html.contains("Choose a &#60;new&#62; password</a>"), "{html}");
    assert_eq!(seen(&html), ["Choose a <new> password", "By hand:", &url]);
}

#[test]
fn a_mail_is_known_again_by_its_id_and_only_that_mail() {
    let mailer = mailer();
    let id = |mail: &Mail, row, now| {
        let message = mailer.message(mail, row, mailer.write(mail, now), now).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned()
    };
    let mails: Vec<_> = mails().collect();
    let first = id(&mails[0], 1, NOW);
    assert!(first.starts_with('<') && first.ends_with("@example.org>"), "{first}");
    assert_eq!(id(&mails[0], 1, NOW + SignedDuration::from_mins(5)), first);
    assert_ne!(id(&mails[0], 2, NOW), first);
    assert_ne!(id(&mails[1], 1, NOW), first);
}

#[test]
fn the_headers_tell_the_language_and_that_a_program_wrote_it_and_let_nothing_slip_in() {
    let mut mailer = mailer();
    mailer.service = "Pay\r\nBcc: eve@example.org\r\n\r\n".to_owned();
    for mail in mails() {
        let message = mailer.message(&mail, 1, mailer.write(&mail, NOW), NOW).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        let head = text.split_once("\r\n\r\n").unwrap().0;
        let headers: Vec<_> = head.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split_once(": ")).collect();
        let value = |name: &str| headers.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
        assert_eq!(value("Content-Language"), Some(mail.language.code()));
        assert_eq!(value("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(value("Date"), Some("Thu, 01 Jan 1970 00:00:00 +0000"));
        assert_eq!(value("To"), Some("alice@example.org"));
        assert_eq!(value("Bcc"), None, "{head}");
        assert!(value("Content-Type").unwrap().starts_with("multipart/alternative"), "{head}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_a_person_or_a_card_is_called_adds_no_header_and_no_tag(text in "(\r\n(Bcc|Subject): |<b>|</p>|\"|&lt;|\\PC{1,3}|.){1,12}") {
        let mut mailer = mailer();
        let read = |mailer: &Mailer, mail: &Mail| {
            let envelope = mailer.write(mail, NOW);
            let tags = envelope.html.matches('<').count();
            let message = String::from_utf8(mailer.message(mail, 1, envelope, NOW).unwrap().formatted()).unwrap();
            let head = message.split_once("\r\n\r\n").unwrap().0.to_owned();
            (head.lines().filter(|line| !line.starts_with(' ')).map(|line| line.split_once(':').unwrap().0.to_owned()).collect::<Vec<_>>(), tags)
        };
        let written = serde_json::to_string(&text).unwrap();
        for mail in mails().step_by(Language::ALL.len()) {
            mailer.service = "Example Pay".to_owned();
            let harmless = read(&mailer, &mail);
            mailer.service.clone_from(&text);
            let letter = serde_json::to_string(&mail.letter).unwrap().replace("\"Alice (@alice)\"", &written).replace("\"Visa\"", &written);
            prop_assert_eq!(read(&mailer, &Mail { letter: serde_json::from_str(&letter).unwrap(), ..mail }), harmless);
        }
    }
}
