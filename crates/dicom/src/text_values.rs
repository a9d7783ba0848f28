//! Numbers, dates and times as DICOM writes them in text (PS3.5 6.2), read strictly.
//!
//! Lenient readers turn `1,75` into 1, `10:15:00` into ten o'clock and `2026.01.01` into a year
//! without a day. Each of these would move an SUV without a word, so here a text is either
//! understood to its last character or refused.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// A DICOM date-time: what the wall clock showed, and its offset from UTC where it is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTimeValue {
    /// Wall-clock date and time.
    pub local: NaiveDateTime,
    /// Offset from UTC of that clock, from the `&ZZXX` suffix.
    pub utc_offset: Option<FixedOffset>,
}

/// Text without the padding DICOM allows around it: spaces, and the NUL some writers use instead.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0')
}

/// A decimal string (DS) or integer string (IS): a finite number and nothing else.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let text = trimmed(text);
    // `f64::from_str` also takes "inf", "nan" and "infinity", which no decimal string may hold.
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse().ok().filter(|v: &f64| v.is_finite())
}

/// A date (DA) with year, month and day; the retired form with full stops is understood.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = trimmed(text);
    let compact = match text.as_bytes() {
        [_, _, _, _, b'.', _, _, b'.', _, _] => text.replace('.', ""),
        _ => text.to_owned(),
    };
    if compact.len() != 8 {
        return None;
    }
    NaiveDate::from_ymd_opt(
        number_at(&compact, 0, 4)?.try_into().ok()?,
        number_at(&compact, 4, 2)?,
        number_at(&compact, 6, 2)?,
    )
}

/// A time of day (TM) with at least hours and minutes; the retired form with colons is understood.
///
/// An hour alone is legal DICOM, but no decay can be computed from it.
pub(crate) fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = trimmed(text);
    let compact = match text.as_bytes() {
        [_, _, b':', _, _] | [_, _, b':', _, _, b':', _, _, ..] => text.replace(':', ""),
        _ => text.to_owned(),
    };
    let (clock, fraction) = match compact.split_once('.') {
        Some((clock, fraction)) if clock.len() == 6 => (clock.to_owned(), fraction.to_owned()),
        Some(_) => return None,
        None => (compact, String::new()),
    };
    let seconds = match clock.len() {
        4 => 0,
        6 => number_at(&clock, 4, 2)?,
        _ => return None,
    };
    NaiveTime::from_hms_nano_opt(
        number_at(&clock, 0, 2)?,
        number_at(&clock, 2, 2)?,
        // A leap second may be written as 60; decay does not see the difference.
        if seconds == 60 { 59 } else { seconds },
        nanoseconds(&fraction)?,
    )
}

/// A date-time (DT) down to at least the minute.
pub(crate) fn parse_date_time(text: &str) -> Option<DateTimeValue> {
    let text = trimmed(text);
    let sign = text.find(['+', '-']).unwrap_or(text.len());
    let (clock, zone) = (text.get(..sign)?, text.get(sign..)?);
    let utc_offset = if zone.is_empty() {
        None
    } else {
        Some(parse_offset(zone)?)
    };
    let date = parse_date(clock.get(..8)?)?;
    let time = parse_time(clock.get(8..)?)?;
    Some(DateTimeValue {
        local: date.and_time(time),
        utc_offset,
    })
}

/// An offset from UTC, `+HHMM` or `-HHMM`.
pub(crate) fn parse_offset(text: &str) -> Option<FixedOffset> {
    let text = trimmed(text);
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    if digits.len() != 4 {
        return None;
    }
    let (hours, minutes) = (number_at(digits, 0, 2)?, number_at(digits, 2, 2)?);
    // PS3.5 6.2 limits the offset to -1200 … +1400.
    if hours > 14 || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
}

fn number_at(text: &str, start: usize, length: usize) -> Option<u32> {
    let digits = text.get(start..start + length)?;
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())?
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() {
        return Some(0);
    }
    // Six digits are allowed; some scanners write more.
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<9}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(h: u32, m: u32, s: u32, nano: u32) -> Option<NaiveTime> {
        NaiveTime::from_hms_nano_opt(h, m, s, nano)
    }

    #[test]
    fn numbers_are_read_whole_or_not_at_all() {
        assert_eq!(parse_number(" 70.5 "), Some(70.5));
        assert_eq!(parse_number("1.5E-3\0"), Some(0.0015));
        assert_eq!(parse_number("300.0"), Some(300.0));
        for wrong in [
            "1,75", "", " ", "12 kg", "nan", "inf", "1e999", "--1", "0x10",
        ] {
            assert_eq!(parse_number(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn dates_have_a_day() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 31);
        assert_eq!(parse_date("20260131"), day);
        assert_eq!(parse_date("2026.01.31"), day);
        for wrong in [
            "2026",
            "202601",
            "20260231",
            "2026-01-31",
            "2026013",
            "2026013é",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn times_are_at_least_to_the_minute() {
        assert_eq!(parse_time("101530.25 "), time(10, 15, 30, 250_000_000));
        assert_eq!(parse_time("10:15:30"), time(10, 15, 30, 0));
        assert_eq!(parse_time("1015"), time(10, 15, 0, 0));
        assert_eq!(parse_time("235960"), time(23, 59, 59, 0));
        for wrong in ["10", "10153", "256000", "10:15:", "1015.5", "10 15 30"] {
            assert_eq!(parse_time(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn date_times_keep_their_offset() {
        let value = parse_date_time("20260131101530.5+0130").unwrap();
        assert_eq!(value.local.to_string(), "2026-01-31 10:15:30.500");
        assert_eq!(value.utc_offset, FixedOffset::east_opt(5400));
        assert_eq!(parse_date_time("20260131101530").unwrap().utc_offset, None);
        for wrong in [
            "20260131",
            "2026013110",
            "20260131101530+1",
            "20260131101530+2500",
        ] {
            assert_eq!(parse_date_time(wrong), None, "{wrong:?}");
        }
    }
}
