//! Where a point lies among landmarks, bones and organs.

use isoboost_anatomy::{Anatomy, Landmarks, Organ, OrganKind, Side};
use isoboost_volume::{Mask, Volume};
use nalgebra::{Point3, Vector3};

use crate::StagingConfig;

/// Step of a ray through the bones, in mm: half a voxel of the overview.
const RAY_STEP_MM: f64 = 2.0;

/// The lower end of a symphysis whose upper end alone is in the field, in mm below it.
const SYMPHYSIS_HEIGHT_MM: f64 = 42.0;

/// Heights and planes that the regions are told by, LPS in mm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Levels {
    pub(crate) midline: f64,
    pub(crate) heads_top: f64,
    pub(crate) symphysis_top: f64,
    pub(crate) symphysis_bottom: f64,
    /// The back edge of the symphysis, y.
    pub(crate) symphysis_back: f64,
    /// Level L5/S1 and the y of its front.
    pub(crate) promontory: Option<(f64, f64)>,
    /// Upper border of the pelvic nodes, and how it is known.
    pub(crate) bifurcation: Option<(f64, String)>,
    /// The least sure of the landmarks.
    pub(crate) confidence: f64,
}

impl Levels {
    /// The levels, or the reason why regions cannot be told.
    pub(crate) fn of(anatomy: &Anatomy, config: &StagingConfig) -> Result<Self, String> {
        let landmarks: &Landmarks = &anatomy.landmarks;
        let absent =
            |name: &str, why: &dyn std::fmt::Display| format!("{name} is not known: {why}");
        let midline = landmarks.midline.as_ref();
        let midline = midline.map_err(|why| absent("the midline", why))?;
        let top = landmarks.symphysis_top.as_ref();
        let top = top.map_err(|why| absent("the top of the symphysis", why))?;
        let Some(heads_top) = landmarks.femoral_head_top_z_mm() else {
            let why = landmarks.femoral_head_top_left.as_ref().err();
            let why = why.map_or_else(String::new, ToString::to_string);
            return Err(absent("the top of the femoral heads", &why));
        };
        let promontory = landmarks.promontory.as_ref().ok();
        let bottom = landmarks.symphysis_bottom.as_ref();
        let sure = [midline.confidence, top.confidence];
        Ok(Self {
            midline: midline.at.x,
            heads_top,
            symphysis_top: top.at.z,
            symphysis_bottom: bottom.map_or(top.at.z - SYMPHYSIS_HEIGHT_MM, |b| b.at.z),
            symphysis_back: top.at.y,
            promontory: promontory.map(|p| (p.at.z, p.at.y)),
            bifurcation: bifurcation(anatomy, promontory.map(|p| p.at.z), config),
            confidence: sure.into_iter().fold(1.0, f64::min),
        })
    }

    /// The side of a point and its distance from the midline, in mm.
    pub(crate) fn aside(&self, point: Point3<f64>) -> (Side, f64) {
        (
            Side::of(point.x, self.midline),
            (point.x - self.midline).abs(),
        )
    }
}

fn bifurcation(
    anatomy: &Anatomy,
    promontory: Option<f64>,
    config: &StagingConfig,
) -> Option<(f64, String)> {
    let aorta = anatomy
        .organs_of(OrganKind::Aorta)
        .flat_map(|o| centers(&o.mask));
    let lowest = aorta.map(|p| p.z).reduce(f64::min);
    let reckoned = promontory.map(|z| z + config.bifurcation_above_promontory_mm);
    match (lowest, reckoned) {
        // An aorta that ends far from there is cut by its drawer's field or habit.
        (Some(seen), Some(expected)) if (seen - expected).abs() <= 45.0 => {
            Some((seen, "lower end of the imported aorta".to_owned()))
        }
        (_, Some(expected)) => Some((
            expected,
            format!(
                "{:.0} mm above L5/S1, about the lower edge of L4",
                config.bifurcation_above_promontory_mm
            ),
        )),
        _ => None,
    }
}

/// Centres of the voxels of a mask.
pub(crate) fn centers(mask: &Mask) -> impl Iterator<Item = Point3<f64>> + '_ {
    mask.voxels().map(|v| mask.grid().center_of(v))
}

/// Whether a point lies in bone: in the CT's skeleton or in an imported bone.
pub(crate) fn is_bone(anatomy: &Anatomy, point: Point3<f64>) -> bool {
    anatomy
        .bone
        .as_ref()
        .is_some_and(|bone| bone.contains(point))
        || anatomy
            .organs
            .iter()
            .any(|organ| organ.kind.is_bone() && organ.mask.contains(point))
}

/// Distance from a point along a direction to the first bone, in mm, up to `furthest`.
pub(crate) fn bone_along(
    anatomy: &Anatomy,
    from: Point3<f64>,
    direction: Vector3<f64>,
    furthest: f64,
) -> Option<f64> {
    let steps = (furthest / RAY_STEP_MM) as usize;
    (0..=steps)
        .map(|n| n as f64 * RAY_STEP_MM)
        .find(|mm| is_bone(anatomy, from + direction * *mm))
}

/// The front of the vertebral bodies at a height, y: between the slices of the spine that is
/// followed on the CT; where there is none, the bone in the midline that lies deep enough to be no
/// sternum and no symphysis.
pub(crate) fn front_of_spine(at: Point3<f64>, levels: &Levels, anatomy: &Anatomy) -> Option<f64> {
    let spine = &anatomy.spine;
    let above = spine.partition_point(|p| p.z <= at.z);
    if above > 0 && above < spine.len() {
        let (low, high) = (spine[above - 1], spine[above]);
        return Some(low.front + (high.front - low.front) * (at.z - low.z) / (high.z - low.z));
    }
    let before = Point3::new(levels.midline, at.y - 60.0, at.z);
    let down = bone_along(anatomy, before, Vector3::y(), 160.0)?;
    Some(before.y + down)
}

/// Distance of a point to the nearest voxel centre of an organ, in mm.
pub(crate) fn distance_to(organ: &Organ, point: Point3<f64>) -> f64 {
    nearest(&organ.mask, point).map_or(f64::INFINITY, |(_, mm)| mm)
}

/// The nearest voxel centre of a mask and its distance in mm.
pub(crate) fn nearest(mask: &Mask, point: Point3<f64>) -> Option<(Point3<f64>, f64)> {
    centers(mask)
        .map(|p| (p, (p - point).norm_squared()))
        .reduce(|a, b| if b.1 < a.1 { b } else { a })
        .map(|(p, squared)| (p, squared.sqrt()))
}

/// Mean HU of the overview in a ball of 8 mm around a point.
pub(crate) fn density_around(anatomy: &Anatomy, point: Point3<f64>) -> Option<f64> {
    const RADIUS_MM: f64 = 8.0;
    let hu: &Volume<i16> = anatomy.overview.as_ref()?;
    let bounds = hu.grid().box_around(&[point], RADIUS_MM)?;
    let near = bounds
        .voxels()
        .filter(|v| (hu.grid().center_of(*v) - point).norm() <= RADIUS_MM);
    let values: Vec<f64> = near.map(|v| f64::from(hu[v])).collect();
    let n = values.len() as f64;
    (n > 0.0).then(|| values.iter().sum::<f64>() / n)
}
