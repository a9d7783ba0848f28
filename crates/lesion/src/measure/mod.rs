//! SUV statistics, extent and shape of a set of voxels.
//!
//! Names in capitals in the documentation of a measure are its code in the reference manual of
//! the Image Biomarker Standardisation Initiative (IBSI; Zwanenburg 2020,
//! 10.1148/radiol.2020191145).

mod blurred_ball;
mod contrast;
mod cube;
mod diameter;
mod field;
mod intensity;
mod peak;
mod surface;
#[cfg(test)]
mod tests;
mod totals;

use isoboost_volume::{Grid, IndexBox, Volume};
use nalgebra::Point3;
use rayon::prelude::*;

pub(crate) use blurred_ball::{FWHM_PER_SIGMA, height_at};
pub use contrast::{BACKGROUND_FROM_MM, BACKGROUND_TO_MM, Contrast};
pub use peak::PEAK_SPHERE_RADIUS_MM;
pub(crate) use peak::PeakKernel;
pub use totals::{PatientTotals, Totals};

use field::Field;
use intensity::Intensity;
use surface::Mesh;

/// The measures of a focus. All SUV are SUVbw in g/mL; [`Measures::scaled`] gives the others.
///
/// SUV statistics and `volume_ml` are over the voxels whose centres lie inside; surface, shape and
/// diameters are of the surface through the sub-voxel border.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Highest voxel (84IY).
    pub suv_max: f64,
    /// Highest mean over a sphere of 1 mL around a voxel of the focus (0F91), voxels at the
    /// sphere's border by their share inside it.
    pub suv_peak: f64,
    /// Mean over a sphere of 1 mL around the highest voxel (VJGA); of several highest, the highest
    /// mean.
    pub suv_peak_local: f64,
    /// Mean over the voxels (Q4LE).
    pub suv_mean: f64,
    /// Median over the voxels (Y12H).
    pub suv_median: f64,
    /// Standard deviation over the voxels: the root of the population variance (ECT3).
    pub suv_sd: f64,
    /// Lowest voxel (1GSF).
    pub suv_min: f64,
    /// 10th percentile over the voxels (QG58), linear between ranks.
    pub suv_p10: f64,
    /// 90th percentile over the voxels (8DWT), linear between ranks.
    pub suv_p90: f64,
    /// 75th minus 25th percentile (SALO).
    pub interquartile_range: f64,
    /// Standard deviation by mean (7TET), no unit; 0 where the mean is 0.
    pub coefficient_of_variation: f64,
    /// Skewness (KE2A), no unit; 0 for even uptake.
    pub skewness: f64,
    /// Excess kurtosis (IPH6), no unit; 0 for even uptake.
    pub kurtosis: f64,
    /// Number of voxels times the volume of one (YEKZ), mL (PSMA-TV).
    pub volume_ml: f64,
    /// `suv_mean` times `volume_ml`, g/mL · mL (TL-PSMA).
    pub tl_psma: f64,
    /// Volume inside the surface (RNU0), mL.
    pub volume_isosurface_ml: f64,
    /// Area of the surface (C0JK), mm².
    pub surface_area_mm2: f64,
    /// Area by volume (2PR5), 1/mm; `None` where the surface encloses nothing.
    pub surface_to_volume_per_mm: Option<f64>,
    /// Area of the sphere of equal volume by the area (QCFX), at most 1; `None` where the surface
    /// encloses nothing.
    pub sphericity: Option<f64>,
    /// Largest distance of two points of the surface (L0JK), mm. Sub-voxel: it does not grow with
    /// the voxels as a distance between outer edges of voxels does.
    pub longest_diameter_mm: f64,
    /// Longest diameter within one slice of the PET, mm.
    pub axial_diameter_mm: f64,
    /// Longest chord perpendicular to `axial_diameter_mm` in the same slice, mm.
    pub short_axis_mm: f64,
    /// How it stands out of the tissue around; `None` where too little of that is left.
    pub contrast: Option<Contrast>,
    /// LPS mean position of the voxels.
    pub centroid: Point3<f64>,
    /// LPS position of the highest voxel.
    pub max_at: Point3<f64>,
    /// LPS centre of the sphere of `suv_peak`.
    pub peak_at: Point3<f64>,
}

