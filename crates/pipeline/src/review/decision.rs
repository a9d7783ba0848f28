//! What a reviewer can decide.

use isoboost_lesion::Delineation;
use isoboost_planning::{DirectionMargins, MarginSetting};
use isoboost_staging::Station;
use serde::{Deserialize, Serialize};

/// One decision of a reviewer on the findings of a study.
///
/// Findings are named by their numbers: those of the suggestion keep theirs, and findings that a
/// decision makes get the next free ones. Positions are LPS in mm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// The finding stands as it is.
    Accept {
        /// Its number.
        finding: u32,
    },
    /// The lesion is none.
    Reject {
        /// Its number.
        finding: u32,
        /// Why, in the reviewer's words.
        #[serde(default)]
        reason: String,
    },
    /// What was excluded is a lesion.
    Restore {
        /// Its number.
        finding: u32,
        /// Its class; without one it is judged by its place, as if no physiological explanation
        /// stood.
        #[serde(default)]
        region: Option<RegionName>,
    },
    /// The lesion belongs to another class.
    Reclassify {
        /// Its number.
        finding: u32,
        /// Its class.
        region: RegionName,
        /// The group of nodes, as `external_iliac`.
        #[serde(default)]
        station: Option<String>,
        /// What distant disease is; a node where a station is given.
        #[serde(default)]
        category: Option<CategoryName>,
    },
    /// The outline is drawn by another rule.
    Delineate {
        /// Its number.
        finding: u32,
        /// The rule, as in the configuration.
        rule: Delineation,
    },
    /// Lesions are one.
    Merge {
        /// Their numbers; the class is that of the largest.
        findings: Vec<u32>,
    },
    /// The finding is several.
    Split {
        /// Its number.
        finding: u32,
        /// A point in each part.
        seeds: Vec<[f64; 3]>,
    },
    /// The lesion gets other margins than the policy's.
    Margins {
        /// Its number.
        finding: u32,
        /// From GTV to CTV; without one the policy's.
        #[serde(default)]
        ctv_mm: Option<MarginValue>,
        /// From CTV to PTV; without one the policy's.
        #[serde(default)]
        ptv_mm: Option<MarginValue>,
    },
    /// The lesion gets another dose than the policy's.
    Dose {
        /// Its number.
        finding: u32,
        /// Total dose, Gy.
        total_gy: f64,
        /// Number of fractions.
        fractions: u32,
    },
    /// There is a lesion at a point.
    Add {
        /// The point.
        at: [f64; 3],
        /// The rule it is drawn by; without one the configuration's.
        #[serde(default)]
        rule: Option<Delineation>,
    },
    /// The outline is painted on.
    Brush {
        /// Its number.
        finding: u32,
        /// What the brush does.
        mode: BrushMode,
        /// The plane of the slice.
        plane: BrushPlane,
        /// Radius of the disc, mm.
        radius_mm: f64,
        /// The way of its centre, on one slice of the PET.
        points: Vec<[f64; 3]>,
    },
}

/// A class of lesions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionName {
    /// Local recurrence.
    ProstateBed,
    /// A node of the pelvis.
    PelvicNode,
    /// Bone, organs, and nodes outside of the pelvis.
    Distant,
    /// Not known.
    Undetermined,
}

/// An M category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CategoryName {
    /// A node.
    M1a,
    /// Bone.
    M1b,
    /// An organ.
    M1c,
}

/// What a brush does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrushMode {
    /// Puts what lies under it into the outline.
    Add,
    /// Takes it out.
    Erase,
}

/// The plane of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrushPlane {
    /// Across the body.
    Axial,
    /// From side to side and head to feet.
    Coronal,
    /// From front to back and head to feet.
    Sagittal,
}

/// A margin in mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MarginValue {
    // Tried first: a list would be taken for the named directions in the order of their fields.
    /// To the right, left, front, back, head and feet.
    Directions([f64; 6]),
    /// As the policy's are written: one number, or one for each direction by name.
    Setting(MarginSetting),
}

