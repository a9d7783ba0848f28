//! Levels of the sacrum on its front, and the sacro-iliac joints.
//!
//! On a low-dose CT the remnants of the sacral discs are not seen at 4 mm. Their distances from
//! the promontory vary little, and the front is seen well.

use isoboost_volume::Mask;
use nalgebra::Point3;

use crate::landmarks::{Absent, Landmark, LandmarkSource, Landmarks, Sought};
use crate::organ::{Organ, OrganSource};
use crate::skeleton::Skeleton;

/// Straight from the front of the lumbosacral disc to the levels S1/S2, S2/S3 and the lower end of
/// S3 on the front of the sacrum, mm: half a disc, then bodies of some 32, 26 and 21 mm along a
/// curve. Between a labelled CT (51, 77, 95) and the torso phantom (41, 77, 91) and what bodies of
/// such a height give.
const FROM_PROMONTORY_MM: [f64; 3] = [46.0, 76.0, 93.0];
/// Half width of the strip around the midline, mm, and the share of it that is bone where bone
/// begins.
const HALF_WIDTH_MM: f64 = 10.0;
const FRONT_SHARE: f64 = 0.4;
/// The front is read from this far below the promontory, where L5 has ended, to where the coccyx
/// begins, mm.
const BELOW_PROMONTORY_MM: (f64, f64) = (5.0, 120.0);
/// Front edges further before the promontory than this are not the sacrum, mm.
const BEFORE_PROMONTORY_MM: f64 = 6.0;
/// Between slices the front steps forwards by at most this, mm; more is bowel content or the
/// bladder with contrast medium.
const FORWARDS_MM: f64 = 9.0;
/// No bone is further before or behind the promontory than this, mm.
pub(crate) const BODY_MM: f64 = 300.0;

/// The front of the sacrum, from the promontory downwards; LPS, mm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Front {
    pub(crate) line: Vec<Point3<f64>>,
}

impl Front {
    /// The front of the sacrum in the midline; `None` without a promontory.
    pub(crate) fn of(bone: &Mask, landmarks: &Landmarks) -> Option<Self> {
        let promontory = landmarks.promontory.as_ref().ok()?.at;
        let midline = landmarks.midline_x_mm()?;
        let (from, to) = BELOW_PROMONTORY_MM;
        let corner = |sign: f64, below: f64| {
            let x = midline + sign * (HALF_WIDTH_MM + bone.grid().spacing()[2]);
            Point3::new(x, promontory.y + sign * BODY_MM, promontory.z - below)
        };
        let near = bone
            .grid()
            .box_around(&[corner(-1.0, to), corner(1.0, 0.0)], 0.0)?;
        let near = bone.crop(near);
        let bones = Skeleton::new(&near);
        let slices = bones.slices_between(promontory.z - to, promontory.z - from);
        let mut line = vec![Point3::new(midline, promontory.y, promontory.z)];
        for k in slices.rev() {
            let last = line[line.len() - 1];
            let stretches = bones.stretches(k, midline, HALF_WIDTH_MM, FRONT_SHARE);
            let least = (promontory.y - BEFORE_PROMONTORY_MM).max(last.y - FORWARDS_MM);
            let front = stretches.iter().map(|s| s.0).find(|y| *y >= least);
            if let Some(y) = front {
                line.push(Point3::new(midline, y, bones.z[k]));
            }
        }
        (line.len() > 2).then_some(Self { line })
    }

    /// The first place this far from the promontory in a straight line, which a gap in thin bone
    /// changes less than the way along it; `None` beyond the end.
    fn at_distance(&self, mm: f64) -> Option<Point3<f64>> {
        let from = self.line[0];
        let pair = self.line.windows(2).find(|p| (p[1] - from).norm() >= mm)?;
        let (near, far) = ((pair[0] - from).norm(), (pair[1] - from).norm());
        let share = ((mm - near) / (far - near).max(1e-9)).clamp(0.0, 1.0);
        Some(pair[0] + (pair[1] - pair[0]) * share)
    }

    /// Distance of a place of the sagittal plane to the line, mm.
    pub(crate) fn distance_mm(&self, y: f64, z: f64) -> f64 {
        let place = Point3::new(self.line[0].x, y, z);
        let distances = self.line.windows(2).map(|pair| {
            let along = pair[1] - pair[0];
            let t = (place - pair[0]).dot(&along) / along.norm_squared().max(1e-9);
            (place - (pair[0] + along * t.clamp(0.0, 1.0))).norm()
        });
        distances.fold(f64::INFINITY, f64::min)
    }

    /// y of the front at a height, between the points of the line.
    pub(crate) fn y_at(&self, z: f64) -> Option<f64> {
        let pair = self.line.windows(2).find(|p| p[1].z <= z && z <= p[0].z)?;
        let share = (pair[0].z - z) / (pair[0].z - pair[1].z).max(1e-9);
        Some(pair[0].y + share * (pair[1].y - pair[0].y))
    }
}