/// The SUV of a focus in one normalisation: by body weight, lean body mass or body surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SuvSet {
    /// Highest voxel.
    pub max: f64,
    /// Highest mean over 1 mL.
    pub peak: f64,
    /// Mean over 1 mL around the highest voxel.
    pub peak_local: f64,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Lowest voxel.
    pub min: f64,
    /// 10th percentile.
    pub p10: f64,
    /// 90th percentile.
    pub p90: f64,
    /// Mean times volume in mL.
    pub total_uptake: f64,
}

impl Measures {
    /// The SUV times `factor`: SUL per SUVbw, or SUVbsa per SUVbw, is one number for a patient.
    pub fn scaled(&self, factor: f64) -> SuvSet {
        SuvSet {
            max: self.suv_max * factor,
            peak: self.suv_peak * factor,
            peak_local: self.suv_peak_local * factor,
            mean: self.suv_mean * factor,
            median: self.suv_median * factor,
            sd: self.suv_sd * factor,
            min: self.suv_min * factor,
            p10: self.suv_p10 * factor,
            p90: self.suv_p90 * factor,
            total_uptake: self.tl_psma * factor,
        }
    }

    /// With the contrast to the tissue around `voxels`; `is_background` is false for the voxels of
    /// every other focus, which do not count.
    #[must_use]
    pub(crate) fn with_contrast(
        mut self,
        suv: &Volume<f32>,
        voxels: &[[usize; 3]],
        is_background: impl Fn([usize; 3]) -> bool,
    ) -> Self {
        let background = contrast::background(suv, voxels, box_of(voxels), is_background);
        self.contrast = background.map(|(mean, sd, n)| Contrast {
            background_suv: mean,
            background_sd: sd,
            background_voxels: n,
            of_max: (mean > 0.0).then(|| self.suv_max / mean),
            of_mean: (mean > 0.0).then(|| self.suv_mean / mean),
        });
        self
    }
}

/// Measures the voxels of one focus; they are sorted in array order and at least one.
///
/// `depth` is at most 0 inside and above 0 outside, and runs evenly across the border; its zero
/// level is the surface. It lies on a box of the SUV grid that holds all voxels and a layer around
/// them, as far as the grid goes. The contrast is left open, see [`Measures::with_contrast`].
pub(crate) fn measure(
    suv: &Volume<f32>,
    voxels: &[[usize; 3]],
    depth: &Volume<f32>,
    kernel: &PeakKernel,
) -> Measures {
    let field = Field::refined(depth, radius_of(suv.grid(), voxels));
    measure_on(suv, voxels, &field, kernel)
}

/// Mean SUVbw of the shell around voxels that [`Contrast`] is measured against; `None` where
/// too little of it is background.
pub(crate) fn background_around(
    suv: &Volume<f32>,
    voxels: &[[usize; 3]],
    is_background: impl Fn([usize; 3]) -> bool,
) -> Option<f64> {
    let found = contrast::background(suv, voxels, box_of(voxels), is_background);
    found.map(|(mean, _, _)| mean)
}

/// Volume in mL inside the zero level of `depth`, as [`Measures::volume_isosurface_ml`].
pub(crate) fn isosurface_ml(depth: &Volume<f32>, voxels: &[[usize; 3]]) -> f64 {
    let field = Field::refined(depth, radius_of(depth.grid(), voxels));
    Mesh::of(&field).extent().volume_mm3 / 1000.0
}

/// The field whose zero level, linear between its points, is the surface that is measured: `depth`
/// on a lattice as fine as a body of those voxels needs. Beyond it lies nothing of the body.
pub(crate) fn fine_depth(depth: &Volume<f32>, voxels: &[[usize; 3]]) -> Volume<f32> {
    let field = Field::refined(depth, radius_of(depth.grid(), voxels));
    field
        .into_volume(depth.grid())
        .unwrap_or_else(|| depth.clone())
}

