//! The promises of the whole: what holders read, what an operator is told, and that files and program name the same texts.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::*;
use crate::domain::{Lead, Money};

/// An operator's folder with these files (`fr/x.ftl`, text).
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The built-in texts with these files laid over.
fn locales(files: &[(&str, &str)]) -> Locales {
    Locales::load(Some(folder(files).path()), TimeZone::UTC).unwrap()
}

/// What the operator is told about these files.
fn refused(files: &[(&str, &str)]) -> String {
    Locales::load(Some(folder(files).path()), TimeZone::UTC).err().unwrap().to_string()
}

#[test]
fn texts_are_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Locales::built_in().unwrap());
}

#[test]
fn counts_take_the_plural_of_their_language() {
    let locales = locales(&[
        (
            "ru/x.ftl",
            "cards = { $count ->\n    [one] { $count } карта\n    [few] { $count } карты\n    [many] { $count } карт\n   *[other] { $count } карты\n }\n",
        ),
        ("fr/x.ftl", "cards = { $count ->\n    [one] { $count } carte\n   *[other] { $count } cartes\n }\n"),
        ("en/x.ftl", "cards = { $count ->\n    [0] no card\n    [one] { $count } card\n   *[other] { $count } cards\n }\n"),
    ]);
    for (count, russian, french, english) in [
        (0, "0 карт", "0 carte", "no card"),
        (1, "1 карта", "1 carte", "1 card"),
        (2, "2 карты", "2 cartes", "2 cards"),
        (5, "5 карт", "5 cartes", "5 cards"),
        (21, "21 карта", "21 cartes", "21 cards"),
        (111, "111 карт", "111 cartes", "111 cards"),
        (12_345, "12\u{a0}345 карт", "12\u{202f}345 cartes", "12,345 cards"),
    ] {
        let message = Message::new("cards").with("count", count);
        assert_eq!(locales.html(Language::Ru, &message), russian);
        assert_eq!(locales.html(Language::Fr, &message), french);
        assert_eq!(locales.html(Language::En, &message), english);
    }
    for count in [i64::MIN, -1, i64::MAX] {
        assert!(locales.plain(Language::Ru, &Message::new("cards").with("count", count)).contains("карт"));
    }
}

#[test]
fn values_are_escaped_in_html_and_only_there() {
    let locales = locales(&[("en/x.ftl", "paid = <b>{ $merchant }</b>: { $amount } ({ $inner })\ninner = <i>{ $merchant }</i>\n")]);
    let inner = Message::new("inner").with("merchant", "a>b");
    let amount = Money::parse("1234.56", "EUR".parse().unwrap()).unwrap();
    let message = Message::new("paid").with("merchant", "R&D <x>").with("amount", amount).with("inner", inner);
    assert_eq!(locales.html(Language::En, &message), "<b>R&amp;D &lt;x&gt;</b>: €1,234.56 (<i>a&gt;b</i>)");
    assert_eq!(locales.plain(Language::En, &message), "<b>R&D <x></b>: €1,234.56 (<i>a>b</i>)");
}

#[test]
fn a_missing_text_falls_back_to_english_and_never_shows_its_key() {
    let locales = locales(&[("en/x.ftl", "english-only = { $amount } left\n")]);
    let amount = Money::parse("5", "EUR".parse().unwrap()).unwrap();
    assert_eq!(locales.html(Language::Fr, &Message::new("english-only").with("amount", amount)), "€5.00 left");
    assert!(!locales.has(Language::Fr, "english-only") && locales.has(Language::En, "english-only"));
    for language in Language::ALL {
        let text = locales.html(language, &Message::new("no-such-text"));
        assert_eq!(text, locales.html(language, &Message::new("text-missing")));
        assert!(!text.contains("no-such-text") && text.contains("/menu"));
    }
}

#[test]
fn a_broken_text_shows_english_or_what_works_of_it() {
    let locales = locales(&[
        ("fr/x.ftl", "a = Bonjour { $nom }\nb = Bonjour { $name } { $nom }\nc = { -nowhere }\nd = { d }\n"),
        ("en/x.ftl", "a = Hello { $name }\nb = Hello { $name } { $title }\n"),
    ]);
    let shown = |key: &'static str| locales.html(Language::Fr, &Message::new(key).with("name", "Zoé"));
    assert_eq!(shown("a"), "Hello Zoé");
    assert_eq!(shown("b"), "Bonjour Zoé …");
    assert_eq!(shown("c"), locales.html(Language::Fr, &Message::new("text-missing")));
    assert_eq!(shown("d"), shown("c"));
}