/// The levels S1/S2, S2/S3 and the lower end of S3 by their distance along the front.
pub(crate) fn levels(front: Option<&Front>, landmarks: &Landmarks) -> [Sought; 3] {
    let promontory = match (&landmarks.promontory, front) {
        (Ok(promontory), Some(_)) => promontory,
        (Err(absent), _) => {
            let reason = format!("the promontory is not known: {absent}");
            return [(); 3].map(|()| Err(Absent(reason.clone())));
        }
        (_, None) => {
            let reason = "the front of the sacrum is not seen below the promontory";
            return [(); 3].map(|()| Err(Absent(reason.to_owned())));
        }
    };
    FROM_PROMONTORY_MM.map(|mm| {
        let at = front.and_then(|front| front.at_distance(mm));
        let at = at.ok_or_else(|| Absent("the field ends above this level".to_owned()))?;
        Ok(Landmark {
            at,
            source: LandmarkSource::Ct,
            confidence: 0.8 * promontory.confidence,
            how: format!("front of the sacrum {mm} mm from the promontory, as usual"),
        })
    })
}

/// The level S1/S2 by an imported S1: its lower front corner.
pub(crate) fn below_drawn_s1(s1: &[Point3<f64>], midline: f64) -> Option<Landmark> {
    let middle = s1.iter().filter(|p| (p.x - midline).abs() <= HALF_WIDTH_MM);
    let middle: Vec<&Point3<f64>> = middle.collect();
    let low = middle.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    // The disc runs across the axis of the sacrum, which leans backwards: of the lower edge the
    // hindmost point lies on the front of the sacrum.
    let edge = middle.iter().filter(|p| p.z <= low + DRAWN_EDGE_MM);
    let back = edge.map(|p| p.y).fold(f64::NEG_INFINITY, f64::max);
    back.is_finite().then(|| Landmark {
        at: Point3::new(midline, back, low),
        source: LandmarkSource::Imported,
        confidence: 0.85,
        how: "lower edge of the imported S1".to_owned(),
    })
}

/// Thickness of a drawn edge, mm.
const DRAWN_EDGE_MM: f64 = 3.0;

/// Hip bone and sacrum on both sides of a joint lie this near to each other from side to side, mm.
const JOINT_MM: [f64; 2] = [3.5, 7.0];
/// A joint has at least this much surface where the field shows it, mm².
const JOINT_MM2: f64 = 250.0;

/// Middle and upper end of a sacro-iliac joint: where hip bone has sacrum beside it towards the
/// midline.
pub(crate) fn sacroiliac(hip: Option<&Organ>, sacrum: &[&Organ], midline: f64) -> [Sought; 2] {
    let absent = |why: &str| [(); 2].map(|()| Err(Absent(why.to_owned())));
    let (Some(hip), Some(first)) = (hip, sacrum.first()) else {
        return absent("hip bone or sacrum is not seen");
    };
    let grid = hip.mask.grid();
    let beside = |p: &Point3<f64>| {
        JOINT_MM.iter().any(|mm| {
            let inwards = Point3::new(p.x - mm * (p.x - midline).signum(), p.y, p.z);
            sacrum.iter().any(|s| s.mask.contains(inwards))
        })
    };
    // The surface towards the midline.
    let step = grid.spacing().into_iter().fold(0.0, f64::max);
    let is_edge = |p: &Point3<f64>| {
        let next = Point3::new(p.x - step * (p.x - midline).signum(), p.y, p.z);
        !hip.mask.contains(next)
    };
    let points = hip.mask.voxels().map(|v| grid.center_of(v));
    let joint: Vec<Point3<f64>> = points.filter(|p| is_edge(p) && beside(p)).collect();
    let n = joint.len() as f64;
    let [dk, dj, _] = grid.spacing();
    if n * dk * dj < JOINT_MM2 {
        return absent("hip bone and sacrum do not meet within the field");
    }
    let mean = |points: &[Point3<f64>]| {
        let sum = points
            .iter()
            .map(|p| p.coords)
            .sum::<nalgebra::Vector3<f64>>();
        Point3::from(sum / points.len() as f64)
    };
    let top = joint.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    let highest = joint.iter().filter(|p| p.z >= top - 2.0 * dk).copied();
    let highest = mean(&highest.collect::<Vec<_>>());
    let drawn = hip.source == OrganSource::Imported && first.source == OrganSource::Imported;
    let (source, confidence) = if drawn {
        (LandmarkSource::Imported, 0.9)
    } else {
        (LandmarkSource::Ct, 0.7)
    };
    let how = format!(
        "where hip bone and sacrum meet, over {:.0} mm²",
        n * dk * dj
    );
    [
        (mean(&joint), how.clone()),
        (Point3::new(highest.x, highest.y, top + dk / 2.0), how),
    ]
    .map(|(at, how)| {
        Ok(Landmark {
            at,
            source,
            confidence,
            how,
        })
    })
}
