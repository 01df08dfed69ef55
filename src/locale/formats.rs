//! Numbers, money, days and moments as a language writes them (CLDR, through ICU4X). Formatters are built once
//! for a language, those of money at a currency's first use.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use fixed_decimal::Decimal;
use fluent_bundle::FluentValue;
use icu::calendar::Gregorian;
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::{YMD, YMDT};
use icu::datetime::input::{Date as IcuDate, DateTime as IcuDateTime, Time as IcuTime};
use icu::datetime::options::TimePrecision;
use icu::decimal::DecimalFormatter;
use icu::experimental::dimension::currency::CurrencyType;
use icu::experimental::dimension::currency::formatter::{CurrencyFormatter, CurrencyFormatterPreferences};
use icu::locale::Locale;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

use crate::domain::{Currency, Language, Money};

/// The CLDR locale a language is written by. English is the one of Europe, whose days come before months, whose
/// clock has 24 hours, and which tells the dollars apart.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::Ru => "ru",
        Language::En => "en-GB",
    }
}

/// How one language writes values.
pub(super) struct Formats {
    language: Language,
    locale: Locale,
    zone: TimeZone,
    decimal: DecimalFormatter,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    moment: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
    money: RwLock<HashMap<Currency, Arc<Affixes>>>,
}

impl Formats {
    /// The formats of a language, with moments shown in `zone`. Fails only if the data compiled in lacks the language.
    pub(super) fn new(language: Language, zone: TimeZone) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let locale: Locale = tag(language).parse()?;
        Ok(Self {
            decimal: DecimalFormatter::try_new((&locale).into(), Default::default())?,
            day: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::long())?,
            moment: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMDT::long().with_time_precision(TimePrecision::Minute))?,
            money: RwLock::default(),
            language,
            locale,
            zone,
        })
    }

    /// An amount with all the decimals its currency has, and a sign that no other currency of the language shares.
    pub(super) fn money(&self, money: Money) -> String {
        let amount = money.decimal().trim_start_matches('-').parse::<Decimal>().ok();
        match amount.zip(self.affixes(money.currency)) {
            Some((amount, affixes)) => affixes.around(&self.decimal.format_to_string(&amount), money.minor < 0),
            None => format!("{}\u{a0}{}", money.decimal(), money.currency),
        }
    }

    /// A day, written out.
    pub(super) fn day(&self, date: Date) -> String {
        match calendar_day(date) {
            Some(day) => self.first_of_month(date, self.day.format(&day).to_string()),
            None => date.to_string(),
        }
    }

    /// A moment in the time zone of the policy: the day, the hour and the minute.
    pub(super) fn moment(&self, moment: Timestamp) -> String {
        let local = self.zone.to_datetime(moment);
        let time = IcuTime::try_new(local.hour().unsigned_abs(), local.minute().unsigned_abs(), 0, 0).ok();
        match calendar_day(local.date()).zip(time) {
            Some((date, time)) => self.first_of_month(local.date(), self.moment.format(&IcuDateTime { date, time }).to_string()),
            None => local.strftime("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// French writes the first of a month as an ordinal, which CLDR's patterns can't say.
    fn first_of_month(&self, date: Date, text: String) -> String {
        match text.strip_prefix('1') {
            Some(rest) if self.language == Language::Fr && date.day() == 1 => format!("1er{rest}"),
            _ => text,
        }
    }

    fn affixes(&self, currency: Currency) -> Option<Arc<Affixes>> {
        let known = self.money.read().unwrap_or_else(PoisonError::into_inner).get(&currency).cloned();
        known.or_else(|| {
            let affixes = Arc::new(Affixes::new(&self.locale, currency)?);
            self.money.write().unwrap_or_else(PoisonError::into_inner).insert(currency, Arc::clone(&affixes));
            Some(affixes)
        })
    }
}

fn calendar_day(date: Date) -> Option<IcuDate<Gregorian>> {
    IcuDate::try_new_gregorian(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs()).ok()
}

/// The month of a card's expiry as it is printed on cards everywhere, `08/19`.
pub(super) fn month(year: i16, month: i8) -> String {
    format!("{month:02}/{:02}", year.rem_euclid(100))
}

/// What a language puts before and after an amount of a currency: its sign, spaces, a minus.
///
/// The amount between is not left to ICU's money formatter, for it rounds to CLDR's decimals,
/// which are fewer than those of ISO 4217 for some currencies.
struct Affixes {
    positive: (String, String),
    negative: (String, String),
}

impl Affixes {
    fn new(locale: &Locale, currency: Currency) -> Option<Self> {
        let code = CurrencyType::try_from_str(currency.code()).ok()?;
        let preferences = CurrencyFormatterPreferences::from(locale);
        let narrow = Self::of(&CurrencyFormatter::try_new_symbol_narrow(preferences, code, Default::default()).ok()?)?;
        let unshared = match narrow.sign().as_str() {
            "$" | "¥" | "£" => CurrencyFormatter::try_new_symbol(preferences, code, Default::default()),
            "fr." | "Fr." | "kr" | "Rs" => CurrencyFormatter::try_new_code(preferences, code, Default::default()),
            _ => return Some(narrow),
        };
        Self::of(&unshared.ok()?)
    }

    fn of(formatter: &CurrencyFormatter<DecimalFormatter>) -> Option<Self> {
        let around = |sample: i32| {
            let text = formatter.format_fixed_decimal(&Decimal::from(sample)).to_string();
            let start = text.find(|character: char| character.is_ascii_digit())?;
            let end = text.rfind(|character: char| character.is_ascii_digit())? + 1;
            Some((text[..start].to_owned(), text[end..].to_owned()))
        };
        Some(Self { positive: around(1)?, negative: around(-1)? })
    }

    fn sign(&self) -> String {
        format!("{}{}", self.positive.0, self.positive.1).trim().to_owned()
    }

    fn around(&self, amount: &str, negative: bool) -> String {
        let (before, after) = if negative { &self.negative } else { &self.positive };
        format!("{before}{amount}{after}")
    }
}

/// Writes the numbers of a bundle as its language does: the hook for Fluent, which writes `1234.5` everywhere.
pub(super) fn localised(value: &FluentValue<'_>, memoizer: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let decimal: Decimal = number.as_string().parse().ok()?;
    memoizer.with_try_get::<Numbers, _, _>((), |numbers| numbers.0.format_to_string(&decimal)).ok()
}

struct Numbers(DecimalFormatter);

impl Memoizable for Numbers {
    type Args = ();
    type Error = Box<dyn std::error::Error>;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, Self::Error> {
        let locale: Locale = language.to_string().parse()?;
        Ok(Self(DecimalFormatter::try_new(locale.into(), Default::default())?))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn formats(language: Language) -> Formats {
        Formats::new(language, TimeZone::get("Europe/Paris").unwrap()).unwrap()
    }

    fn money(amount: &str, code: &str) -> Money {
        Money::parse(amount, code.parse().unwrap()).unwrap()
    }

    /// `~` stands for the no-break space, `_` for the narrow one.
    fn shown(text: &str) -> String {
        text.replace('\u{a0}', "~").replace('\u{202f}', "_")
    }

    const WRITTEN: [(&str, &str, &str, &str); 14] = [
        ("USD", "1_234_567,50~$US", "1~234~567,50~$", "US$1,234,567.50"),
        ("EUR", "1_234_567,50~€", "1~234~567,50~€", "€1,234,567.50"),
        ("RUB", "1_234_567,50~₽", "1~234~567,50~₽", "₽1,234,567.50"),
        ("GBP", "1_234_567,50~£GB", "1~234~567,50~£", "£1,234,567.50"),
        ("BRL", "1_234_567,50~R$", "1~234~567,50~R$", "R$1,234,567.50"),
        ("CAD", "1_234_567,50~$CA", "1~234~567,50~CA$", "CA$1,234,567.50"),
        ("AUD", "1_234_567,50~$AU", "1~234~567,50~A$", "A$1,234,567.50"),
        ("JPY", "1_234_567~JP¥", "1~234~567~¥", "JP¥1,234,567"),
        ("KRW", "1_234_567~₩", "1~234~567~₩", "₩1,234,567"),
        ("TRY", "1_234_567,50~₺", "1~234~567,50~₺", "₺1,234,567.50"),
        ("PLN", "1_234_567,50~zł", "1~234~567,50~zł", "zł~1,234,567.50"),
        ("UAH", "1_234_567,50~₴", "1~234~567,50~₴", "₴1,234,567.50"),
        ("INR", "1_234_567,50~₹", "1~234~567,50~₹", "₹1,234,567.50"),
        ("CHF", "1_234_567,50~CHF", "1~234~567,50~CHF", "CHF~1,234,567.50"),
    ];

    #[test]
    fn money_is_written_as_each_language_does() {
        for (code, french, russian, english) in WRITTEN {
            let amount = if money("1", code).currency.decimals() == 0 { "1234567" } else { "1234567.5" };
            for (language, expected) in [(Language::Fr, french), (Language::Ru, russian), (Language::En, english)] {
                let formats = formats(language);
                assert_eq!(shown(&formats.money(money(amount, code))), expected, "{code} in {language}");
                let debt = formats.money(money(&format!("-{amount}"), code));
                assert_eq!(shown(&debt), format!("-{expected}"), "a debt in {code} in {language}");
            }
        }
    }

    #[test]
    fn no_two_currencies_look_the_same() {
        for language in Language::ALL {
            let formats = formats(language);
            let currencies = WRITTEN.map(|row| row.0).into_iter().chain(["CNY", "MXN", "SEK", "NOK", "DKK"]);
            let signs: Vec<_> = currencies.map(|code| formats.money(money("0", code)).replace(['0', ',', '.'], "")).collect();
            assert_eq!(signs.iter().collect::<HashSet<_>>().len(), signs.len(), "{language}: {signs:?}");
        }
    }

    #[test]
    fn amounts_keep_every_minor_unit() {
        let english = formats(Language::En);
        for (amount, code, expected) in [
            ("0", "EUR", "€0.00"),
            ("0.05", "EUR", "€0.05"),
            ("-0.05", "EUR", "-€0.05"),
            ("999.99", "EUR", "€999.99"),
            ("0", "JPY", "JP¥0"),
            ("92233720368547758.07", "EUR", "€92,233,720,368,547,758.07"),
            // CLDR gives the lek no decimals, ISO 4217 two, the Kuwaiti dinar has three.
            ("12.34", "ALL", "ALL\u{a0}12.34"),
            ("1.234", "KWD", "KWD\u{a0}1.234"),
        ] {
            assert_eq!(english.money(money(amount, code)), expected);
        }
        let least = Money { minor: i64::MIN, currency: "EUR".parse().unwrap() };
        assert_eq!(english.money(least), "-€92,233,720,368,547,758.08");
    }

    #[test]
    fn days_are_written_out() {
        let days = |year, month, day| Language::ALL.map(|language| shown(&formats(language).day(jiff::civil::date(year, month, day))));
        assert_eq!(days(2017, 1, 1), ["1er janvier 2017", "1 января 2017_г.", "1 January 2017"]);
        assert_eq!(days(2016, 8, 11), ["11 août 2016", "11 августа 2016_г.", "11 August 2016"]);
    }

    #[test]
    fn moments_are_shown_in_the_zone_of_the_policy() {
        let moments = |text: &str| Language::ALL.map(|language| shown(&formats(language).moment(text.parse().unwrap())));
        assert_eq!(moments("2016-12-31T23:05:59Z"), ["1er janvier 2017 à 00:05", "1 января 2017_г. в 00:05", "1 January 2017 at 00:05"]);
        assert_eq!(moments("2016-07-14T13:30:00Z")[2], "14 July 2016 at 15:30");
    }

    #[test]
    fn a_card_expires_as_it_is_printed() {
        assert_eq!(month(2019, 8), "08/19");
        assert_eq!(month(2000, 12), "12/00");
    }
}
