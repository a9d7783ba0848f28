//! How scanners of different makers write the same measurement.

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::{Injection, PhantomError};

/// The habits of a maker in PET headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Bq/mL corrected to the series time; injection as date-time; private decay date-time;
    /// unsigned pixels.
    #[default]
    Siemens,
    /// Bq/mL corrected to the series time; several bed positions with their own acquisition time,
    /// Frame Reference Time always 0, injection as time of day, signed pixels, nothing private.
    Cps,
    /// Bq/mL corrected to the scan start, which only the private date-time states: the series time
    /// is later, as after a reprocessing. Injection as time of day, signed pixels.
    Ge,
    /// Counts with both private factors, in implicit little endian.
    PhilipsCnts,
    /// Counts whose private factors are lost: SUV cannot be known, and a reader must refuse.
    PhilipsCntsBare,
}

/// What the writer does differently for each maker.
pub(super) struct Habits {
    pub(super) manufacturer: &'static str,
    pub(super) model: &'static str,
    pub(super) units: &'static str,
    pub(super) corrections: &'static [&'static str],
    pub(super) signed: bool,
    pub(super) injected_with_date: bool,
    /// Whether instance numbers grow towards the feet.
    pub(super) from_head: bool,
    /// Length of a bed position along z.
    pub(super) bed_mm: f64,
    /// Scheme that nuclides are coded in: the old or the present SNOMED identifiers.
    pub(super) code_scheme: &'static str,
}

impl Habits {
    /// Counts come with one rescale slope for the series and in implicit little endian, as from
    /// Philips; activity comes with a slope per slice and in explicit little endian.
    pub(super) fn is_counts(&self) -> bool {
        self.units == "CNTS"
    }
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Siemens,
        Self::Cps,
        Self::Ge,
        Self::PhilipsCnts,
        Self::PhilipsCntsBare,
    ];

    /// Its name in descriptions, as `philips-cnts`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Siemens => "siemens",
            Self::Cps => "cps",
            Self::Ge => "ge",
            Self::PhilipsCnts => "philips-cnts",
            Self::PhilipsCntsBare => "philips-cnts-bare",
        }
    }

    /// Whether SUV can be computed from what is written.
    pub fn is_quantitative(self) -> bool {
        self != Self::PhilipsCntsBare
    }

    pub(super) fn habits(self) -> Habits {
        let siemens = Habits {
            manufacturer: "SIEMENS",
            model: "Biograph64_mCT",
            units: "BQML",
            corrections: &["NORM", "DTIM", "ATTN", "SCAT", "RADL", "DECY"],
            signed: false,
            injected_with_date: true,
            from_head: false,
            bed_mm: 162.0,
            code_scheme: "SRT",
        };
        match self {
            Self::Siemens => siemens,
            Self::Cps => Habits {
                manufacturer: "CPS",
                model: "1080",
                signed: true,
                injected_with_date: false,
                bed_mm: 81.0,
                ..siemens
            },
            Self::Ge => Habits {
                manufacturer: "GE MEDICAL SYSTEMS",
                model: "Discovery 690",
                corrections: &["DECY", "ATTN", "SCAT", "DTIM", "RAN", "DCAL", "NORM"],
                signed: true,
                injected_with_date: false,
                from_head: true,
                bed_mm: 117.0,
                code_scheme: "SCT",
                ..siemens
            },
            Self::PhilipsCnts | Self::PhilipsCntsBare => Habits {
                manufacturer: "Philips Medical Systems",
                model: "GEMINI TF TOF 64",
                units: "CNTS",
                corrections: &["DECY", "RADL", "ATTN", "SCAT", "DTIM", "RAN", "NORM"],
                from_head: true,
                bed_mm: 90.0,
                code_scheme: "SCT",
                ..siemens
            },
        }
    }
}

/// Delay of a GE series time behind the scan start.
const REPROCESSED_AFTER_S: f64 = 412.0;

/// Time from one bed position to the next besides the measurement.
const TABLE_S: f64 = 2.0;

