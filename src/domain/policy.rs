//! The policy: the file that says which service the counter serves, what it lets holders do, and until when.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::de::{Deserialize, Deserializer, Error as _};

use super::{Currency, Email, Operator, Retention};

/// The policy that the counter ships with: Alipay on AliExpress, closed since 1 January 2017.
const BUILT_IN: &str = include_str!("policy.toml");

/// What the counter knows about the service it serves. The fields are those of `src/domain/policy.toml`, which explains them.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The name of the service.
    #[serde(deserialize_with = "name")]
    pub service: String,
    /// Where people used it.
    #[serde(deserialize_with = "name")]
    pub place: String,
    /// The first day on which the service was closed to customers.
    #[serde(deserialize_with = "date")]
    pub closed_on: Date,
    /// The last day on which accounts and chats are kept; `None` if no end is set.
    #[serde(default, deserialize_with = "some_date")]
    pub final_date: Option<Date>,
    /// The time zone of the dates that holders see.
    #[serde(deserialize_with = "time_zone")]
    pub time_zone: TimeZone,
    /// Who keeps the record.
    pub record: Record,
    /// The address that mail comes from, and that holders can write to.
    pub contact: Email,
    /// Who runs the counter, unless the settings say it.
    #[serde(default)]
    pub operator: Option<Operator>,
    /// Whether the operator is the service itself.
    #[serde(default)]
    pub operator_is_service: bool,
    /// The hosts of the service's own pages, in ASCII; their sub-domains are the service's too.
    #[serde(deserialize_with = "hosts")]
    pub official_hosts: Vec<String>,
    /// The currencies that balances and payments can have.
    pub currencies: Vec<Currency>,
    /// What the service lets holders do, in the order it is shown; no two with the same id.
    #[serde(rename = "capability", deserialize_with = "capabilities")]
    pub capabilities: Vec<Capability>,
    /// How long things are kept.
    #[serde(default)]
    pub retention: Retention,
}

/// Who keeps the record of what holders change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Record {
    /// The counter's own tables are the truth: what it does is done.
    Guichet,
    /// Another system is: the counter records, that system does or refuses.
    Upstream,
}

/// Something the service lets holders do.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// What it is, such as `link_card`.
    pub id: Slug,
    /// The first day on which it no longer works; `None` if it stays open.
    #[serde(default, deserialize_with = "some_date")]
    pub stops_on: Option<Date>,
    /// The advice on what to do instead, such as `pay_at_checkout`.
    pub instead: Option<Slug>,
}

/// What becomes of a capability, seen from one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapabilityState {
    /// It works, and no end is known.
    Open,
    /// It works up to and including this day.
    OpenUntil(Date),
    /// It has not worked since this day.
    Stopped(Date),
}

/// A name that texts of the locale files are found by: lower-case letters, digits and `_`, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Slug(String);

/// What is wrong with a policy file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem}", Line(*.line))]
pub struct PolicyError {
    file: String,
    line: Option<usize>,
    problem: String,
}

impl PolicyError {
    /// The file that `GUICHET_POLICY` names cannot be read, for this reason.
    pub fn unreadable(file: &str, reason: &dyn fmt::Display) -> Self {
        Self { file: file.to_owned(), line: None, problem: format!("cannot be read ({reason}); let GUICHET_POLICY name a policy file") }
    }
}

struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

impl Policy {
    /// Reads a policy from the TOML `text` of the file that errors call `file`.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        toml::from_str(text).map_err(|error| PolicyError {
            file: file.to_owned(),
            line: error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1),
            problem: error.message().to_owned(),
        })
    }

    /// The policy that the counter ships with; a test keeps it readable.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::parse(BUILT_IN, "the built-in policy")
    }

    /// The day that a moment falls on in the policy's time zone.
    pub fn day(&self, moment: Timestamp) -> Date {
        moment.to_zoned(self.time_zone.clone()).date()
    }

    /// Whether the final date is over: nothing is kept of holders any more, and the counter only says so.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.final_date.is_some_and(|date| self.day(now) > date)
    }

    /// What becomes of the capability with this id, seen from `now`; `None` if the service never had it.
    pub fn state_of(&self, id: &str, now: Timestamp) -> Option<CapabilityState> {
        self.capability(id).map(|capability| capability.state(self.day(now)))
    }

    /// The capability with this id; `None` if the service never had it.
    pub fn capability(&self, id: &str) -> Option<&Capability> {
        self.capabilities.iter().find(|capability| capability.id.as_str() == id)
    }
}

