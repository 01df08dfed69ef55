//! What is genuine is called so, what is not never is.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::find::{Link, links};
use super::fold::fold;
use super::*;
use crate::domain::Policy;

/// The built-in policy's hosts, beside one with letters of its own.
fn genuine() -> &'static Genuine {
    static GENUINE: LazyLock<Genuine> = LazyLock::new(make_genuine);
    &GENUINE
}

fn make_genuine() -> Genuine {
    let mut policy = Policy::built_in().unwrap();
    policy.official_hosts.push("xn--80ak6aa92e.example".to_owned());
    let operator = "Example Association <help@example.org>".parse().unwrap();
    Genuine::new(&policy, &operator, &"https://counter.example.org/alipay/".parse().unwrap(), "guichet_example_bot")
}

fn written(text: &str) -> Written {
    Written { text: text.to_owned(), links: Vec::new() }
}

fn hidden(words: &str, url: &str) -> Written {
    Written { text: words.to_owned(), links: vec![HiddenLink { words: words.to_owned(), url: url.to_owned() }] }
}

/// The verdicts on a text, with what is shown.
fn said(text: &str) -> Vec<(Verdict, String)> {
    genuine().examine(&written(text)).into_iter().map(|finding| (finding.verdict, finding.shown)).collect()
}

/// The verdict on a text with one link.
fn verdict(text: &str) -> Verdict {
    let said = said(text);
    assert_eq!(said.len(), 1, "{text}: {said:?}");
    said[0].0
}

#[test]
fn genuine_hosts_are_official() {
    for text in [
        "https://alipay.com",
        "https://www.aliexpress.com/account?next=/cards#top",
        "HTTPS://WWW.AliExpress.RU/",
        "alipay.com",
        "see login.alipay.com/reset, please",
        "(https://alipay.com)",
        "https://alipay.com.",
        "https://alipay.com./x",
        "https://alipay.com:8443/x",
        "https://user@alipay.com/",
        "https://evil.example@alipay.com/",
        "https://xn--80ak6aa92e.example/",
        "https://аррӏе.example/",
    ] {
        assert_eq!(verdict(text), Verdict::Official, "{text}");
    }
}

#[test]
fn a_genuine_host_in_the_open_is_told_apart() {
    for text in ["http://alipay.com/", "ftp://www.aliexpress.com"] {
        assert_eq!(verdict(text), Verdict::Insecure, "{text}");
    }
}

#[test]
fn each_trick_is_named() {
    for (text, trick) in [
        ("https://alipay.com@evil.example/", Trick::UserInfo),
        ("https://alipay:443@evil.example/", Trick::UserInfo),
        ("https://www.alipay.com%2Flogin@198.51.100.7/", Trick::UserInfo),
        ("alipay.com@evil.example", Trick::UserInfo),
        ("alipay-refund@mail.example", Trick::UserInfo),
        ("https://аlipay.com", Trick::Letters),
        ("https://xn--lipay-3ve.com", Trick::Letters),
        ("ALIРАY.COM", Trick::Letters),
        ("https://a1ipay.com", Trick::Letters),
        ("https://álipay.com", Trick::Letters),
        ("alipay.соm", Trick::Letters),
        ("https://www.аlipay-refund.example", Trick::Letters),
        ("https://ali\u{200b}pay.com/", Trick::Disguise),
        ("https://alipay。com/", Trick::Disguise),
        ("ａｌｉｐａｙ．ｃｏｍ", Trick::Disguise),
        ("https://alipay%2Ecom/", Trick::Disguise),
        ("https://alipay.com\\@evil.example/", Trick::Disguise),
        ("https:///alipay.com/", Trick::Disguise),
        ("https://\u{202e}alipay.com/", Trick::Disguise),
        ("alipay.com.pay-help.example", Trick::SubDomain),
        ("https://login.alipay.com.evil.example:8080/x", Trick::SubDomain),
        ("https://alipay.evil.example/", Trick::SubDomain),
        ("https://aliexpress.xyz", Trick::Ending),
        ("alipay.con", Trick::Ending),
        ("https://alipey.com/", Trick::Spelling),
        ("https://aliexpres.com/", Trick::Spelling),
        ("https://allpay.com/", Trick::Spelling),
        ("https://alipay-help.example/", Trick::Name),
        ("https://myalipaysupport.example/", Trick::Name),
        ("https://evil.example/alipay.com/login", Trick::Path),
        ("https://evil.example/?to=https://alipay.com", Trick::Path),
        ("https://198.51.100.7/alipay.com", Trick::Path),
    ] {
        assert_eq!(verdict(text), Verdict::Lookalike(trick), "{text}");
    }
}

