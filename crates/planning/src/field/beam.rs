//! One beam: where it comes from and what it opens.

use nalgebra::{Point3, Vector3};

use super::position::PatientPosition;

/// A rectangle in the plane through the isocentre across the beam, mm, seen from the source, in
/// the collimator's system of IEC 61217.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aperture {
    /// X1: the edge at the lower X.
    pub x1: f64,
    /// X2.
    pub x2: f64,
    /// Y1: the edge at the lower Y.
    pub y1: f64,
    /// Y2.
    pub y2: f64,
}

impl Aperture {
    /// How far a place lies outside, mm; negative inside.
    pub fn outside(&self, [x, y]: [f64; 2]) -> f64 {
        let across = (self.x1 - x).max(x - self.x2);
        let along = (self.y1 - y).max(y - self.y2);
        across.max(along)
    }
}

/// The side of the patient that a beam enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeamSide {
    /// From the front.
    Anterior,
    /// From the back.
    Posterior,
    /// From the patient's left.
    Left,
    /// From the patient's right.
    Right,
}

impl BeamSide {
    /// All four, in the order of beams.
    pub const ALL: [Self; 4] = [Self::Anterior, Self::Posterior, Self::Left, Self::Right];

    /// The beam's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anterior => "AP",
            Self::Posterior => "PA",
            Self::Left => "Left lateral",
            Self::Right => "Right lateral",
        }
    }

    /// LPS direction from the isocentre to the source.
    pub fn towards_source(self) -> Vector3<f64> {
        match self {
            Self::Anterior => -Vector3::y(),
            Self::Posterior => Vector3::y(),
            Self::Left => Vector3::x(),
            Self::Right => -Vector3::x(),
        }
    }
}

/// A divergent beam with its collimator and couch at 0°.
#[derive(Debug, Clone, PartialEq)]
pub struct Beam {
    /// Where it enters.
    pub side: BeamSide,
    /// Gantry angle after IEC 61217, degrees.
    pub gantry_deg: f64,
    /// Isocentre, LPS in mm.
    pub isocentre: Point3<f64>,
    /// Distance from the source to the isocentre, mm.
    pub source_axis_mm: f64,
    /// What it opens.
    pub aperture: Aperture,
    axes: [Vector3<f64>; 3],
}

impl Beam {
    /// A beam from `side` of a patient who lies as `position` says.
    pub fn new(
        side: BeamSide,
        position: PatientPosition,
        isocentre: Point3<f64>,
        source_axis_mm: f64,
        aperture: Aperture,
    ) -> Self {
        let [x, y, z] = position.fixed_axes();
        let source = side.towards_source();
        // The gantry turns about Y, clockwise for who faces it: at 90° the source is at +X. A
        // source on an axis needs no rounded sines.
        let (sine, cosine) = (source.dot(&x).round(), source.dot(&z).round());
        let degrees = sine.atan2(cosine).to_degrees().round();
        Self {
            side,
            // A turn more and taken off again leaves no minus at zero.
            gantry_deg: (degrees + 360.0) % 360.0,
            isocentre,
            source_axis_mm,
            aperture,
            axes: [x * cosine - z * sine, y, source],
        }
    }

    /// LPS directions of growing X and Y of the collimator's system, and that to the source.
    pub fn axes(&self) -> [Vector3<f64>; 3] {
        self.axes
    }

    /// The source, LPS in mm.
    pub fn source(&self) -> Point3<f64> {
        self.isocentre + self.axes[2] * self.source_axis_mm
    }

    /// Where the ray from the source through a point meets the plane through the isocentre, `[x,
    /// y]` in mm; `None` for points that lie no nearer to that plane than the source.
    pub fn project(&self, point: Point3<f64>) -> Option<[f64; 2]> {
        let step = point - self.isocentre;
        let depth = self.source_axis_mm - step.dot(&self.axes[2]);
        let scale = self.source_axis_mm / depth;
        (depth > 0.0).then(|| [0, 1].map(|a| step.dot(&self.axes[a]) * scale))
    }

    /// The LPS point of a place in the plane through the isocentre.
    pub fn point_at(&self, [x, y]: [f64; 2]) -> Point3<f64> {
        self.isocentre + self.axes[0] * x + self.axes[1] * y
    }

    /// How far a point lies outside of the open beam, mm across the beam at its depth; negative
    /// inside.
    pub fn outside(&self, point: Point3<f64>) -> f64 {
        let Some(place) = self.project(point) else {
            return f64::INFINITY;
        };
        let depth = self.source_axis_mm - (point - self.isocentre).dot(&self.axes[2]);
        self.aperture.outside(place) * depth / self.source_axis_mm
    }
}