/// When things happened, and what decayed in between.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    pub(super) injected: NaiveDateTime,
    /// What all images are decay corrected to: the start of the first bed position.
    pub(super) reference: NaiveDateTime,
    pub(super) series: NaiveDateTime,
    pub(super) ct: NaiveDateTime,
    dialect: Dialect,
    bed_s: f64,
    decay_per_s: f64,
}

/// Times of a bed position.
pub(super) struct Bed {
    pub(super) acquired: NaiveDateTime,
    pub(super) frame_reference_ms: f64,
    /// Factor from the mean activity during the bed position to that at the reference.
    pub(super) decay_factor: f64,
}

fn later(time: NaiveDateTime, seconds: f64) -> NaiveDateTime {
    time + TimeDelta::microseconds((seconds * 1e6).round() as i64)
}

impl Timeline {
    pub(super) fn new(injection: &Injection, dialect: Dialect) -> Result<Self, PhantomError> {
        let text = format!("{}{}", injection.date, injection.time);
        let injected = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%S").map_err(|_| {
            PhantomError::Value {
                name: "date and time",
                found: format!("{} {}", injection.date, injection.time),
                expected: "YYYYMMDD and HHMMSS",
            }
        })?;
        let reference = later(injected, injection.uptake_min * 60.0);
        let series = match dialect {
            Dialect::Ge => later(reference, REPROCESSED_AFTER_S),
            _ => reference,
        };
        Ok(Self {
            injected,
            reference,
            series,
            ct: later(reference, -150.0),
            dialect,
            bed_s: injection.bed_s,
            decay_per_s: std::f64::consts::LN_2 / injection.tracer.half_life_s(),
        })
    }

    /// What is left at the reference of an activity at injection.
    pub(super) fn decay_to_reference(&self) -> f64 {
        let elapsed = self.reference - self.injected;
        let seconds = elapsed.num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6;
        (-self.decay_per_s * seconds).exp()
    }

    pub(super) fn bed(&self, number: usize) -> Bed {
        let start = number as f64 * (self.bed_s + TABLE_S);
        // The moment at which the activity equals its mean over the measurement.
        let x = self.decay_per_s * self.bed_s;
        let to_mean = (x / -(-x).exp_m1()).ln() / self.decay_per_s;
        let frame_reference_s = match self.dialect {
            Dialect::Siemens => start + to_mean,
            Dialect::Cps => 0.0,
            Dialect::Ge => start,
            Dialect::PhilipsCnts | Dialect::PhilipsCntsBare => start + self.bed_s / 2.0,
        };
        Bed {
            acquired: later(self.reference, start),
            frame_reference_ms: frame_reference_s * 1000.0,
            decay_factor: (self.decay_per_s * (start + to_mean)).exp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_halves_in_a_half_life_across_midnight() {
        let injection = Injection {
            time: "233000".into(),
            uptake_min: crate::Tracer::Ga68Psma11.half_life_s() / 60.0,
            ..Injection::default()
        };
        let timeline = Timeline::new(&injection, Dialect::Siemens).unwrap();
        // Times are whole microseconds.
        assert!((timeline.decay_to_reference() - 0.5).abs() < 1e-9);
        assert!(timeline.reference.date() > timeline.injected.date());
    }

    #[test]
    fn the_mean_activity_of_a_bed_gives_back_the_reference() {
        let injection = Injection::default();
        let timeline = Timeline::new(&injection, Dialect::Siemens).unwrap();
        let rate = timeline.decay_per_s;
        let bed = timeline.bed(2);
        let start = 2.0 * (injection.bed_s + TABLE_S);
        let steps = 20_000;
        let mean = (0..steps)
            .map(|n| {
                let t = start + (f64::from(n) + 0.5) / f64::from(steps) * injection.bed_s;
                (-rate * t).exp()
            })
            .sum::<f64>()
            / f64::from(steps);
        assert!((mean * bed.decay_factor - 1.0).abs() < 1e-9);
    }
}