impl Capability {
    /// What becomes of it, seen from `today` (see [`Policy::day`]).
    pub fn state(&self, today: Date) -> CapabilityState {
        match self.stops_on {
            None => CapabilityState::Open,
            Some(stops_on) if stops_on <= today => CapabilityState::Stopped(stops_on),
            Some(stops_on) => CapabilityState::OpenUntil(stops_on.yesterday().unwrap_or(stops_on)),
        }
    }
}

impl Slug {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let sound = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if sound { Ok(Self(text)) } else { Err("not a name of lower-case letters, digits and `_`, such as link_card") }
    }
}

fn name<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let text = String::deserialize(input)?;
    let sound = !text.trim().is_empty() && !text.contains(char::is_control);
    if sound { Ok(text.trim().to_owned()) } else { Err(D::Error::custom("not a name on one line")) }
}

fn date<'de, D: Deserializer<'de>>(input: D) -> Result<Date, D::Error> {
    let wrong = || D::Error::custom("not a date such as 2017-01-01 (without quotes)");
    let value = toml::value::Datetime::deserialize(input).map_err(|_| wrong())?;
    if value.time.is_some() || value.offset.is_some() {
        return Err(wrong());
    }
    value.to_string().parse().map_err(|_| wrong())
}

fn some_date<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Date>, D::Error> {
    date(input).map(Some)
}

/// The bundled zones only, so that a policy means the same on every machine.
fn time_zone<'de, D: Deserializer<'de>>(input: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(input)?;
    TimeZoneDatabase::bundled().get(&name).map_err(|_| D::Error::custom("not an IANA time zone such as Europe/Paris"))
}

fn hosts<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    let hosts = Vec::<String>::deserialize(input)?;
    let ascii = |host: &String| idna::domain_to_ascii_strict(host).ok().filter(|host| host.contains('.'));
    hosts.iter().map(|host| ascii(host).ok_or_else(|| D::Error::custom(format!("`{host}` is not a host such as example.org")))).collect()
}

