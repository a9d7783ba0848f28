//! Points in time as a scanner writes them.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A date and time of the scanner's clock, with its offset from UTC where the header states one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// What the clock on the wall showed.
    pub local: NaiveDateTime,
    /// Seconds to add to UTC to get `local`.
    pub utc_offset_s: Option<i32>,
}

impl Stamp {
    /// A stamp without a time zone.
    pub fn local(local: NaiveDateTime) -> Self {
        Self {
            local,
            utc_offset_s: None,
        }
    }

    /// Seconds from `earlier` to this stamp, negative when it lies before.
    ///
    /// Two offsets are honoured when both sides have one. With one offset only, both are taken
    /// as the same wall clock: scanners write the offset beside some attributes and not others,
    /// and the wall clock is what they share.
    pub fn seconds_since(&self, earlier: &Self) -> f64 {
        let zones = match (self.utc_offset_s, earlier.utc_offset_s) {
            (Some(here), Some(there)) => f64::from(there - here),
            _ => 0.0,
        };
        seconds(self.local - earlier.local) + zones
    }

    /// The stamp moved by `seconds`, to the microsecond.
    #[must_use]
    pub fn plus_seconds(&self, seconds: f64) -> Self {
        let step = TimeDelta::microseconds((seconds * 1e6).round() as i64);
        Self {
            // Beyond the calendar's end the stamp stays where it is; no header gets there.
            local: self.local.checked_add_signed(step).unwrap_or(self.local),
            ..*self
        }
    }

    /// The last moment not after this one whose wall clock shows `time`: today or the day before.
    #[must_use]
    pub fn last_at(&self, time: NaiveTime) -> Self {
        let today = self.local.date().and_time(time);
        let local = if today > self.local {
            today
                .checked_sub_signed(TimeDelta::days(1))
                .unwrap_or(today)
        } else {
            today
        };
        Self { local, ..*self }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local.format("%Y-%m-%d %H:%M:%S%.f"))?;
        if let Some(offset) = self.utc_offset_s {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.abs() / 60;
            write!(f, " UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)?;
        }
        Ok(())
    }
}

fn seconds(delta: TimeDelta) -> f64 {
    delta.num_seconds() as f64 + f64::from(delta.subsec_nanos()) * 1e-9
}

/// A moment given by an operator: with its date, or by the clock alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Date and time of the scanner's clock.
    DateTime(NaiveDateTime),
    /// Time of day; the date follows from the scan.
    TimeOfDay(NaiveTime),
}

impl Moment {
    /// The stamp meant, with the date taken from `day` when only a time was given.
    pub fn on(self, day: NaiveDate) -> Stamp {
        Stamp::local(match self {
            Self::DateTime(moment) => moment,
            Self::TimeOfDay(time) => day.and_time(time),
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DateTime(moment) => write!(f, "{}", moment.format("%Y-%m-%d %H:%M:%S%.f")),
            Self::TimeOfDay(time) => write!(f, "{}", time.format("%H:%M:%S%.f")),
        }
    }
}

/// A text that is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time; write 2026-03-14T10:05:00, 2026-03-14T10:05 or 10:05:00")]
pub struct MomentError(String);

impl FromStr for Moment {
    type Err = MomentError;

    /// Reads `2026-03-14T10:05:00` (also with a space for the `T`, without seconds or with their
    /// fraction) or the time of day alone.
    fn from_str(text: &str) -> Result<Self, MomentError> {
        let wanted = text.trim().replacen('T', " ", 1);
        for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
            if let Ok(moment) = NaiveDateTime::parse_from_str(&wanted, form) {
                return Ok(Self::DateTime(moment));
            }
        }
        for form in ["%H:%M:%S%.f", "%H:%M"] {
            if let Ok(time) = NaiveTime::parse_from_str(&wanted, form) {
                return Ok(Self::TimeOfDay(time));
            }
        }
        Err(MomentError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(text: &str, utc_offset_s: Option<i32>) -> Stamp {
        let Moment::DateTime(local) = text.parse().unwrap() else {
            panic!("{text} has no date");
        };
        Stamp {
            local,
            utc_offset_s,
        }
    }

    #[test]
    fn offsets_count_only_when_both_sides_have_one() {
        let berlin = stamp("2026-07-01 12:00", Some(7200));
        let utc = stamp("2026-07-01 10:30", Some(0));
        assert_eq!(utc.seconds_since(&berlin), 1800.0);
        let bare = stamp("2026-07-01 10:30", None);
        assert_eq!(berlin.seconds_since(&bare), 5400.0);
    }

    #[test]
    fn fractions_of_seconds_survive_in_both_directions() {
        let early = stamp("2026-01-01 10:00:00.25", None);
        let late = stamp("2026-01-01 10:00:01", None);
        assert!((late.seconds_since(&early) - 0.75).abs() < 1e-9);
        assert!((early.seconds_since(&late) + 0.75).abs() < 1e-9);
        assert_eq!(early.plus_seconds(0.75), late);
    }

    #[test]
    fn a_clock_time_after_the_scan_was_yesterday() {
        let scan = stamp("2026-03-01 00:30", None);
        let at = |text: &str| match text.parse().unwrap() {
            Moment::TimeOfDay(time) => scan.last_at(time),
            Moment::DateTime(_) => panic!("{text} has a date"),
        };
        assert_eq!(at("23:30"), stamp("2026-02-28 23:30", None));
        assert_eq!(at("00:30"), scan);
        assert_eq!(at("00:10"), stamp("2026-03-01 00:10", None));
    }

    #[test]
    fn moments_are_read_strictly() {
        for bad in [
            "",
            "10",
            "25:00",
            "2026-13-01 10:00",
            "10:00 am",
            "20260101",
        ] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
        assert_eq!(
            "2026-03-14T10:05".parse::<Moment>().unwrap().to_string(),
            "2026-03-14 10:05:00"
        );
    }
}
