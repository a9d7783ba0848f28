//! Dose limits of organs at risk.

use std::fmt;

use super::Dvh;

/// Volume that stands for a point, mL: a maximum of a single voxel depends on its size.
pub const POINT_ML: f64 = 0.03;

/// Values this near above a limit keep it: far below what a dose is known to.
const TOLERANCE: f64 = 1e-6;

/// An organ at risk of pelvic radiotherapy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskOrgan {
    /// Rectum.
    Rectum,
    /// Urinary bladder with its content.
    Bladder,
    /// The bladder outside of the CTV.
    BladderMinusCtv,
    /// Bowel loops or the bowel bag, whichever is drawn.
    Bowel,
    /// Sigmoid, or the colon where it is not told apart.
    Sigmoid,
    /// Head and neck of the femur, each side by itself.
    FemoralHead,
    /// Penile bulb.
    PenileBulb,
}

impl RiskOrgan {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Rectum,
        Self::Bladder,
        Self::BladderMinusCtv,
        Self::Bowel,
        Self::Sigmoid,
        Self::FemoralHead,
        Self::PenileBulb,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rectum => "rectum",
            Self::Bladder => "bladder",
            Self::BladderMinusCtv => "bladder minus CTV",
            Self::Bowel => "bowel",
            Self::Sigmoid => "sigmoid",
            Self::FemoralHead => "femoral head",
            Self::PenileBulb => "penile bulb",
        }
    }
}

/// What of a dose-volume histogram is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// Volume that gets at least this dose in Gy.
    VolumeAt(f64),
    /// Dose that the hottest volume in mL gets at least.
    DoseAtCc(f64),
    /// Dose that this share of the organ in % gets at least.
    DoseAtPercent(f64),
    /// Dose of the hottest [`POINT_ML`].
    Max,
    /// Mean dose.
    Mean,
}

/// The most that a metric may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// Share of the organ, %.
    Percent(f64),
    /// Volume, mL.
    Cc(f64),
    /// Dose, Gy.
    Gy(f64),
}

/// A limit of one organ.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The organ.
    pub organ: RiskOrgan,
    /// What is looked at.
    pub metric: Metric,
    /// The most that it may be; a volume for [`Metric::VolumeAt`], a dose for the others.
    pub bound: Bound,
    /// A limit of the protocol, or an aim.
    pub hard: bool,
    /// Where it is published.
    pub source: String,
}

/// Limits that hold for one way of fractionation.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitSet {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Number of fractions that its doses are given in.
    pub fractions: u32,
    /// Dose per fraction in Gy of plans whose doses are compared as they stand, from and to.
    pub fraction_gy: [f64; 2],
    /// The limits.
    pub limits: Vec<Limit>,
}

impl Metric {
    /// The value of a histogram, in the unit of `bound`.
    pub fn of(self, dvh: &Dvh, bound: Bound) -> f64 {
        match (self, bound) {
            (Self::VolumeAt(gy), Bound::Cc(_)) => dvh.volume_ml(gy),
            (Self::VolumeAt(gy), _) => dvh.volume_percent(gy),
            (Self::DoseAtCc(ml), _) => dvh.dose_at_ml(ml),
            (Self::DoseAtPercent(percent), _) => dvh.dose_at_percent(percent),
            (Self::Max, _) => dvh.dose_at_ml(POINT_ML),
            (Self::Mean, _) => dvh.mean_gy(),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VolumeAt(gy) => write!(f, "V{gy}Gy"),
            Self::DoseAtCc(ml) => write!(f, "D{ml}cc"),
            Self::DoseAtPercent(percent) => write!(f, "D{percent}%"),
            Self::Max => f.write_str("Dmax"),
            Self::Mean => f.write_str("Dmean"),
        }
    }
}

impl Bound {
    /// The number.
    pub fn value(self) -> f64 {
        match self {
            Self::Percent(value) | Self::Cc(value) | Self::Gy(value) => value,
        }
    }

    /// Its unit: `%`, `cc` or `Gy`.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Percent(_) => "%",
            Self::Cc(_) => "cc",
            Self::Gy(_) => "Gy",
        }
    }
}

impl Limit {
    /// The value of a histogram.
    pub fn value(&self, dvh: &Dvh) -> f64 {
        self.metric.of(dvh, self.bound)
    }

    /// Whether a value keeps the limit.
    pub fn is_kept_by(&self, value: f64) -> bool {
        value <= self.bound.value() + TOLERANCE
    }
}

impl fmt::Display for Limit {
    /// As in `V65Gy <= 35 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, unit) = (self.bound.value(), self.bound.unit());
        write!(f, "{} <= {value} {unit}", self.metric)
    }
}
