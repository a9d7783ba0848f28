//! Whether the values of a decision can be used, before anything is done with them.

use isoboost_planning::DoseLevel;
use isoboost_staging::{DistantCategory, Region, Station};
use nalgebra::Point3;

use super::decision::{CategoryName, MarginValue, RegionName};
use super::{Decision, DecisionError};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 1000;
/// Most findings that are merged at once, and most parts that one is split into.
const MOST_PARTS: usize = 20;
/// Most points of a stroke.
const MOST_POINTS: usize = 2000;
/// Radii of the brush, mm.
const BRUSH_MM: std::ops::RangeInclusive<f64> = 0.5..=50.0;
/// Points of a stroke lie on one slice when they differ by no more than this along its normal, mm.
const ONE_SLICE_MM: f64 = 0.5;
/// No position of a scan is further from the origin, mm.
const FURTHEST_MM: f64 = 1e5;

/// The class that a decision states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Class {
    pub(super) region: Region,
    pub(super) station: Option<Station>,
    /// `None` where it follows from the place.
    pub(super) category: Option<DistantCategory>,
}

fn value(what: impl Into<String>, problem: impl Into<String>) -> DecisionError {
    DecisionError::Value {
        what: what.into(),
        problem: problem.into(),
    }
}

impl Decision {
    /// Whether its values lie in their ranges.
    pub(super) fn check(&self) -> Result<(), DecisionError> {
        match self {
            Self::Accept { .. } | Self::Restore { .. } | Self::Reclassify { .. } => Ok(()),
            Self::Reject { reason, .. } => match reason.chars().count() {
                0..=LONGEST_REASON => Ok(()),
                n => Err(value(
                    "the reason",
                    format!("has {n} characters, expected {LONGEST_REASON} at most"),
                )),
            },
            Self::Delineate { rule, .. } => rule.check().map_err(|e| value("the rule:", e)),
            Self::Merge { findings } => check_merge(findings),
            Self::Split { seeds, .. } => {
                let n = seeds.len();
                if !(2..=MOST_PARTS).contains(&n) {
                    let problem = format!("are {n}, expected 2 to {MOST_PARTS}");
                    return Err(value("the seeds", problem));
                }
                seeds.iter().try_for_each(|at| point(*at).map(|_| ()))
            }
            Self::Margins { ctv_mm, ptv_mm, .. } => {
                check_margin("the margin to the CTV", *ctv_mm)?;
                check_margin("the margin to the PTV", *ptv_mm)
            }
            Self::Dose {
                total_gy,
                fractions,
                ..
            } => dose(*total_gy, *fractions).map(|_| ()),
            Self::Add { at, rule } => {
                point(*at)?;
                let rule = rule
                    .as_ref()
                    .map_or(Ok(()), isoboost_lesion::Delineation::check);
                rule.map_err(|e| value("the rule:", e))
            }
            Self::Brush {
                radius_mm, points, ..
            } => check_brush(*radius_mm, points, self.normal()),
        }
    }

    /// The axis of the patient that the slice of a brush is normal to.
    fn normal(&self) -> usize {
        use super::BrushPlane::{Axial, Coronal, Sagittal};
        match self {
            Self::Brush { plane, .. } => match plane {
                Axial => 2,
                Coronal => 1,
                Sagittal => 0,
            },
            _ => 0,
        }
    }
}

fn check_merge(findings: &[u32]) -> Result<(), DecisionError> {
    let n = findings.len();
    if !(2..=MOST_PARTS).contains(&n) {
        let problem = format!("are {n}, expected 2 to {MOST_PARTS}");
        return Err(value("the findings to merge", problem));
    }
    let mut sorted = findings.to_vec();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(value(format!("finding {}", pair[0]), "is named twice")),
        None => Ok(()),
    }
}

fn check_margin(what: &str, margin: Option<MarginValue>) -> Result<(), DecisionError> {
    let setting = margin.map(MarginValue::setting);
    let checked = setting.map_or(Ok(()), isoboost_planning::MarginSetting::check);
    checked.map_err(|problem| value(what, problem))
}