/// The same with the surface drawn on a given lattice.
fn measure_on(
    suv: &Volume<f32>,
    voxels: &[[usize; 3]],
    field: &Field,
    kernel: &PeakKernel,
) -> Measures {
    let grid = suv.grid();
    let n = voxels.len() as f64;
    let center = [0, 1, 2].map(|a| voxels.iter().map(|v| v[a] as f64).sum::<f64>() / n);
    let intensity = Intensity::of(voxels.iter().map(|v| f64::from(suv[*v])).collect());
    let max_voxel = highest(voxels, |v| f64::from(suv[v]));
    let peaks: Vec<f64> = voxels.par_iter().map(|v| kernel.mean_at(suv, *v)).collect();
    let best = (0..voxels.len()).fold(0, |best, n| if peaks[n] > peaks[best] { n } else { best });
    let around_max = (0..voxels.len()).filter(|n| suv[voxels[*n]] >= suv[max_voxel]);
    let volume_ml = n * grid.voxel_volume_ml();
    let mesh = Mesh::of(field);
    let extent = mesh.extent();
    let axial = diameter::axial(&mesh, field);
    Measures {
        suv_max: f64::from(suv[max_voxel]),
        suv_peak: peaks[best],
        suv_peak_local: around_max.map(|n| peaks[n]).fold(f64::MIN, f64::max),
        suv_mean: intensity.mean,
        suv_median: intensity.median,
        suv_sd: intensity.sd,
        suv_min: intensity.min,
        suv_p10: intensity.p10,
        suv_p90: intensity.p90,
        interquartile_range: intensity.interquartile_range,
        coefficient_of_variation: intensity.coefficient_of_variation,
        skewness: intensity.skewness,
        kurtosis: intensity.kurtosis,
        volume_ml,
        tl_psma: intensity.mean * volume_ml,
        volume_isosurface_ml: extent.volume_mm3 / 1000.0,
        surface_area_mm2: extent.area_mm2,
        surface_to_volume_per_mm: extent.surface_to_volume(),
        sphericity: extent.sphericity(),
        longest_diameter_mm: diameter::longest(&mesh),
        axial_diameter_mm: axial.long_mm,
        short_axis_mm: axial.short_mm,
        contrast: None,
        centroid: grid.lps_from_index(center),
        max_at: grid.center_of(max_voxel),
        peak_at: grid.center_of(voxels[best]),
    }
}

/// The first of the voxels with the highest value.
pub(crate) fn highest(voxels: &[[usize; 3]], value: impl Fn([usize; 3]) -> f64) -> [usize; 3] {
    let first = voxels.first().copied().unwrap_or_default();
    voxels.iter().fold(
        first,
        |best, v| if value(*v) > value(best) { *v } else { best },
    )
}

/// Three times volume by area, which is the radius of a ball and about that of the thin parts of
/// any other body. The faces of the voxels have 1.5 times the area of a smooth body.
fn radius_of(grid: &Grid, voxels: &[[usize; 3]]) -> f64 {
    let spacing = grid.spacing();
    let has = |v: [usize; 3]| voxels.binary_search(&v).is_ok();
    let mut area = 0.0;
    for a in 0..3 {
        let face = spacing.iter().product::<f64>() / spacing[a];
        // As many faces look one way as the other.
        let faces = voxels.iter().filter(|v| {
            let mut next = **v;
            next[a] += 1;
            !has(next)
        });
        area += 2.0 * face * faces.count() as f64;
    }
    let volume = voxels.len() as f64 * spacing.iter().product::<f64>();
    3.0 * volume / (area / 1.5)
}

/// The smallest box around voxels.
fn box_of(voxels: &[[usize; 3]]) -> IndexBox {
    let start = voxels.first().copied().unwrap_or_default();
    let first = IndexBox {
        min: start,
        max: start,
    };
    voxels.iter().fold(first, |bounds, v| {
        bounds.union(&IndexBox { min: *v, max: *v })
    })
}