#[test]
fn the_operator_is_told_of_a_fault_once_and_of_no_values() {
    let locales = locales(&[("fr/x.ftl", "a = Bonjour { $nom }\n"), ("en/x.ftl", "a = Hello { $name }\n")]);
    let log = tempfile::NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt().with_writer(std::sync::Mutex::new(log.reopen().unwrap())).finish();
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..3 {
            locales.html(Language::Fr, &Message::new("a").with("name", "Zoé"));
        }
    });
    let log = fs::read_to_string(log.path()).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("$nom") && !log.contains("Zoé"), "{log}");
}

#[test]
fn an_operators_folder_overrides_message_by_message() {
    let locales = locales(&[("fr/x.ftl", "\u{feff}text-missing = Rien ici.\r\nnew = Neuf\r\n"), ("fr/notes.txt", "="), (".git/x", "")]);
    assert_eq!(locales.plain(Language::Fr, &Message::new("text-missing")), "Rien ici.");
    assert_eq!(locales.plain(Language::Fr, &Message::new("new")), "Neuf");
    assert!(locales.plain(Language::Ru, &Message::new("text-missing")).contains("/menu"));
    assert!(locales.keys(Language::Fr).any(|key| key == "new") && locales.keys(Language::Ru).all(|key| key != "new"));
}

#[test]
fn an_operator_is_told_the_file_the_line_and_what_to_do() {
    let told = refused(&[("ru/x.ftl", "good = да\n\nbad = { $x\n")]);
    assert!(told.contains("ru/x.ftl:3: ") && told.contains("correct the text"), "{told}");
    let told = refused(&[("fr/x.ftl", "ok = oui\n-term = chez { $name }\n")]);
    assert!(told.contains("fr/x.ftl:2: the term -term writes $name"), "{told}");
    assert!(refused(&[("de/x.ftl", "a = b\n")]).contains("fr, ru and en"));
    assert!(refused(&[("x.ftl", "a = b\n")]).contains("fr, ru and en"));
    assert!(refused(&[("en/x.ftl", "text-missing = { $key }\n")]).contains("text-missing in en: "));
    let told = Locales::load(Some(Path::new("no/such/folder")), TimeZone::UTC).err().unwrap().to_string();
    assert!(told.contains("no/such/folder") && told.contains("GUICHET_LOCALES"), "{told}");
}