fn capabilities<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Capability>, D::Error> {
    let capabilities = Vec::<Capability>::deserialize(input)?;
    for (place, capability) in capabilities.iter().enumerate() {
        if capabilities[..place].iter().any(|earlier| earlier.id == capability.id) {
            return Err(D::Error::custom(format!("the capability `{}` stands twice", capability.id.as_str())));
        }
    }
    Ok(capabilities)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn edited(from: &str, to: &str) -> Result<Policy, PolicyError> {
        assert!(BUILT_IN.contains(from), "{from}");
        Policy::parse(&BUILT_IN.replacen(from, to, 1), "policy.toml")
    }

    fn problem(from: &str, to: &str) -> String {
        edited(from, to).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_policy_tells_what_closed_in_2017() {
        let policy = Policy::built_in().unwrap();
        assert_eq!((policy.service.as_str(), policy.place.as_str(), policy.closed_on), ("Alipay", "AliExpress", date(2017, 1, 1)));
        assert_eq!((policy.currencies.len(), policy.record, policy.operator_is_service), (14, Record::Guichet, false));
        for id in ["register", "top_up", "link_card"] {
            let capability = policy.capability(id).unwrap();
            assert_eq!(capability.state(date(2016, 12, 31)), CapabilityState::OpenUntil(date(2016, 12, 31)), "{id}");
            assert_eq!(capability.state(date(2017, 1, 1)), CapabilityState::Stopped(date(2017, 1, 1)), "{id}");
        }
        for id in ["pay", "withdraw", "history", "unlink_card", "reset_password"] {
            assert_eq!(policy.capability(id).unwrap().state(date(2030, 1, 1)), CapabilityState::Open, "{id}");
        }
        assert_eq!(policy.capability("fly"), None);
    }

    #[test]
    fn a_day_begins_at_midnight_in_the_policys_time_zone() {
        let policy = Policy::built_in().unwrap();
        assert_eq!(policy.day("2016-12-31T22:59:59Z".parse().unwrap()), date(2016, 12, 31));
        assert_eq!(policy.day("2016-12-31T23:00:00Z".parse().unwrap()), date(2017, 1, 1));
    }

    #[test]
    fn an_operator_may_stand_in_the_policy() {
        let policy = edited("operator_is_service = false", "operator = \"Example Association <help@example.org>\"").unwrap();
        assert_eq!(policy.operator.unwrap().name, "Example Association");
    }

    #[test]
    fn a_mistake_is_named_with_its_file_and_line() {
        let line = |text: &str| BUILT_IN[..BUILT_IN.find(text).unwrap()].matches('\n').count() + 1;
        for (from, to, message) in [
            ("2017-01-01", "\"2017-01-01\"", "not a date such as 2017-01-01 (without quotes)"),
            ("2017-01-01", "2017-01-01T00:00:00Z", "not a date such as 2017-01-01 (without quotes)"),
            ("\"Europe/Paris\"", "\"Europe/Lutece\"", "not an IANA time zone such as Europe/Paris"),
            ("\"Alipay\"", "\" \"", "not a name on one line"),
            ("\"help@example.org\"", "\"help\"", "not an e-mail address such as name@example.org"),
            ("[\"aliexpress.com\"", "[\"https://aliexpress.com\"", "`https://aliexpress.com` is not a host such as example.org"),
            ("\"EUR\"", "\"EURO\"", "not an ISO 4217 currency code such as EUR"),
            ("\"link_card\"", "\"Link card\"", "not a name of lower-case letters, digits and `_`, such as link_card"),
        ] {
            assert_eq!(problem(from, to), format!("policy.toml, line {}: {message}", line(from)));
        }
    }

    #[test]
    fn ages_are_the_policys_within_bounds() {
        let shipped = Policy::built_in().unwrap();
        assert_eq!(shipped.retention, Retention::default(), "the file says what holds without it");
        let older = BUILT_IN.split("[retention]").next().unwrap();
        assert_eq!(Policy::parse(older, "policy.toml").unwrap().retention, Retention::default());
        let shorter = edited("audit_days = 1826", "audit_days = 365").unwrap().retention;
        assert_eq!(shorter, Retention { audit: jiff::SignedDuration::from_hours(365 * 24), ..Retention::default() });
        for (from, to, message) in [
            ("audit_days = 1826", "audit_days = 364", "not a number of days between 365 and 3653"),
            ("silent_chats_days = 365", "silent_chats_days = 7", "not a number of days between 30 and 1826"),
            ("ended_sessions_days = 30", "ended_sessions_days = 0", "not a number of days between 1 and 365"),
            ("dead_letters_days = 90", "dead_letters_days = \"a\"", "not a number of days between 1 and 365"),
            ("set_aside_dialogues_days", "set_aside_days", "unknown field `set_aside_days`"),
        ] {
            let problem = problem(from, to);
            assert!(problem.contains(message), "{problem}");
        }
    }

    #[test]
    fn the_final_date_is_over_once_its_day_is() {
        assert!(!Policy::built_in().unwrap().is_over("2999-01-01T00:00:00Z".parse().unwrap()));
        let policy = edited("# final_date = 2027-12-31", "final_date = 2027-12-31").unwrap();
        assert!(!policy.is_over("2027-12-31T22:59:59Z".parse().unwrap()));
        assert!(policy.is_over("2027-12-31T23:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_the_policy_does_not_know_is_refused() {
        assert!(problem("place =", "plaice =").contains("unknown field `plaice`"));
        assert!(problem("instead =", "insted =").contains("unknown field `insted`"));
        assert!(problem("record = \"guichet\"", "record = \"nobody\"").contains("unknown variant `nobody`"));
        assert!(problem("service =", "# service =").contains("missing field `service`"));
        assert!(problem("\"top_up\"", "\"register\"").contains("the capability `register` stands twice"));
        assert!(problem("service =", "service").starts_with("policy.toml, line 5: "));
    }
}
