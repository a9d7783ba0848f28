//! A focus as staging looks at it.

use isoboost_anatomy::Organ;
use isoboost_lesion::{Focus, PointFocus};
use isoboost_volume::Volume;
use nalgebra::{Matrix3, Point3, SymmetricEigen, Vector3};

/// Voxels of an organ that its uptake is taken from, at most.
const ORGAN_SAMPLES: usize = 4000;

/// A mask of an organ holds its rim, where uptake is blurred away; this quantile of the whole is
/// about the median of the core.
const CORE_QUANTILE: f64 = 0.7;

/// Where uptake is and how much: of a focus, or of a point too small for an outline.
#[derive(Debug, Clone)]
pub(crate) struct Uptake {
    pub(crate) center: Point3<f64>,
    pub(crate) max_at: Point3<f64>,
    pub(crate) suv_max: f64,
    pub(crate) volume_ml: f64,
    /// SUVmax by the mean of its surroundings; `None` where they are not known.
    pub(crate) contrast: Option<f64>,
    /// Voxel centres with their SUV.
    voxels: Vec<(Point3<f64>, f64)>,
}

impl Uptake {
    pub(crate) fn of_focus(focus: &Focus, suv: &Volume<f32>) -> Self {
        let voxels = focus.mask.voxels().map(|voxel| {
            let here = [0, 1, 2].map(|a| voxel[a] + focus.bounds.min[a]);
            (suv.grid().center_of(here), f64::from(suv[here]))
        });
        Self {
            center: focus.measures.centroid,
            max_at: focus.measures.max_at,
            suv_max: focus.measures.suv_max,
            volume_ml: focus.measures.volume_ml,
            contrast: focus.measures.contrast.and_then(|c| c.of_max),
            voxels: voxels.collect(),
        }
    }

    /// A ball of even uptake, for tests.
    #[cfg(test)]
    pub(crate) fn ball(center: Point3<f64>, radius_mm: f64, suv: f64) -> Self {
        let steps = (-radius_mm.ceil() as i32..=radius_mm.ceil() as i32).map(f64::from);
        let all = steps.clone().flat_map(|x| {
            let steps = steps.clone();
            steps
                .clone()
                .flat_map(move |y| steps.clone().map(move |z| Vector3::new(x, y, z)))
        });
        let inside = all.filter(|d| d.norm() <= radius_mm);
        Self {
            voxels: inside.map(|d| (center + d, suv)).collect(),
            volume_ml: 4.0 / 3.0 * std::f64::consts::PI * radius_mm.powi(3) / 1000.0,
            ..Self::of_point(&PointFocus {
                max_at: center,
                suv_max: suv,
                volume_ml: 0.0,
            })
        }
    }

    /// The same with the voxels of another, for tests.
    #[cfg(test)]
    pub(crate) fn join(&mut self, other: Self) {
        self.voxels.extend(other.voxels);
    }

    pub(crate) fn of_point(point: &PointFocus) -> Self {
        Self {
            center: point.max_at,
            max_at: point.max_at,
            suv_max: point.suv_max,
            volume_ml: point.volume_ml,
            contrast: None,
            voxels: vec![(point.max_at, point.suv_max)],
        }
    }

    /// Share of the uptake at points that fulfil a condition, 0 to 1.
    pub(crate) fn share(&self, inside: impl Fn(Point3<f64>) -> bool) -> f64 {
        let all: f64 = self.voxels.iter().map(|v| v.1).sum();
        let within = self.voxels.iter().filter(|v| inside(v.0)).map(|v| v.1);
        if all > 0.0 {
            within.sum::<f64>() / all
        } else {
            0.0
        }
    }

    /// How much longer than wide, as the ratio of the spread along the longest and the second
    /// axis, and the direction of the longest.
    pub(crate) fn elongation(&self) -> Option<(f64, Vector3<f64>)> {
        if self.voxels.len() < 6 {
            return None;
        }
        let all: f64 = self.voxels.iter().map(|v| v.1).sum();
        let mean = self
            .voxels
            .iter()
            .fold(Vector3::zeros(), |sum, (p, w)| sum + p.coords * (*w / all));
        let spread = self.voxels.iter().fold(Matrix3::zeros(), |sum, (p, w)| {
            let d = p.coords - mean;
            sum + d * d.transpose() * (*w / all)
        });
        let eigen = SymmetricEigen::new(spread);
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
        let second = eigen.eigenvalues[order[1]];
        if second <= 0.0 {
            return None;
        }
        let ratio = (eigen.eigenvalues[order[0]] / second).sqrt();
        Some((ratio, eigen.eigenvectors.column(order[0]).into_owned()))
    }
}

/// Nearly the highest of an organ's voxels: its noise, without a few that a neighbour spills into.
const HOTTEST_QUANTILE: f64 = 0.995;

/// Typical SUV of an organ: about the median of its core.
pub(crate) fn typical_in(organ: &Organ, suv: &Volume<f32>) -> Option<f64> {
    quantile_in(organ, suv, CORE_QUANTILE)
}

/// Nearly the highest SUV of an organ.
pub(crate) fn hottest_in(organ: &Organ, suv: &Volume<f32>) -> Option<f64> {
    quantile_in(organ, suv, HOTTEST_QUANTILE)
}

fn quantile_in(organ: &Organ, suv: &Volume<f32>, quantile: f64) -> Option<f64> {
    let every = organ.mask.count().div_ceil(ORGAN_SAMPLES).max(1);
    let mut values: Vec<f32> = organ
        .mask
        .voxels()
        .step_by(every)
        .filter_map(|v| suv.grid().voxel_at(organ.mask.grid().center_of(v)))
        .map(|v| suv[v])
        .collect();
    values.sort_by(f32::total_cmp);
    let place = (values.len() as f64 * quantile) as usize;
    values.get(place).copied().map(f64::from)
}
