//! The settings as an operator writes them, and what comes of mistakes.

use super::*;

const SECRET_TOKEN: &str = "123456:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi";

/// The settings of an environment, in an empty working folder or one with this settings file.
fn load(environment: &[(&str, &str)], file: Option<&str>) -> Result<Settings, SettingError> {
    let folder = tempfile::tempdir().unwrap();
    if let Some(text) = file {
        std::fs::write(folder.path().join("guichet.toml"), text).unwrap();
    }
    let find = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let mut settings = Settings::load(&find, folder.path())?;
    settings.key_file = settings.key_file.strip_prefix(folder.path()).unwrap().to_owned();
    if let Database::Sqlite(path) = &mut settings.database {
        *path = path.strip_prefix(folder.path()).unwrap_or(path).to_owned();
    }
    if let Mail::Folder(path) = &mut settings.mail {
        *path = path.strip_prefix(folder.path()).unwrap_or(path).to_owned();
    }
    Ok(settings)
}

fn from_environment(name: &str, value: &str) -> Result<Settings, SettingError> {
    load(&[(name, value)], None)
}

fn message(result: Result<Settings, SettingError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn nothing_set_gives_the_defaults() {
    let settings = load(&[], None).unwrap();
    assert!(settings.token.is_none() && settings.operator.is_none() && settings.public_url.is_none() && settings.mail_from.is_none());
    assert!(settings.webhook.is_none() && settings.policy.is_none() && settings.locales.is_none() && settings.trusted_proxies.is_empty());
    assert_eq!(settings.api_url.as_str(), "https://api.telegram.org/");
    assert!(matches!(&settings.database, Database::Sqlite(path) if path == Path::new("guichet.db")));
    assert!(matches!(&settings.mail, Mail::Folder(path) if path == Path::new("mail")));
    assert_eq!(settings.key_file, Path::new("guichet.key"));
    assert_eq!((settings.listen.to_string(), settings.admin_listen.to_string()), ("127.0.0.1:8080".into(), "127.0.0.1:9090".into()));
    assert_eq!((settings.send_rate.map(NonZeroU32::get), settings.log.as_str()), (Some(30), "info"));
    assert_eq!(settings.public_url, None);
}

#[test]
fn the_environment_goes_before_the_file_and_blank_is_not_set() {
    let file = "send_rate = 5\nlisten = \"0.0.0.0:80\"\nlog = \"\"\n";
    let settings = load(&[("GUICHET_SEND_RATE", "7"), ("GUICHET_LISTEN", " ")], Some(file)).unwrap();
    assert_eq!(settings.send_rate.map(NonZeroU32::get), Some(7));
    assert_eq!(settings.listen.to_string(), "0.0.0.0:80");
    assert_eq!(settings.log, "info");
}

#[test]
fn every_setting_is_read_from_the_file() {
    let file = format!(
        r#"
        token = "{SECRET_TOKEN}"
        api_url = "http://127.0.0.1:8081"
        operator = "Example Association <help@example.org>"
        database_url = "postgres://counter:hunter2@db.example.org/guichet"
        key_file = "secret/key"
        public_url = "https://example.org/counter"
        listen = "[::1]:8000"
        mail_url = "smtps://counter:hunter2@mail.example.org"
        mail_from = "Counter <counter@example.org>"
        ssl_cert_file = "/etc/guichet/authority.pem"
        trusted_proxy = ["10.0.0.1", "192.168.0.0/24"]
        admin_listen = "127.0.0.1:9000"
        webhook_url = "http://127.0.0.1:8000/hook"
        webhook_secret = "a-secret-that-is-long-enough"
        policy = "/etc/guichet/policy.toml"
        locales = "/etc/guichet/locales"
        send_rate = 0
        log = "guichet=debug,warn"
        "#
    );
    let settings = load(&[], Some(&file)).unwrap();
    assert_eq!(settings.need_token().unwrap().expose(), SECRET_TOKEN);
    assert_eq!(settings.operator.as_ref().unwrap().name, "Example Association");
    assert!(matches!(&settings.database, Database::Postgres(url) if url.expose() == "postgres://counter:hunter2@db.example.org/guichet"));
    assert_eq!(settings.key_file, Path::new("secret/key"));
    assert_eq!(settings.public_url.as_ref().unwrap().join("reset").unwrap().as_str(), "https://example.org/counter/reset");
    assert!(matches!(&settings.mail, Mail::Smtp(url) if url.expose() == "smtps://counter:hunter2@mail.example.org"));
    assert_eq!(settings.mail_from.as_ref().unwrap().email.to_string(), "counter@example.org");
    assert_eq!(settings.certificates.as_deref(), Some(Path::new("/etc/guichet/authority.pem")));
    assert!(settings.trusted_proxies[1].contains(&"192.168.0.7".parse::<std::net::IpAddr>().unwrap()));
    assert_eq!(settings.trusted_proxies[0].prefix_len(), 32);
    assert_eq!(settings.webhook.as_ref().unwrap().url.path(), "/hook");
    assert_eq!(settings.policy.as_deref(), Some(Path::new("/etc/guichet/policy.toml")));
    assert_eq!((settings.send_rate, settings.log.as_str()), (None, "guichet=debug,warn"));
    assert!(settings.display().iter().all(|line| line.ends_with("(from guichet.toml)")), "{:?}", settings.display());
    let output = format!("{settings:?} {:?}", settings.display());
    for secret in [SECRET_TOKEN, "hunter2", "a-secret-that-is-long-enough"] {
        assert!(!output.contains(secret), "{secret} in {output}");
    }
}

#[test]
fn the_display_says_what_holds_and_where_it_comes_from() {
    let environment = [("TELOXIDE_TOKEN", SECRET_TOKEN), ("DATABASE_URL", "postgres://counter:hunter2@db.example.org/guichet")];
    let settings = load(&environment, Some("send_rate = 5")).unwrap();
    for line in [
        "TELOXIDE_TOKEN = (hidden) (from environment)",
        "DATABASE_URL = postgres://counter:hidden@db.example.org/guichet (from environment)",
        "GUICHET_SEND_RATE = 5 (from guichet.toml)",
        "GUICHET_LISTEN = 127.0.0.1:8080 (from default)",
        "GUICHET_POLICY = built in (from default)",
    ] {
        assert!(settings.display().contains(&line.to_owned()), "{line}: {:?}", settings.display());
    }
}

#[test]
fn a_wrong_value_is_named_with_its_setting_and_place() {
    assert_eq!(
        message(from_environment("GUICHET_LISTEN", "8080")),
        "GUICHET_LISTEN (from environment): `8080` is not an IP address with a port; write one such as 127.0.0.1:8080 or [::1]:8080"
    );
    assert_eq!(
        message(load(&[], Some("# counter\n\nsend_rate = -1\n"))),
        "GUICHET_SEND_RATE (from guichet.toml line 3): `-1` is not a whole number of messages a second; write one such as 30, or 0 for no limit"
    );
}

#[test]
fn every_setting_refuses_what_it_cannot_be() {
    for (name, values) in [
        (
            "TELOXIDE_TOKEN",
            &["abc", "123456:short", "x:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi", "123456:AAaaBBbb CCccDDddEEeeFFffGGggHHhhIIi"][..],
        ),
        ("TELOXIDE_API_URL", &["telegram", "ftp://example.org", "https://a:b@example.org", "https://example.org/?a=b"]),
        ("GUICHET_OPERATOR", &["Jeanne"]),
        ("DATABASE_URL", &["guichet.db", "mysql://example.org", "sqlite:", "sqlite::memory:", "sqlite://a.db?mode=ro", "postgres:"]),
        ("GUICHET_KEY_FILE", &["a\nb"]),
        ("GUICHET_PUBLIC_URL", &["example.org", "https://example.org/#a"]),
        ("GUICHET_LISTEN", &["localhost", "127.0.0.1", "127.0.0.1:99999"]),
        ("GUICHET_MAIL_URL", &["mail", "file:", "http://example.org", "smtp:"]),
        ("GUICHET_MAIL_FROM", &["nobody", "Name <nobody>"]),
        ("GUICHET_TRUSTED_PROXY", &["proxy.example.org", "10.0.0.1;10.0.0.2", "10.0.0.0/33"]),
        ("GUICHET_ADMIN_LISTEN", &[":9090"]),
        ("GUICHET_SEND_RATE", &["fast", "1.5", "99999999999"]),
        ("RUST_LOG", &["guichet=loudly"]),
    ] {
        for value in values {
            let message = message(from_environment(name, value));
            assert!(message.starts_with(&format!("{name} (from environment): ")) && !message.contains('\n'), "{message}");
        }
    }
}

#[test]
fn a_secret_is_not_repeated_in_its_refusal() {
    for (name, value) in [
        ("TELOXIDE_TOKEN", "123456:hunter2"),
        ("DATABASE_URL", "mysql://counter:hunter2@db.example.org"),
        ("DATABASE_URL", "counter:hunter2@db.example.org:x"),
        ("DATABASE_URL", "mysql://counter:1/hunter2@db.example.org/guichet"),
        ("DATABASE_URL", "mysql://counter:1#hunter2@db.example.org/guichet"),
        ("DATABASE_URL", "mysql://db.example.org/?user=counter&password=hunter2"),
        ("GUICHET_MAIL_URL", "imap://counter:hunter2@mail.example.org"),
        ("GUICHET_WEBHOOK_SECRET", "hunter2"),
    ] {
        let message = message(from_environment(name, value));
        assert!(message.starts_with(name) && !message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_webhook_needs_both_its_settings_and_https() {
    let secret = ("GUICHET_WEBHOOK_SECRET", "a-secret-that-is-long-enough");
    assert!(message(load(&[("GUICHET_WEBHOOK_URL", "https://example.org/hook")], None)).starts_with("GUICHET_WEBHOOK_SECRET is not set"));
    assert!(message(load(&[secret], None)).starts_with("GUICHET_WEBHOOK_URL is not set"));
    assert!(load(&[("GUICHET_WEBHOOK_URL", "https://example.org/hook"), secret], None).unwrap().webhook.is_some());
    for url in ["http://example.org/hook", "https://example.org"] {
        assert!(
            message(load(&[("GUICHET_WEBHOOK_URL", url), secret], None)).starts_with("GUICHET_WEBHOOK_URL (from environment)"),
            "{url}"
        );
    }
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_line() {
    assert_eq!(
        message(load(&[], Some("send_rate = 5\noperater = \"Jeanne\""))),
        "guichet.toml, line 2: no setting is called `operater`; the nearest is `operator`"
    );
    assert!(message(load(&[], Some("\n\nlisten = true"))).starts_with("guichet.toml, line 3: `listen` is not a text in quotes"));
    assert!(message(load(&[], Some("send_rate = 5\r\nlisten = 127.0.0.1:8080"))).starts_with("guichet.toml, line 2: "));
    assert!(message(load(&[], Some("log = \"info\"\nlog = \"warn\""))).starts_with("guichet.toml, line 2: duplicate key"));
}

#[test]
fn run_is_told_what_it_misses() {
    let settings = load(&[], None).unwrap();
    let policy = Policy::built_in().unwrap();
    assert!(
        settings.need_token().unwrap_err().to_string().starts_with("TELOXIDE_TOKEN is not set, neither in the environment nor as `token`")
    );
    assert!(settings.need_operator(&policy).unwrap_err().to_string().starts_with("GUICHET_OPERATOR is not set"));
    let with_operator = Policy { operator: "Jeanne <help@example.org>".parse().ok(), ..policy };
    assert_eq!(settings.need_operator(&with_operator).unwrap().name, "Jeanne");
}
