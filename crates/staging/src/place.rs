//! Where a point lies among landmarks, bones and organs.

use isoboost_anatomy::{Anatomy, Landmarks, Organ, OrganKind, Side};
use isoboost_volume::{Mask, Volume};
use nalgebra::{Point3, Vector3};

use crate::StagingConfig;

/// Step of a ray through the bones, in mm: half a voxel of the overview.
const RAY_STEP_MM: f64 = 2.0;

/// The lower end of a symphysis whose upper end alone is in the field, in mm below it.
const SYMPHYSIS_HEIGHT_MM: f64 = 42.0;

/// Sacrum and coccyx are looked for this near to the midline, this far behind the back edge of the
/// symphysis and within these heights from its top, in mm.
const SACRUM_ASIDE_MM: f64 = 12.0;
const SACRUM_BEHIND_MM: f64 = 50.0;
const SACRUM_FROM_SYMPHYSIS_MM: std::ops::RangeInclusive<f64> = -60.0..=150.0;

/// A dome this near to the upper end of the CT is no dome, in mm.
const FIELD_END_MM: f64 = 12.0;

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
    /// The front of sacrum and coccyx in the middle: heights with its y, from the feet up.
    sacral_front: Vec<(f64, f64)>,
    /// The dome of the liver, z, where the field shows it.
    pub(crate) dome: Option<f64>,
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
            sacral_front: sacral_front(anatomy, midline.at.x, top.at),
            dome: dome_of_liver(anatomy),
            confidence: sure.into_iter().fold(1.0, f64::min),
        })
    }

    /// The front of sacrum and coccyx in the middle at a height, y; beyond their ends that of the
    /// nearest end.
    pub(crate) fn sacral_front_y(&self, z: f64) -> Option<f64> {
        let above = self.sacral_front.partition_point(|s| s.0 <= z);
        let (low, high) = (
            above.checked_sub(1).and_then(|n| self.sacral_front.get(n)),
            self.sacral_front.get(above),
        );
        Some(match (low, high) {
            (Some((z0, y0)), Some((z1, y1))) => y0 + (y1 - y0) * (z - z0) / (z1 - z0),
            (Some((_, y)), None) | (None, Some((_, y))) => *y,
            (None, None) => return None,
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

/// The front of the bones in the middle behind the pelvis, smoothed over height.
fn sacral_front(anatomy: &Anatomy, midline: f64, symphysis: Point3<f64>) -> Vec<(f64, f64)> {
    let Some(bone) = anatomy.bone.as_ref() else {
        return Vec::new();
    };
    let grid = bone.grid();
    let [nk, nj, ni] = grid.shape();
    let columns: Vec<usize> = (0..ni)
        .filter(|i| (grid.center_of([0, 0, *i]).x - midline).abs() <= SACRUM_ASIDE_MM)
        .collect();
    let front = |k: usize| {
        let rows = (0..nj).map(|j| (j, grid.center_of([k, j, 0]).y));
        let deep = rows.filter(|(_, y)| *y >= symphysis.y + SACRUM_BEHIND_MM);
        let mut bony = deep.filter(|(j, _)| columns.iter().any(|i| bone[[k, *j, *i]]));
        bony.next().map(|(_, y)| y)
    };
    let z = |k: usize| grid.center_of([k, 0, 0]).z;
    let slices = (0..nk).filter(|k| SACRUM_FROM_SYMPHYSIS_MM.contains(&(z(*k) - symphysis.z)));
    let seen: Vec<(f64, f64)> = slices.filter_map(|k| Some((z(k), front(k)?))).collect();
    let median = |n: usize| {
        let near = &seen[n.saturating_sub(2)..(n + 3).min(seen.len())];
        let mut fronts: Vec<f64> = near.iter().map(|s| s.1).collect();
        fronts.sort_by(f64::total_cmp);
        fronts[fronts.len() / 2]
    };
    (0..seen.len()).map(|n| (seen[n].0, median(n))).collect()
}

/// Where the lungs end, z.
pub(crate) fn top_of_lungs(anatomy: &Anatomy) -> Option<f64> {
    let lungs = anatomy
        .organs
        .iter()
        .filter(|o| matches!(o.kind, OrganKind::Lung(_)));
    let boxes = lungs.filter_map(|o| Some((o, o.mask.bounding_box()?)));
    let tops = boxes.map(|(o, b)| {
        let corners = [b.min, b.max].map(|v| o.mask.grid().center_of(v).z);
        corners[0].max(corners[1])
    });
    tops.reduce(f64::max)
}

/// The highest slice of the liver; a liver that the field cuts has its dome above the field.
fn dome_of_liver(anatomy: &Anatomy) -> Option<f64> {
    let liver = anatomy.organs_of(OrganKind::Liver).next()?;
    let bounds = liver.mask.bounding_box()?;
    let ends = [bounds.min, bounds.max].map(|v| liver.mask.grid().center_of(v).z);
    let dome = ends[0].max(ends[1]);
    let inside = anatomy.overview.as_ref().is_none_or(|view| {
        let z = view.grid().corners().into_iter().map(|c| c.z);
        dome + FIELD_END_MM < z.fold(f64::NEG_INFINITY, f64::max)
    });
    inside.then_some(dome)
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

/// Distance of a point to the nearest voxel centre of an organ, in mm; `None` beyond `most`.
pub(crate) fn distance_within(organ: &Organ, point: Point3<f64>, most: f64) -> Option<f64> {
    let grid = organ.mask.grid();
    let near = grid.box_around(&[point], most)?.voxels();
    let inside = near.filter(|v| organ.mask[*v]);
    let distances = inside.map(|v| (grid.center_of(v) - point).norm());
    distances.reduce(f64::min).filter(|mm| *mm <= most)
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
