//! Where vessels and ureters run, reckoned from landmarks and organs: lines that a place can be
//! compared with where nobody has drawn the vessels.

use nalgebra::{Point3, Vector3};

use crate::landmarks::{Absent, Landmarks};
use crate::organ::{Organ, OrganKind, OrganSource, Side};
use crate::reference::VesselSlice;
use crate::spine::SpineAt;

/// What runs along a [`Course`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CourseKind {
    /// The abdominal aorta from the diaphragm to its bifurcation.
    Aorta,
    /// From the kidney to the bladder.
    Ureter(Side),
    /// Common iliac artery and vein, from the aortic bifurcation to that in front of the
    /// sacro-iliac joint.
    CommonIliac(Side),
    /// External iliac artery and vein, from there to the groin.
    ExternalIliac(Side),
    /// Internal iliac artery and vein, from there to the sciatic foramen.
    InternalIliac(Side),
    /// The obturator fossa: the side wall behind the external iliac vein.
    Obturator(Side),
}

impl CourseKind {
    /// The name of the vessels that run there, in the words of a sentence; `None` where none do.
    pub fn vessel(self) -> Option<String> {
        let (side, name) = match self {
            Self::Aorta => return Some("aorta".to_owned()),
            Self::CommonIliac(side) => (side, "common iliac vessels"),
            Self::ExternalIliac(side) => (side, "external iliac vessels"),
            Self::InternalIliac(side) => (side, "internal iliac vessels"),
            Self::Ureter(_) | Self::Obturator(_) => return None,
        };
        Some(format!("{} {name}", side.name()))
    }
}

/// A line of the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// What runs along it.
    pub kind: CourseKind,
    /// LPS points in mm, from the head to the feet; two or more.
    pub line: Vec<Point3<f64>>,
}

impl Course {
    /// Distance of a place to the line, the nearest point of it, mm, and its direction there, a
    /// unit vector.
    pub fn nearest(&self, place: Point3<f64>) -> (f64, Point3<f64>, Vector3<f64>) {
        let pairs = self.line.windows(2);
        let nearest = pairs.map(|pair| {
            let along = pair[1] - pair[0];
            let t = (place - pair[0]).dot(&along) / along.norm_squared().max(1e-9);
            let point = pair[0] + along * t.clamp(0.0, 1.0);
            ((place - point).norm(), point, along.normalize())
        });
        let far = (f64::INFINITY, place, Vector3::z());
        nearest.fold(far, |best, next| if next.0 < best.0 { next } else { best })
    }
}

/// The abdominal aorta where nobody has drawn it: height above the bifurcation, left of the middle
/// of the spine and before its front edge, mm. It lies on the spine and moves to the left and
/// backwards on its way up.
const AORTA: [[f64; 3]; 4] = [
    [150.0, 13.0, 12.0],
    [90.0, 12.0, 14.0],
    [40.0, 9.0, 13.0],
    [15.0, 7.0, 11.0],
];
/// A drawn or traced aorta is followed up to this far above its bifurcation, to the diaphragm, in
/// steps of this, mm.
const ABDOMINAL_MM: f64 = 180.0;
const AORTA_STEP_MM: f64 = 12.0;

