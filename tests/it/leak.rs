//! Looking for a secret in what a program says of itself.

/// A line in which a secret stands. A secret that begins or ends in a digit is looked for as a whole number: within a longer one, such
/// as the time a line begins with or the time a statement took (`1.8317e-5`), any digits occur by chance.
pub fn leak<'a>(text: &'a str, secret: &str) -> Option<&'a str> {
    let digit = |c: char| c.is_ascii_digit();
    let goes_on = |before: &str, after: &str| {
        let (before, after) = (before.strip_suffix('.').unwrap_or(before), after.strip_prefix('.').unwrap_or(after));
        secret.starts_with(digit) && before.ends_with(digit) || secret.ends_with(digit) && after.starts_with(digit)
    };
    text.lines().find(|line| {
        let told = line.split_once('Z').filter(|(time, _)| is_time(time)).map_or(*line, |(_, told)| told);
        told.match_indices(secret).any(|(start, _)| !goes_on(&told[..start], &told[start + secret.len()..]))
    })
}

fn is_time(text: &str) -> bool {
    text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.T".contains(&byte))
}

#[test]
fn a_secret_is_found_and_chance_is_not() {
    let line = "2026-11-27T06:32:31.471171Z TRACE guichet: sent 471171 bytes";
    assert!(leak(line, "471171").is_some() && leak(line, "47117").is_none());
    assert!(leak(&line.replace(" 471171", " many"), "471171").is_none());
    assert!(leak("a quokka b", "quokka").is_some());
    for told in ["card=8317", "(8317)", "the card 8317.", "…8317, Visa", "Maestro •••• 8317"] {
        assert!(leak(told, "8317").is_some(), "{told}");
    }
    for chance in ["elapsed_secs=1.8317e-5", "elapsed=8317.25µs", "port=48317", "0.28317"] {
        assert!(leak(chance, "8317").is_none(), "{chance}");
    }
}
