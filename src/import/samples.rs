//! The sample accounts of the demo and the transcripts, as an upstream system would hand them over.
//! Holders, merchants and references are made up; nothing is random, so that transcripts can name what they see.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Span, civil::date};

/// The password of those sample accounts that have one.
pub const PASSWORD: &str = "violet harbour seven candles";

const ACCOUNTS: &str = r#"email,name,language,state,opened_on,password_hash
claire@example.org,Claire Martin,fr,open,2013-05-14,"$argon2id$v=19$m=19456,t=2,p=1$oiQnImN3zIZ9Ua0/Ewrwig$vv1PXOM4By5Xrp+rTOYE94Nwl9e0zi/uOEqqsu13K7c"
boris@example.org,Борис Иванов,ru,open,2012-11-02,"$argon2id$v=19$m=19456,t=2,p=1$oiQnImN3zIZ9Ua0/Ewrwig$vv1PXOM4By5Xrp+rTOYE94Nwl9e0zi/uOEqqsu13K7c"
alice@example.org,Alice Smith,en,open,2014-03-21,"$argon2id$v=19$m=19456,t=2,p=1$oiQnImN3zIZ9Ua0/Ewrwig$vv1PXOM4By5Xrp+rTOYE94Nwl9e0zi/uOEqqsu13K7c"
luc@example.org,Luc Petit,fr,locked,2013-09-30,"$argon2id$v=19$m=19456,t=2,p=1$oiQnImN3zIZ9Ua0/Ewrwig$vv1PXOM4By5Xrp+rTOYE94Nwl9e0zi/uOEqqsu13K7c"
nina@example.org,Нина Орлова,ru,open,2016-10-08,
omar@example.org,Omar Haddad,en,closed,2012-07-17,
"#;

const BALANCES: &str = "\
email,currency,amount
claire@example.org,EUR,34.50
claire@example.org,JPY,1200
boris@example.org,RUB,12500.00
luc@example.org,EUR,8.00
";

const CARDS: &str = "\
card_ref,email,brand,last4,expires,linked_on
C-1001,claire@example.org,Visa,4242,2027-08,2015-02-03
C-1002,claire@example.org,Mastercard,5100,2026-12,2016-04-19
C-1003,boris@example.org,Visa,1881,2027-05,2014-06-11
C-1004,boris@example.org,Mastercard,4444,2028-01,2016-01-25
C-1005,alice@example.org,Visa,1117,2027-11,2015-07-08
C-1006,luc@example.org,Visa,0005,2026-09,2014-12-15
C-1007,omar@example.org,Mastercard,3222,2027-02,2013-03-04
";

/// The payments of one holder, spread evenly over a time.
struct Series {
    /// What the references begin with.
    prefix: &'static str,
    email: &'static str,
    currency: &'static str,
    first: Date,
    days_between: i64,
    count: usize,
    /// Merchants with a plausible amount in each, taken in turn.
    merchants: &'static [(&'static str, &'static str)],
    /// The cards paid with, taken in turn; an empty one is a payment out of the balance.
    cards: &'static [&'static str],
}

const SERIES: [Series; 3] = [
    Series {
        prefix: "P-21",
        email: "claire@example.org",
        currency: "EUR",
        first: date(2015, 1, 17),
        days_between: 31,
        count: 23,
        merchants: &[
            ("Coques & Compagnie", "12.90"),
            ("La Lampe bleue", "37.45"),
            ("Au Fil de soie", "24.00"),
            ("Jouets du moulin", "18.75"),
            ("Atelier Belle-Île", "64.20"),
            ("Papeterie des Arts", "6.35"),
            ("Vélo Tandem", "1249.00"),
        ],
        cards: &["4242", "", "5100", "4242"],
    },
    Series {
        prefix: "P-34",
        email: "boris@example.org",
        currency: "RUB",
        first: date(2015, 1, 9),
        days_between: 18,
        count: 40,
        merchants: &[
            ("Магазин «Полярная звезда»", "1490.00"),
            ("Мастерская «Кедр»", "3275.50"),
            ("Чайный дом «Самовар»", "640.00"),
            ("Электроника на Садовой", "18990.00"),
            ("Игрушки «Теремок»", "899.90"),
            ("Лыжи и коньки", "7350.00"),
            ("Книжная лавка", "415.00"),
            ("Шарфы и варежки", "1120.00"),
            ("Запчасти «Мотор»", "2768.40"),
        ],
        cards: &["1881", "1881", "", "4444", "1881"],
    },
    Series {
        prefix: "P-47",
        email: "alice@example.org",
        currency: "GBP",
        first: date(2016, 2, 29),
        days_between: 97,
        count: 3,
        merchants: &[("Harbour Phone Cases", "8.99"), ("The Button Box", "4.50"), ("Northgate Lamps", "46.00")],
        cards: &["1117", ""],
    },
];

/// Writes the four files of sample accounts into `folder`, creating it.
pub fn write(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("accounts.csv"), ACCOUNTS)?;
    std::fs::write(folder.join("balances.csv"), BALANCES)?;
    std::fs::write(folder.join("cards.csv"), CARDS)?;
    std::fs::write(folder.join("payments.csv"), payments())
}

fn payments() -> String {
    let mut text = "payment_ref,email,paid_at,merchant,amount,currency,status,card_last4\n".to_owned();
    for series in &SERIES {
        for place in 0..series.count {
            series.write_line(place, &mut text);
        }
    }
    text
}

impl Series {
    fn write_line(&self, place: usize, text: &mut String) {
        let Self { prefix, email, currency, .. } = self;
        let day = self.first.saturating_add(Span::new().days(self.days_between * place as i64));
        let (hour, minute) = (8 + place * 5 % 13, place * 17 % 60);
        let (merchant, amount) = self.merchants[place % self.merchants.len()];
        let card = self.cards[place % self.cards.len()];
        let status = self.status(place);
        let number = place + 1;
        // Writing to a String cannot fail.
        let _ =
            writeln!(text, "{prefix}{number:03},{email},{day}T{hour:02}:{minute:02}:00Z,{merchant},{amount},{currency},{status},{card}");
    }

    /// Most payments went through; the last one of a long series is still on its way.
    fn status(&self, place: usize) -> &'static str {
        match place {
            _ if self.count > 10 && place + 1 == self.count => "pending",
            _ if place % 7 == 3 => "refunded",
            _ if place % 11 == 5 => "failed",
            _ => "paid",
        }
    }
}