impl MarginValue {
    pub(super) fn setting(self) -> MarginSetting {
        match self {
            Self::Setting(setting) => setting,
            Self::Directions([right, left, anterior, posterior, superior, inferior]) => {
                MarginSetting::Directions(DirectionMargins {
                    left,
                    right,
                    anterior,
                    posterior,
                    superior,
                    inferior,
                })
            }
        }
    }

    fn words(self) -> String {
        let margins = self.setting().margins();
        let [left, right, anterior, posterior, superior, inferior] = margins.all();
        if margins.all().iter().all(|mm| *mm == left) {
            format!("{left} mm")
        } else {
            format!("L{left} R{right} A{anterior} P{posterior} S{superior} I{inferior} mm")
        }
    }
}

impl RegionName {
    /// In words, as `pelvic node`.
    pub fn words(self) -> &'static str {
        match self {
            Self::ProstateBed => "prostate bed",
            Self::PelvicNode => "pelvic node",
            Self::Distant => "distant",
            Self::Undetermined => "undetermined",
        }
    }
}

impl CategoryName {
    fn words(self) -> &'static str {
        match self {
            Self::M1a => "M1a",
            Self::M1b => "M1b",
            Self::M1c => "M1c",
        }
    }
}

impl Decision {
    /// What is decided, as a sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Accept { finding } => format!("finding {finding} accepted"),
            Self::Reject { finding, reason } => {
                format!("finding {finding} rejected{}", because(reason))
            }
            Self::Restore { finding, region } => {
                let region = region.map(|r| format!(" ({})", r.words()));
                let region = region.unwrap_or_default();
                format!("finding {finding} restored as a lesion{region}")
            }
            Self::Reclassify {
                finding,
                region,
                station,
                category,
            } => {
                let class = class_words(*region, station.as_deref(), *category);
                format!("finding {finding} reclassified as {class}")
            }
            Self::Delineate { finding, rule } => {
                format!("outline of finding {finding} drawn by {}", rule.words())
            }
            Self::Merge { findings } => format!("findings {} merged", numbers(findings)),
            Self::Split { finding, seeds } => {
                format!("finding {finding} split into {}", seeds.len())
            }
            Self::Margins {
                finding,
                ctv_mm,
                ptv_mm,
            } => {
                let of_policy = || "as the policy has it".to_owned();
                format!(
                    "margins of finding {finding}: to the CTV {}, to the PTV {}",
                    ctv_mm.map_or_else(of_policy, MarginValue::words),
                    ptv_mm.map_or_else(of_policy, MarginValue::words)
                )
            }
            Self::Dose {
                finding,
                total_gy,
                fractions,
            } => format!("dose of finding {finding}: {total_gy} Gy in {fractions} fractions"),
            Self::Add {
                at: [x, y, z],
                rule,
            } => {
                let rule = rule
                    .as_ref()
                    .map(|rule| format!(", drawn by {}", rule.words()));
                let rule = rule.unwrap_or_default();
                format!("lesion added at ({x:.1}, {y:.1}, {z:.1}) mm{rule}")
            }
            Self::Brush {
                finding,
                mode,
                radius_mm,
                ..
            } => {
                let done = match mode {
                    BrushMode::Add => "enlarged",
                    BrushMode::Erase => "reduced",
                };
                format!("outline of finding {finding} {done} with a brush of {radius_mm} mm")
            }
        }
    }
}

/// As `pelvic node, external iliac` or `distant, M1b`.
pub(super) fn class_words(
    region: RegionName,
    station: Option<&str>,
    category: Option<CategoryName>,
) -> String {
    let mut words = region.words().to_owned();
    if let Some(station) = station {
        let known = Station::from_name(station).map(Station::words);
        words.push_str(", ");
        words.push_str(&known.unwrap_or_else(|| station.to_owned()));
    }
    if let Some(category) = category {
        words.push_str(", ");
        words.push_str(category.words());
    }
    words
}

/// A reason in the reviewer's words, behind a colon.
pub(super) fn because(reason: &str) -> String {
    match reason.trim() {
        "" => String::new(),
        reason => format!(": {reason}"),
    }
}

/// As `3, 4 and 7`.
pub(super) fn numbers(findings: &[u32]) -> String {
    let all: Vec<String> = findings.iter().map(u32::to_string).collect();
    match all.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => all.join(", "),
    }
}