#[test]
fn a_check_finds_what_is_wrong() {
    let folder = folder(&[
        (
            "en/x.ftl",
            "capability-a = <b>{ $name }</b>\ncapability-b = { $count ->\n [one] <i>x\n *[other] x\n }\ncapability-c = { NUMBER($n) }\n",
        ),
        (
            "fr/x.ftl",
            "capability-a = { -service }\n\ncapability-b = { \"\" }\ncapability-c = { capability-a } { $n }\ncapability-c = { $n }\n",
        ),
        ("fr/y.ftl", "-service = Alipay\nmispelt = Oui\n"),
        ("ru/x.ftl", "capability-b = { capability-d }{ $count }\ncapability-c = { $n }\n-capability-c = x\n"),
    ]);
    let found = Locales::load(Some(folder.path()), TimeZone::UTC).unwrap().check();
    let start = format!("{}/", folder.path().display());
    let found: Vec<_> = found.iter().map(|finding| finding.to_string().replace(&start, "")).collect();
    let expected = [
        "en/x.ftl:1: capability-a: missing in ru",
        "en/x.ftl:2: capability-b: <i> is never closed",
        "en/x.ftl:6: capability-c: missing in ru",
        "en/x.ftl:6: capability-c: calls the function NUMBER()",
        "fr/x.ftl:1: capability-a: uses no variable where the English text uses $name",
        "fr/x.ftl:3: capability-b: uses no variable where the English text uses $count",
        "fr/x.ftl:3: capability-b: an empty text",
        "fr/x.ftl:5: capability-c: written twice, first in fr/x.ftl:4",
        "fr/y.ftl:2: mispelt: the program knows no such text",
        "ru/x.ftl:1: capability-b: refers to capability-d",
        "ru/x.ftl:3: -capability-c: written twice, first in ru/x.ftl:2",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
}

#[test]
fn a_check_finds_what_is_wrong_with_a_topic() {
    let topic =
        |name: &str, title: &str, leads: &str| format!("topic-{name} = x\n .title = {title}\n .questions = x?\n .leads = {leads}\n");
    let english = [
        topic("A", "x", "status"),
        topic("b", &"x".repeat(21), "status lounge"),
        topic("c", "{$service}", "status"),
        "topic-d = x\n".to_owned(),
    ]
    .concat();
    let russian =
        [topic("A", "x", "status"), topic("b", "x", ""), topic("c", "x", ""), topic("d", "x", "")].concat().replace(" .leads = \n", "");
    let folder = folder(&[("en/x.ftl", &english), ("ru/x.ftl", &russian), ("fr/x.ftl", &russian.replace(" .leads = status\n", ""))]);
    let found = Locales::load(Some(folder.path()), TimeZone::UTC).unwrap().check();
    let problems = |file: &str| -> Vec<String> {
        found.iter().filter(|finding| finding.file.ends_with(file)).map(|finding| format!("{}: {}", finding.key, finding.problem)).collect()
    };
    let expected = [
        "topic-A: a topic's name is",
        "topic-b: the .title does not fit a button: 20 characters at most",
        "topic-b: the .leads name lounge, not status, history,",
        "topic-c: the .title writes a variable",
        "topic-d: a topic without .questions",
        "topic-d: a topic without .title",
    ];
    let english = problems("en/x.ftl");
    assert_eq!(english.len(), expected.len(), "{english:#?}");
    for (found, expected) in english.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
    assert!(problems("ru/x.ftl").iter().any(|problem| problem.starts_with("topic-A: the .leads stand in the English text")));
}

#[test]
fn an_operators_topics_come_after_the_built_in_ones_and_may_replace_them() {
    let locales =
        locales(&[("en/x.ftl", "topic-gifts = Gifts\n .title = Gifts\n .questions = Gifts?\n .leads = cards nowhere\ntopic-pay = Pay!\n")]);
    let (built_in, topics) = (Locales::built_in().unwrap().topics(), locales.topics());
    assert_eq!(topics.split_last().map(|(last, before)| (last.as_str(), before)), Some(("gifts", built_in.as_slice())));
    assert_eq!(locales.leads(topics[built_in.len()]), [Lead::Cards]);
    assert_eq!(locales.plain(Language::En, &Message::new("topic-gifts.title")), "Gifts");
    assert_eq!(locales.plain(Language::En, &Message::new("topic-pay")), "Pay!");
}

#[test]
fn the_menu_of_help_has_its_topics_in_order() {
    let topics = Locales::built_in().unwrap().topics();
    let order = "about closure register sign_in password_reset link_card unlink_card pay top_up withdraw history currencies refund unlock \
                 delete_account security human language";
    assert_eq!(topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(" "), order);
}

#[test]
fn a_text_needs_the_variables_of_the_texts_it_refers_to() {
    let locales = locales(&[
        ("en/x.ftl", "capability-a = { capability-b }\ncapability-b = { $x }\n"),
        ("fr/x.ftl", "capability-a = { $x }\ncapability-b = { $x }\n"),
        (
            "ru/x.ftl",
            "capability-a = { -t(case: \"genitive\") } { capability-b }\ncapability-b = { $x }\n-t = { $case ->\n [genitive] счёта\n *[nominative] счёт\n }\n",
        ),
    ]);
    assert_eq!(locales.check(), []);
    assert_eq!(locales.plain(Language::Ru, &Message::new("capability-a").with("x", "!")), "счёта !");
}

#[test]
fn the_built_in_files_have_nothing_to_put_right() {
    let findings = Locales::built_in().unwrap().check();
    assert!(findings.is_empty(), "{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}

/// The program's sources, tests left out.
fn sources() -> String {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        let paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let source = fs::read_to_string(path).unwrap();
                sources.push_str(source.split("#[cfg(test)]\nmod tests {").next().unwrap());
            }
        }
    }
    sources
}

#[test]
fn the_program_names_every_text_and_every_text_it_names_exists() {
    let locales = Locales::built_in().unwrap();
    let sources = sources();
    let named = |key: &str| sources.contains(&format!("\"{key}\"")) || NAMED_AT_RUN_TIME.iter().any(|prefix| key.starts_with(prefix));
    let entries = locales.en.files.iter().flat_map(files::File::entries);
    let referred: HashSet<_> = entries.flat_map(|entry| anatomy::Anatomy::of(entry).messages).collect();
    let unused: Vec<_> = locales.keys(Language::En).filter(|key| !named(key) && !referred.contains(key)).collect();
    assert!(unused.is_empty(), "no source names these texts, take them out: {unused:?}");

    let literals = sources.split("Message::new(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    let missing: Vec<_> = literals.filter(|key| !locales.has(Language::En, key)).collect();
    assert!(missing.is_empty(), "these texts are in no file of locales/en: {missing:?}");
}
