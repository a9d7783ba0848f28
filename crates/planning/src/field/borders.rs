//! From landmarks to the borders of the box.

use isoboost_anatomy::{
    Anatomy, Landmark, Landmarks, Paired, Sought, pelvic_inlet, symphysis_front,
};
use isoboost_staging::Lesion;
use nalgebra::{Point3, Vector3};

use super::beam::Beam;
use super::config::{FieldConfig, InferiorBorder};
use super::pelvic::{FieldInput, NoField};
use crate::lesion_class::LesionClass;
use crate::policy::PelvisTop;

/// A side of the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BorderSide {
    /// To the head.
    Superior,
    /// To the feet.
    Inferior,
    /// To the patient's left.
    Left,
    /// To the patient's right.
    Right,
    /// To the front.
    Anterior,
    /// To the back.
    Posterior,
}

impl BorderSide {
    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Superior => "superior",
            Self::Inferior => "inferior",
            Self::Left => "left",
            Self::Right => "right",
            Self::Anterior => "anterior",
            Self::Posterior => "posterior",
        }
    }

    /// LPS direction that the box lies against.
    pub fn outward(self) -> Vector3<f64> {
        match self {
            Self::Superior => Vector3::z(),
            Self::Inferior => -Vector3::z(),
            Self::Left => Vector3::x(),
            Self::Right => -Vector3::x(),
            Self::Anterior => -Vector3::y(),
            Self::Posterior => Vector3::y(),
        }
    }
}

/// A landmark, and the point that the border runs through because of it.
#[derive(Debug, Clone, PartialEq)]
pub struct BorderPoint {
    /// The landmark's name.
    pub landmark: String,
    /// Where it lies, LPS in mm.
    pub at: Point3<f64>,
    /// How far outwards of it the border runs, mm.
    pub margin_mm: f64,
    /// Where the border runs, LPS in mm.
    pub border_at: Point3<f64>,
    /// How the landmark was found.
    pub evidence: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// A side of the box: it holds every one of its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Border {
    /// Which.
    pub side: BorderSide,
    /// What it is defined by; at least one.
    pub points: Vec<BorderPoint>,
}

impl Border {
    fn of<'a>(
        side: BorderSide,
        landmarks: impl IntoIterator<Item = (&'a str, &'a Landmark, f64)>,
    ) -> Self {
        let points = landmarks
            .into_iter()
            .map(|(name, found, margin_mm)| BorderPoint {
                landmark: name.to_owned(),
                at: found.at,
                margin_mm,
                border_at: found.at + side.outward() * margin_mm,
                evidence: found.how.clone(),
                confidence: found.confidence,
            });
        Self {
            side,
            points: points.collect(),
        }
    }

    /// LPS coordinate of its outermost point along its direction, mm.
    pub fn position_mm(&self) -> f64 {
        let outward = self.side.outward();
        let along = self.points.iter().map(|p| p.border_at.coords.dot(&outward));
        along.fold(f64::NEG_INFINITY, f64::max) * outward.sum()
    }

    /// Where it lies in a beam's view: the axis of the collimator's system that it lies on and
    /// whether at the higher end, and the projection of its outermost point, mm. `None` where the
    /// beam runs along the border.
    pub(super) fn edge(&self, beam: &Beam) -> Option<(usize, bool, f64)> {
        let [x, y, _] = beam.axes();
        let outward = self.side.outward();
        let (axis, sign) = [x, y]
            .iter()
            .map(|axis| axis.dot(&outward))
            .enumerate()
            .find(|(_, sign)| sign.abs() > 0.5)?;
        let places = self.points.iter().filter_map(|p| beam.project(p.border_at));
        let outermost = places.map(|p| p[axis] * sign).reduce(f64::max)?;
        Some((axis, sign > 0.0, outermost * sign))
    }

    /// In words, as `left: wall of the pelvic inlet + 20 mm`.
    pub(super) fn describe(&self) -> String {
        let points = self.points.iter().map(|point| {
            if point.margin_mm == 0.0 {
                point.landmark.clone()
            } else {
                format!("{} {:+} mm", point.landmark, point.margin_mm)
            }
        });
        let points: Vec<String> = points.collect();
        format!("{}: {}", self.side.name(), points.join(", "))
    }
}