/// Vessels of the pelvis: distance from the midline, distance behind the back edge of the top of
/// the symphysis, height above the tops of the femoral heads as a share of that of the promontory,
/// about 85 mm. Positions are between those of one labelled CT and of the pelvis phantom, within
/// 10 mm of either; the artery and the vein lie about 5 mm to either side.
const COMMON: [[f64; 3]; 4] = [
    [12.0, 12.0, 1.48],
    [23.0, 18.0, 1.22],
    [33.0, 32.0, 1.04],
    [41.0, 43.0, 0.87],
];
const EXTERNAL: [[f64; 3]; 7] = [
    [41.0, 43.0, 0.87],
    [45.0, 40.0, 0.73],
    [47.0, 34.0, 0.58],
    [50.0, 18.0, 0.38],
    [55.0, 6.0, 0.22],
    [64.0, -8.0, 0.04],
    [72.0, -14.0, -0.2],
];
const INTERNAL: [[f64; 3]; 5] = [
    [41.0, 43.0, 0.87],
    [46.0, 65.0, 0.66],
    [46.0, 80.0, 0.45],
    [42.0, 88.0, 0.2],
    [38.0, 90.0, 0.0],
];
const OBTURATOR: [[f64; 3]; 4] = [
    [46.0, 46.0, 0.35],
    [46.0, 38.0, 0.1],
    [45.0, 28.0, -0.1],
    [44.0, 18.0, -0.28],
];
/// The ureter below the kidney: along the psoas, over the iliac vessels where they divide, down
/// the side wall and forwards to the bladder.
const URETER: [[f64; 3]; 7] = [
    [42.0, 29.0, 2.3],
    [38.0, 24.0, 1.9],
    [36.0, 20.0, 1.35],
    [37.0, 29.0, 0.97],
    [46.0, 64.0, 0.52],
    [44.0, 71.0, 0.2],
    [26.0, 57.0, -0.06],
];
/// How far the lower end of the renal pelvis lies above the lower pole of the kidney, as a share of
/// its length.
const PELVIS_ABOVE_POLE: f64 = 0.4;
/// How far before the hilum the ureter begins, mm.
const PELVIS_BEFORE_HILUM_MM: f64 = 12.0;

/// The courses of both sides that the landmarks allow.
///
/// # Errors
/// The landmark that is missing.
pub(crate) fn courses(
    landmarks: &Landmarks,
    organs: &[Organ],
    spine: &[SpineAt],
) -> Result<Vec<Course>, Absent> {
    let missing = |why: &Absent| why.clone();
    let midline = landmarks.midline.as_ref().map_err(missing)?.at.x;
    let symphysis = landmarks.symphysis_top.as_ref().map_err(missing)?.at;
    let promontory = landmarks.promontory.as_ref().map_err(missing)?.at;
    let heads = landmarks.femoral_head_top_z_mm();
    let heads = heads.ok_or_else(|| Absent("no femoral head is seen".to_owned()))?;
    let frame = Frame {
        midline,
        back_y: symphysis.y,
        heads,
        height: promontory.z - heads,
    };
    let mut all: Vec<Course> = aorta(landmarks, organs, spine).into_iter().collect();
    for side in [Side::Left, Side::Right] {
        let pelvic = [
            (CourseKind::CommonIliac(side), COMMON.as_slice()),
            (CourseKind::ExternalIliac(side), &EXTERNAL),
            (CourseKind::InternalIliac(side), &INTERNAL),
            (CourseKind::Obturator(side), &OBTURATOR),
        ];
        all.extend(pelvic.map(|(kind, places)| Course {
            kind,
            line: places.iter().map(|p| frame.at(side, *p)).collect(),
        }));
        all.extend(ureter(&frame, side, organs));
    }
    Ok(all)
}

/// The abdominal aorta down to its bifurcation: a drawn one, else reckoned along the spine; `None`
/// where neither is known.
fn aorta(landmarks: &Landmarks, organs: &[Organ], spine: &[SpineAt]) -> Option<Course> {
    let bifurcation = landmarks.aortic_bifurcation.as_ref().ok()?.at;
    let mut drawn = organs.iter();
    let drawn = drawn.find(|o| o.kind == OrganKind::Aorta && o.source == OrganSource::Imported);
    if let Some(organ) = drawn {
        let grid = organ.mask.grid();
        let points = organ.mask.voxels().map(|v| grid.center_of(v));
        return aorta_through(bifurcation, points.collect());
    }
    let reckoned = AORTA.iter().filter_map(|[above, left, before]| {
        let z = bifurcation.z + above;
        let at = spine.iter().find(|s| (s.z - z).abs() <= AORTA_STEP_MM)?;
        Some(Point3::new(at.x + left, at.front - before, z))
    });
    let mut line: Vec<Point3<f64>> = reckoned.collect();
    line.push(bifurcation);
    (line.len() > 1).then_some(Course {
        kind: CourseKind::Aorta,
        line,
    })
}