#[test]
fn words_over_a_link_that_name_another_host_are_a_trick() {
    let verdict = |words, url| genuine().examine(&hidden(words, url))[0].verdict;
    assert_eq!(verdict("https://alipay.com", "https://evil.example/"), Verdict::Lookalike(Trick::Words));
    assert_eq!(verdict("Open www.alipay.com now", "https://t.me/somebody"), Verdict::Lookalike(Trick::Words));
    assert_eq!(verdict("click here", "https://evil.example/"), Verdict::Unknown);
    assert_eq!(verdict("click here", "https://alipay.com/"), Verdict::Official);
}

#[test]
fn of_what_is_somebody_elses_no_more_is_said() {
    for text in
        ["https://example.org", "http://www.gmail.com/", "bbc.co.uk/news/alipay-closes", "https://москва.рф", "mailto:alice@example.org"]
    {
        assert_eq!(verdict(text), Verdict::Unknown, "{text}");
    }
    assert_eq!(verdict("https://bit.ly/3xyz"), Verdict::Shortened);
    for text in ["https://198.51.100.7/", "http://3325256711/", "https://[2001:db8::1]/"] {
        assert_eq!(verdict(text), Verdict::Numeric, "{text}");
    }
}

#[test]
fn this_counters_own_things_are_known() {
    for text in [
        "https://counter.example.org/alipay/reset/abc",
        "help@example.org",
        "@Guichet_Example_Bot",
        "https://t.me/guichet_example_bot?start=x",
        "tg://resolve?domain=guichet_example_bot",
    ] {
        assert_eq!(verdict(text), Verdict::Own, "{text}");
    }
    for text in ["https://counter.example.org/other/", "http://counter.example.org/alipay/", "https://x.counter.example.org/alipay/"] {
        assert_eq!(verdict(text), Verdict::Unknown, "{text}");
    }
}

#[test]
fn other_names_on_telegram_are_not_vouched_for() {
    for (text, shown) in
        [("@somebody", "@somebody"), ("t.me/somebody/5", "@somebody"), ("https://t.me/+AbCdEf", "t.me"), ("tg://user?id=5", "t.me")]
    {
        assert_eq!(said(text), [(Verdict::Unknown, shown.to_owned())]);
    }
    assert_eq!(verdict("@guichet_examp1e_bot"), Verdict::Lookalike(Trick::Spelling));
    assert_eq!(verdict("t.me/alipay_support"), Verdict::Lookalike(Trick::Name));
}

#[test]
fn words_are_no_links() {
    for text in ["", "Hello.", "Paid 1.234,56 on 12.05.2017.", "руб.Спасибо", "т.е. нет", "a...b", "50% off!", "@me", "a@b", "https://"]
    {
        assert_eq!(said(text), [], "{text}");
    }
}

#[test]
fn the_worst_comes_first_and_each_once() {
    let said = said("alipay.com, https://alipay.com/x; http://alipay.com (evil.example/alipay.com) alipay.com.evil.example");
    let verdicts: Vec<_> = said.iter().map(|(verdict, _)| *verdict).collect();
    let expected = [Verdict::Lookalike(Trick::SubDomain), Verdict::Lookalike(Trick::Path), Verdict::Insecure, Verdict::Official];
    assert_eq!(verdicts, expected);
}

#[test]
fn what_is_shown_is_plain_and_ends_as_the_host_does() {
    let long = format!("https://{}.alipay.com.evil.example/", vec!["a".repeat(50); 4].join("."));
    let finding = &genuine().examine(&written(&long))[0];
    assert!(finding.shown.chars().count() <= 61 && finding.shown.ends_with("alipay.com.evil.example"), "{}", finding.shown);
    assert_eq!(finding.owner, "evil.example");
    assert_eq!(said("https://<b>alipay.com")[0].1, "alipay.com");
    assert_eq!(
        said("https://a\u{202e}<lipay.com"),
        [(Verdict::Unknown, "a".to_owned()), (Verdict::Lookalike(Trick::Spelling), "lipay.com".to_owned())]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
}

/// What may stand for a letter of a genuine host in a look-alike: Cyrillic, Greek, Latin with marks, digits.
const HOMOGRAPHS: [(char, &str); 12] = [
    ('a', "аαáàäȧ"),
    ('c', "сϲ"),
    ('e', "еéë"),
    ('i', "іíïı"),
    ('l', "ӏ1łⅼ"),
    ('m', "ṃ"),
    ('o', "оοö0"),
    ('p', "рρ"),
    ('r', "гṛ"),
    ('s', "ѕś"),
    ('x', "хχ"),
    ('y', "уүÿ"),
];

#[test]
fn no_homograph_is_official() {
    let genuine = genuine();
    let mut seen = 0;
    for host in ["aliexpress.com", "aliexpress.ru", "alipay.com"] {
        for (at, letter) in host.char_indices() {
            let others = HOMOGRAPHS.iter().find(|(known, _)| *known == letter).map_or("", |(_, others)| others);
            for other in others.chars() {
                let fake = format!("{}{other}{}", &host[..at], &host[at + 1..]);
                // The upper case of some is the genuine letter's.
                let upper = Some(fake.to_uppercase()).filter(|upper| upper.to_lowercase() != host);
                for text in [format!("https://{fake}/"), fake.clone(), format!("https://www.{fake}")].into_iter().chain(upper) {
                    let findings = genuine.examine(&written(&text));
                    let told_apart = |finding: &Finding| matches!(finding.verdict, Verdict::Lookalike(_) | Verdict::Unknown);
                    assert!(findings.iter().all(told_apart), "{text}: {findings:?}");
                    seen += findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Lookalike(_))).count();
                }
            }
        }
    }
    assert!(seen > 200, "only {seen} were seen through");
}