/// All six borders.
pub(super) fn borders(input: &FieldInput<'_>) -> Result<Vec<Border>, NoField> {
    let anatomy = input.anatomy;
    let landmarks = &anatomy.landmarks;
    let config = input.config;
    let bone = anatomy
        .bone
        .as_ref()
        .ok_or_else(|| NoField("there is no CT, on whose bones its borders lie".to_owned()))?;
    let inlet = pelvic_inlet(bone, landmarks);
    let front = symphysis_front(bone, landmarks);
    let lateral = |side, wall, name| {
        let found = known(side, name, wall)?;
        Ok(Border::of(side, [(name, found, config.lateral_mm)]))
    };
    let one = |side, name, sought, margin| {
        let found = known(side, name, sought)?;
        Ok(Border::of(side, [(name, found, margin)]))
    };
    Ok(vec![
        superior(input)?,
        inferior(landmarks, config)?,
        lateral(BorderSide::Left, &inlet.left, "wall of the pelvic inlet")?,
        lateral(BorderSide::Right, &inlet.right, "wall of the pelvic inlet")?,
        one(
            BorderSide::Anterior,
            "front of the symphysis",
            &front,
            config.anterior_mm,
        )?,
        one(
            BorderSide::Posterior,
            "level S2/S3",
            &landmarks.sacrum_s2_s3,
            config.posterior_mm,
        )?,
    ])
}

fn known<'a>(side: BorderSide, name: &str, sought: &'a Sought) -> Result<&'a Landmark, NoField> {
    sought.as_ref().map_err(|absent| {
        NoField(format!(
            "its {} border has no landmark ({name}): {absent}",
            side.name()
        ))
    })
}

/// The level of the policy's pelvis-top, L5/S1 where the policy says none.
fn superior(input: &FieldInput<'_>) -> Result<Border, NoField> {
    let Anatomy { landmarks, .. } = input.anatomy;
    let side = BorderSide::Superior;
    let margin = input.config.superior_mm;
    let bifurcation = || known(side, "aortic bifurcation", &landmarks.aortic_bifurcation);
    match input.top {
        PelvisTop::L5S1 => {
            let name = "promontory (L5/S1)";
            let promontory = known(side, name, &landmarks.promontory)?;
            Ok(Border::of(side, [(name, promontory, margin)]))
        }
        PelvisTop::AorticBifurcation => Ok(Border::of(
            side,
            [("aortic bifurcation", bifurcation()?, margin)],
        )),
        PelvisTop::AboveHighestNode => {
            let node = highest_node(&input.staging.lesions).ok_or_else(|| {
                NoField(
                    "its superior border is to lie above the highest node, and there is none"
                        .to_owned(),
                )
            })?;
            let (name, node) = (&node.0, &node.1);
            let above = margin + input.config.above_node_mm;
            Ok(Border::of(
                side,
                [
                    ("aortic bifurcation", bifurcation()?, margin),
                    (name.as_str(), node, above),
                ],
            ))
        }
    }
}

/// The upper end of the highest node that a pelvic field may be raised for.
fn highest_node(lesions: &[Lesion]) -> Option<(String, Landmark)> {
    let is_node = |lesion: &&Lesion| {
        matches!(
            LesionClass::of(lesion),
            LesionClass::PelvicNode | LesionClass::CommonIliac | LesionClass::ParaAortic
        )
    };
    let tops = lesions.iter().filter(is_node).filter_map(|lesion| {
        let mask = &lesion.focus.mask;
        let grid = mask.grid();
        let highest = mask.voxels().map(|v| grid.center_of(v).z);
        let half: f64 = (0..3)
            .map(|a| grid.axes()[a].z.abs() * grid.spacing()[a] / 2.0)
            .sum();
        Some((lesion, highest.reduce(f64::max)? + half))
    });
    let (lesion, z) = tops.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let middle = lesion.focus.measures.centroid;
    let at = Point3::new(middle.x, middle.y, z);
    Some((
        format!("top of lesion {}", lesion.id),
        Landmark {
            at,
            source: isoboost_anatomy::LandmarkSource::Derived,
            confidence: 1.0,
            how: format!("upper end of its uptake, {}", lesion.site),
        },
    ))
}

fn inferior(landmarks: &Landmarks, config: &FieldConfig) -> Result<Border, NoField> {
    let side = BorderSide::Inferior;
    let (names, pair): ([&str; 2], &Paired) = match config.inferior_border {
        InferiorBorder::ObturatorForamen => (
            [
                "lower edge of the left obturator foramen",
                "lower edge of the right obturator foramen",
            ],
            &landmarks.obturator_foramen_bottom,
        ),
        InferiorBorder::IschialTuberosity => (
            ["left ischial tuberosity", "right ischial tuberosity"],
            &landmarks.ischial_tuberosity,
        ),
    };
    let left = known(side, names[0], &pair.left)?;
    let right = known(side, names[1], &pair.right)?;
    let margin = config.inferior_mm;
    Ok(Border::of(
        side,
        [(names[0], left, margin), (names[1], right, margin)],
    ))
}