/// The abdominal aorta through the middles of a trace, as [`crate::trace_aorta`] finds it, and down
/// to the bifurcation; `None` without a bifurcation or without a trace above it.
pub fn aorta_course(landmarks: &Landmarks, trace: &[VesselSlice]) -> Option<Course> {
    let bifurcation = landmarks.aortic_bifurcation.as_ref().ok()?.at;
    aorta_through(bifurcation, trace.iter().map(|s| s.center).collect())
}

/// A line from the diaphragm down through the mean of the points at each height to the bifurcation.
fn aorta_through(bifurcation: Point3<f64>, points: Vec<Point3<f64>>) -> Option<Course> {
    let steps = (ABDOMINAL_MM / AORTA_STEP_MM) as usize;
    let mut sums = vec![(Vector3::zeros(), 0.0); steps];
    for p in points {
        let step = (p.z - bifurcation.z) / AORTA_STEP_MM;
        if let Some((sum, n)) = (step >= 0.5).then(|| sums.get_mut(step as usize)).flatten() {
            *sum += p.coords;
            *n += 1.0;
        }
    }
    let means = sums.iter().rev().filter(|(_, n)| *n > 0.0);
    let mut line: Vec<Point3<f64>> = means.map(|(sum, n)| Point3::from(sum / *n)).collect();
    line.push(bifurcation);
    (line.len() > 1).then_some(Course {
        kind: CourseKind::Aorta,
        line,
    })
}

/// A frame of the pelvis that grows with the patient's height.
struct Frame {
    midline: f64,
    back_y: f64,
    heads: f64,
    height: f64,
}

impl Frame {
    fn at(&self, side: Side, [aside, behind, share]: [f64; 3]) -> Point3<f64> {
        let x = match side {
            Side::Left => self.midline + aside,
            Side::Right => self.midline - aside,
        };
        Point3::new(x, self.back_y + behind, self.heads + share * self.height)
    }
}

/// The course of a ureter from its kidney; `None` without the kidney.
fn ureter(frame: &Frame, side: Side, organs: &[Organ]) -> Option<Course> {
    let kidney = organs.iter().find(|o| o.kind == OrganKind::Kidney(side))?;
    let grid = kidney.mask.grid();
    let points: Vec<Point3<f64>> = kidney.mask.voxels().map(|v| grid.center_of(v)).collect();
    let top = points.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    let pole = points.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let z = pole + PELVIS_ABOVE_POLE * (top - pole);
    let beside = |p: &&Point3<f64>| (p.z - z).abs() < 6.0;
    let aside = |p: &Point3<f64>| (p.x - frame.midline).abs();
    let hilum = points.iter().filter(beside);
    let hilum = hilum.min_by(|a, b| aside(a).total_cmp(&aside(b)))?;
    // The renal pelvis leaves the kidney forwards.
    let hilum = *hilum - Vector3::y() * PELVIS_BEFORE_HILUM_MM;
    let lower = URETER.iter().map(|p| frame.at(side, *p));
    let line: Vec<Point3<f64>> = std::iter::once(hilum)
        .chain(lower.filter(|p| p.z < z))
        .collect();
    (line.len() > 1).then_some(Course {
        kind: CourseKind::Ureter(side),
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_point_lies_on_a_segment() {
        let course = Course {
            kind: CourseKind::CommonIliac(Side::Left),
            line: vec![
                Point3::new(0.0, 0.0, 100.0),
                Point3::new(0.0, 0.0, 50.0),
                Point3::new(30.0, 0.0, 50.0),
            ],
        };
        let (mm, at, along) = course.nearest(Point3::new(3.0, 4.0, 80.0));
        assert!((along + Vector3::z()).norm() < 1e-12);
        assert!((mm - 5.0).abs() < 1e-12);
        assert!((at - Point3::new(0.0, 0.0, 80.0)).norm() < 1e-12);
        let (mm, at, _) = course.nearest(Point3::new(40.0, 0.0, 50.0));
        assert!((mm - 10.0).abs() < 1e-12);
        assert!((at - Point3::new(30.0, 0.0, 50.0)).norm() < 1e-12);
    }
}
