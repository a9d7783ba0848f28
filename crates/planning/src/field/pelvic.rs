//! The box of four beams.

use isoboost_anatomy::Anatomy;
use isoboost_staging::Staging;
use nalgebra::Point3;

use super::beam::{Aperture, Beam, BeamSide};
use super::borders::{Border, BorderSide, borders};
use super::config::FieldConfig;
use super::position::PatientPosition;
use crate::policy::PelvisTop;

/// A landmark that is less sure than this is told.
const SURE: f64 = 0.5;
/// Most linear accelerators open no further than this to one side, mm.
const WIDEST_JAW_MM: f64 = 200.0;
/// A narrower or wider field is no pelvic one: a landmark must be wrong, mm.
const PLAUSIBLE_MM: (f64, f64) = (60.0, 450.0);
/// Isocentre and jaws are told to the tenth of a mm.
const PER_MM: f64 = 10.0;

/// What a pelvic field is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct FieldInput<'a> {
    /// Bones and landmarks.
    pub anatomy: &'a Anatomy,
    /// The nodes, above which the field may have to end.
    pub staging: &'a Staging,
    /// Upper border.
    pub top: PelvisTop,
    /// How the patient lies.
    pub position: PatientPosition,
    /// Landmarks and margins.
    pub config: &'a FieldConfig,
}

/// Why there is no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pelvic field is not drawn: {0}")]
pub struct NoField(pub String);

/// Four open beams around one isocentre.
#[derive(Debug, Clone, PartialEq)]
pub struct PelvicField {
    /// How the patient lies.
    pub position: PatientPosition,
    /// Isocentre, LPS in mm: the middle of the box.
    pub isocentre: Point3<f64>,
    /// AP, PA, left lateral, right lateral.
    pub beams: Vec<Beam>,
    /// Superior, inferior, left, right, anterior, posterior.
    pub borders: Vec<Border>,
    /// What speaks against taking it as it stands.
    pub cautions: Vec<String>,
}

impl PelvicField {
    /// How far a point lies outside of the volume that all beams share, mm; negative inside.
    pub fn outside(&self, point: Point3<f64>) -> f64 {
        let beams = self.beams.iter().map(|beam| beam.outside(point));
        beams.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Its borders in words, a phrase each.
    pub fn describe(&self) -> Vec<String> {
        self.borders.iter().map(Border::describe).collect()
    }

    /// Distance from the source to the isocentre, mm.
    pub fn source_axis_mm(&self) -> f64 {
        self.beams.first().map_or(0.0, |beam| beam.source_axis_mm)
    }
}

/// The conventional four-field box by bony landmarks.
///
/// # Errors
/// When a landmark is not known, or the borders leave no plausible field.
pub fn pelvic_field(input: &FieldInput<'_>) -> Result<PelvicField, NoField> {
    box_of(borders(input)?, input.position, input.config.source_axis_mm)
}

/// The box that six borders make.
pub(super) fn box_of(
    borders: Vec<Border>,
    position: PatientPosition,
    source_axis_mm: f64,
) -> Result<PelvicField, NoField> {
    let of = |side: BorderSide| {
        let border = borders.iter().find(|border| border.side == side);
        border.map_or(f64::NAN, Border::position_mm)
    };
    let middle = |a: BorderSide, b: BorderSide| rounded(f64::midpoint(of(a), of(b)));
    let isocentre = Point3::new(
        middle(BorderSide::Left, BorderSide::Right),
        middle(BorderSide::Anterior, BorderSide::Posterior),
        middle(BorderSide::Superior, BorderSide::Inferior),
    );
    let beams: Result<Vec<Beam>, NoField> = BeamSide::ALL
        .into_iter()
        .map(|side| beam(side, position, isocentre, source_axis_mm, &borders))
        .collect();
    let beams = beams?;
    let cautions = cautions(&borders, &beams);
    Ok(PelvicField {
        position,
        isocentre,
        beams,
        borders,
        cautions,
    })
}

fn rounded(mm: f64) -> f64 {
    (mm * PER_MM).round() / PER_MM
}

fn beam(
    side: BeamSide,
    position: PatientPosition,
    isocentre: Point3<f64>,
    source_axis_mm: f64,
    borders: &[Border],
) -> Result<Beam, NoField> {
    let closed = Aperture {
        x1: f64::NAN,
        x2: f64::NAN,
        y1: f64::NAN,
        y2: f64::NAN,
    };
    let mut beam = Beam::new(side, position, isocentre, source_axis_mm, closed);
    let mut aperture = closed;
    for border in borders {
        let Some((axis, is_upper, mm)) = border.edge(&beam) else {
            continue;
        };
        let edge = match (axis, is_upper) {
            (0, false) => &mut aperture.x1,
            (0, true) => &mut aperture.x2,
            (_, false) => &mut aperture.y1,
            (_, true) => &mut aperture.y2,
        };
        *edge = rounded(mm);
    }
    beam.aperture = aperture;
    let sides = [aperture.x2 - aperture.x1, aperture.y2 - aperture.y1];
    // NaN is not within the range either.
    if !sides
        .iter()
        .all(|mm| (PLAUSIBLE_MM.0..=PLAUSIBLE_MM.1).contains(mm))
    {
        return Err(NoField(format!(
            "its borders leave {:.0} × {:.0} mm open in the beam {}, expected {} to {} mm",
            sides[0],
            sides[1],
            side.name(),
            PLAUSIBLE_MM.0,
            PLAUSIBLE_MM.1
        )));
    }
    Ok(beam)
}

fn cautions(borders: &[Border], beams: &[Beam]) -> Vec<String> {
    let mut cautions = Vec::new();
    for border in borders {
        for point in border.points.iter().filter(|p| p.confidence < SURE) {
            cautions.push(format!(
                "the {} border rests on an unsure landmark, {}: {} (confidence {:.1})",
                border.side.name(),
                point.landmark,
                point.evidence,
                point.confidence
            ));
        }
    }
    for beam in beams {
        let Aperture { x1, x2, y1, y2 } = beam.aperture;
        let widest = [x1, x2, y1, y2]
            .iter()
            .map(|mm| mm.abs())
            .fold(0.0, f64::max);
        if widest > WIDEST_JAW_MM {
            cautions.push(format!(
                "a jaw of the beam {} is to open {widest:.0} mm, more than the {WIDEST_JAW_MM} mm \
                 of most machines",
                beam.side.name()
            ));
        }
    }
    cautions
}
