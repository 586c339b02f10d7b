//! Dates: ISO 8601 as XML Schema has it, from seconds or microseconds since 1970 and back.
//!
//! May touch: nothing.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const MICROSECONDS: i64 = 1_000_000;

/// Seconds since 1970 of a date; fractions of a second are cut off.
pub(super) fn seconds(text: &str) -> Option<i64> {
    Some(parse(text)?.unix_timestamp())
}

/// Microseconds since 1970 of a date.
pub(super) fn microseconds(text: &str) -> Option<i64> {
    let nanoseconds = parse(text)?.unix_timestamp_nanos();
    i64::try_from(nanoseconds.div_euclid(1000)).ok()
}

/// The date of seconds since 1970; `None` outside the years 0 to 9999.
pub(super) fn from_seconds(seconds: i64) -> Option<String> {
    format(OffsetDateTime::from_unix_timestamp(seconds).ok()?)
}

/// The date of microseconds since 1970; `None` outside the years 0 to 9999.
pub(super) fn from_microseconds(microseconds: i64) -> Option<String> {
    let whole = microseconds.div_euclid(MICROSECONDS);
    let rest = u32::try_from(microseconds.rem_euclid(MICROSECONDS)).ok()?;
    let date = OffsetDateTime::from_unix_timestamp(whole).ok()?;
    format(date.replace_microsecond(rest).ok()?)
}

fn parse(text: &str) -> Option<OffsetDateTime> {
    // A date without an offset is UTC.
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()
}

/// UTC is written as the published cases write it.
fn format(date: OffsetDateTime) -> Option<String> {
    let text = date.format(&Rfc3339).ok()?;
    let local = text.strip_suffix('Z')?;
    Some(format!("{local}+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_both_ways() {
        for (text, number) in [
            ("1970-01-01T00:00:00+00:00", 0),
            ("2012-04-27T08:12:24+00:00", 1_335_514_344),
            ("1969-12-31T23:59:59+00:00", -1),
            ("9999-12-31T23:59:59+00:00", 253_402_300_799),
        ] {
            assert_eq!(seconds(text), Some(number));
            assert_eq!(from_seconds(number).as_deref(), Some(text));
        }
        assert_eq!(seconds("2018-12-19T19:24:26+10:00"), Some(1_545_211_466));
        assert_eq!(seconds("1970-01-01T00:00:06"), Some(6));
        assert_eq!(seconds("1970-01-01T00:00:06.9Z"), Some(6));
        assert_eq!(seconds("yesterday"), None);
        assert_eq!(from_seconds(i64::MAX), None);
    }

    #[test]
    fn microseconds_are_kept() {
        let text = "1970-01-01T00:00:01.000002+00:00";
        assert_eq!(microseconds(text), Some(1_000_002));
        assert_eq!(from_microseconds(1_000_002).as_deref(), Some(text));
        assert_eq!(microseconds("1969-12-31T23:59:59.999999Z"), Some(-1));
        let before = "1969-12-31T23:59:59.999999+00:00";
        assert_eq!(from_microseconds(-1).as_deref(), Some(before));
    }
}