fn check_brush(radius_mm: f64, points: &[[f64; 3]], normal: usize) -> Result<(), DecisionError> {
    if !BRUSH_MM.contains(&radius_mm) {
        let (low, high) = (BRUSH_MM.start(), BRUSH_MM.end());
        let problem = format!("is {radius_mm} mm, expected {low} to {high}");
        return Err(value("the radius of the brush", problem));
    }
    let n = points.len();
    if !(1..=MOST_POINTS).contains(&n) {
        let problem = format!("are {n}, expected 1 to {MOST_POINTS}");
        return Err(value("the points of the stroke", problem));
    }
    for at in points {
        point(*at)?;
        let off = (at[normal] - points[0][normal]).abs();
        if off > ONE_SLICE_MM {
            let problem = format!("lie {off:.1} mm apart across the slice, expected one slice");
            return Err(value("the points of the stroke", problem));
        }
    }
    Ok(())
}

/// A position that is one.
pub(super) fn point([x, y, z]: [f64; 3]) -> Result<Point3<f64>, DecisionError> {
    let is_position = |mm: f64| mm.is_finite() && mm.abs() <= FURTHEST_MM;
    if [x, y, z].into_iter().all(is_position) {
        return Ok(Point3::new(x, y, z));
    }
    let what = format!("the position ({x}, {y}, {z})");
    Err(value(what, "is none: expected LPS coordinates in mm"))
}

/// The dose level that a reviewer states.
pub(super) fn dose(total_gy: f64, fractions: u32) -> Result<DoseLevel, DecisionError> {
    let level = DoseLevel {
        label: "set by the reviewer".to_owned(),
        total_gy,
        fractions,
        source: "the reviewer".to_owned(),
    };
    level
        .check()
        .map_err(|problem| value("the dose:", problem))?;
    Ok(level)
}

impl Class {
    /// The class by its names.
    pub(super) fn of(
        region: RegionName,
        station: Option<&str>,
        category: Option<CategoryName>,
    ) -> Result<Self, DecisionError> {
        let station = station.map(station_named).transpose()?;
        let category = category.map(|category| match category {
            CategoryName::M1a => DistantCategory::Node,
            CategoryName::M1b => DistantCategory::Bone,
            CategoryName::M1c => DistantCategory::Organ,
        });
        let region = match region {
            RegionName::ProstateBed => Region::ProstateBed,
            RegionName::PelvicNode => Region::PelvicNode,
            RegionName::Distant => Region::Distant,
            RegionName::Undetermined => Region::Undetermined,
        };
        let class = Self {
            region,
            station,
            category: category.or(station.map(|_| DistantCategory::Node)),
        };
        class.refuse_contradiction(category)?;
        Ok(class)
    }

    fn refuse_contradiction(self, category: Option<DistantCategory>) -> Result<(), DecisionError> {
        let name = self.region.name().replace('_', " ");
        if category.is_some() && self.region != Region::Distant {
            let text = format!("a lesion of region {name} has no M category");
            return Err(DecisionError::Class(text));
        }
        let Some(station) = self.station else {
            return Ok(());
        };
        let words = station.words();
        let problem = match self.region {
            Region::PelvicNode if station.is_pelvic() => return Ok(()),
            Region::Distant if matches!(category, None | Some(DistantCategory::Node)) => {
                return Ok(());
            }
            Region::PelvicNode => format!("a {words} node is no pelvic node"),
            Region::Distant => format!("a {words} node is M1a and no bone or organ"),
            _ => format!("a lesion of region {name} has no station of nodes"),
        };
        Err(DecisionError::Class(problem))
    }
}

fn station_named(name: &str) -> Result<Station, DecisionError> {
    Station::from_name(name).ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        DecisionError::Class(format!("`{shown}` is no station of nodes"))
    })
}