/// Whether a browser that follows a link ends at a genuine host: reckoned from the labels, without what is tested.
fn leads_to_a_genuine_host(link: &str) -> bool {
    let Ok(url) = url::Url::parse(link) else { return false };
    let labels: Vec<&str> = url.host_str().unwrap_or_default().trim_end_matches('.').split('.').collect();
    let hosts = ["aliexpress.com", "aliexpress.ru", "alipay.com", "xn--80ak6aa92e.example"];
    hosts.iter().any(|host| labels.ends_with(&host.split('.').collect::<Vec<_>>()))
}

fn any_link() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "alipay",
        "aliexpress",
        "com",
        "ru",
        "example",
        "evil",
        "www",
        "аlipay",
        "xn--80ak6aa92e",
        "1",
        "alipay.com",
        "co.uk",
        "-",
        "ı",
        "ß",
    ]);
    let joint = prop::sample::select(vec![
        ".", "..", "-", "@", ":", "/", "\\", "?", "#", "%2e", "%2f", "。", "．", "\u{200b}", "\u{ad}", "\u{202e}", "", "_", "//", ":443",
        "&", "%00", "%",
    ]);
    let scheme = prop::sample::select(vec![
        "",
        "https://",
        "http://",
        "HTTPS://",
        "https:/\\",
        "ftp://",
        "tg://",
        "//",
        "https://@",
        "javascript://",
    ]);
    (scheme, prop::collection::vec((piece, joint), 1..7))
        .prop_map(|(scheme, parts)| parts.iter().fold(scheme.to_owned(), |link, (piece, joint)| link + piece + joint))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn nothing_but_a_genuine_host_is_official(link in any_link()) {
        for finding in genuine().examine(&written(&link)).iter().chain(&genuine().examine(&hidden("here", &link))) {
            if finding.kind == Kind::Web && matches!(finding.verdict, Verdict::Official | Verdict::Insecure) {
                let host = finding.shown.trim_start_matches('…').replace('?', "x");
                prop_assert!(leads_to_a_genuine_host(&format!("https://{host}/")), "{finding:?}");
                // What is official a browser opens there too, if it opens it at all.
                let lower = link.to_lowercase();
                if lower.starts_with("https://") && link.matches("://").count() == 1 && url::Url::parse(&link).is_ok() {
                    prop_assert!(leads_to_a_genuine_host(&link), "{link}: {finding:?}");
                }
            }
        }
    }

    #[test]
    fn a_host_with_anything_behind_it_is_not_official(host in "(alipay|aliexpress)\\.com", more in "[a-z0-9-]{1,12}(\\.[a-z]{2,6})?") {
        for text in [format!("https://{host}.{more}/"), format!("https://{host}{more}/"), format!("https://{more}-{host}/"), format!("https://{more}{host}/")] {
            for finding in genuine().examine(&written(&text)) {
                prop_assert!(finding.verdict != Verdict::Official, "{text}: {finding:?}");
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", url in ".{0,80}") {
        let found = Written { text: format!("{text} {url}"), links: vec![HiddenLink { words: text, url }] };
        for finding in genuine().examine(&found) {
            prop_assert!(finding.shown.chars().all(|c| c.is_ascii_graphic() || c == '…') && !finding.shown.contains(['<', '&', '>']));
        }
    }
}

#[test]
fn a_look_is_what_the_eye_takes_it_for() {
    assert_eq!(fold("аӀірау"), fold("alipay"));
    assert_eq!(fold("ALIPAY"), fold("alipay"));
    assert_ne!(fold("alipay"), fold("allpay"));
}

#[test]
fn links_without_a_space_between_are_all_found() {
    let count = |text: &str| links(&written(text)).len();
    assert_eq!(count("alipay.com,https://evil.example"), 2);
    assert_eq!(count("a@b.example;c@d.example"), 2);
    assert!(
        matches!(links(&written("Site:https://evil.example")).as_slice(), [Link::Web(link)] if link.scheme.as_deref() == Some("https"))
    );
}
