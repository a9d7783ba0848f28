//! The pelvic field in the report.

use isoboost_planning::field::{Beam, Border, PelvicField};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The conventional field of the pelvis: four open beams with borders by bony landmarks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldInfo {
    /// Patient Position by which gantry angles are reckoned: `HFS`, `HFP`, `FFS` or `FFP`.
    pub patient_position: String,
    /// Isocentre, LPS.
    pub isocentre_mm: [f64; 3],
    /// Distance from the source to the isocentre.
    pub source_axis_mm: f64,
    /// AP, PA, left lateral, right lateral.
    pub beams: Vec<BeamInfo>,
    /// Superior, inferior, left, right, anterior, posterior.
    pub borders: Vec<BorderInfo>,
    /// What speaks against taking it as it stands.
    pub cautions: Vec<String>,
}

/// A beam of the field, its collimator and couch at 0°.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeamInfo {
    /// Its name.
    pub name: String,
    /// Gantry angle after IEC 61217.
    pub gantry_deg: f64,
    /// The open rectangle in the plane through the isocentre, in the collimator's system of IEC
    /// 61217.
    pub aperture_mm: ApertureInfo,
}

/// Jaw positions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApertureInfo {
    /// X1.
    pub x1: f64,
    /// X2.
    pub x2: f64,
    /// Y1.
    pub y1: f64,
    /// Y2.
    pub y2: f64,
}

/// A side of the field. In each beam that sees it, the ray from the source through its outermost
/// point meets the aperture's edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorderInfo {
    /// `superior`, `inferior`, `left`, `right`, `anterior` or `posterior`.
    pub side: String,
    /// LPS coordinate along that direction, where its landmarks are.
    pub position_mm: f64,
    /// What it is defined by.
    pub points: Vec<BorderPointInfo>,
}

/// A landmark of a border.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorderPointInfo {
    /// Its name.
    pub landmark: String,
    /// Where it lies, LPS.
    pub landmark_mm: [f64; 3],
    /// How far outwards of it the border runs.
    pub margin_mm: f64,
    /// The point that the border runs through, LPS.
    pub border_mm: [f64; 3],
    /// How the landmark was found.
    pub evidence: String,
    /// 0 to 1.
    pub confidence: f64,
}

impl From<&PelvicField> for FieldInfo {
    fn from(field: &PelvicField) -> Self {
        Self {
            patient_position: field.position.term().to_owned(),
            isocentre_mm: field.isocentre.into(),
            source_axis_mm: field.source_axis_mm(),
            beams: field.beams.iter().map(BeamInfo::from).collect(),
            borders: field.borders.iter().map(BorderInfo::from).collect(),
            cautions: field.cautions.clone(),
        }
    }
}

impl From<&Beam> for BeamInfo {
    fn from(beam: &Beam) -> Self {
        let open = beam.aperture;
        Self {
            name: beam.side.name().to_owned(),
            gantry_deg: beam.gantry_deg,
            aperture_mm: ApertureInfo {
                x1: open.x1,
                x2: open.x2,
                y1: open.y1,
                y2: open.y2,
            },
        }
    }
}

impl From<&Border> for BorderInfo {
    fn from(border: &Border) -> Self {
        let points = border.points.iter().map(|point| BorderPointInfo {
            landmark: point.landmark.clone(),
            landmark_mm: point.at.into(),
            margin_mm: point.margin_mm,
            border_mm: point.border_at.into(),
            evidence: point.evidence.clone(),
            confidence: point.confidence,
        });
        Self {
            side: border.side.name().to_owned(),
            position_mm: border.position_mm(),
            points: points.collect(),
        }
    }
}
