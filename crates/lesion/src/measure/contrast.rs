//! Uptake next to a lesion.

use isoboost_volume::{IndexBox, Mask, Volume, distance_outside};

/// Where the shell around a lesion begins, mm from its nearest voxel centre: twice the standard
/// deviation of a PET of 6 mm FWHM, beyond which less than 3 % of a flat border spills out.
pub const BACKGROUND_FROM_MM: f64 = 5.0;
/// Where it ends: still the tissue that the lesion lies in.
pub const BACKGROUND_TO_MM: f64 = 15.0;
/// Fewer voxels than this tell nothing of a mean.
const FEWEST_VOXELS: usize = 20;

/// Uptake of the tissue around a lesion, and how the lesion stands out of it.
///
/// The background is a shell of [`BACKGROUND_FROM_MM`] to [`BACKGROUND_TO_MM`] around the
/// lesion's voxels, without the voxels of any other focus and what lies within
/// [`BACKGROUND_FROM_MM`] of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// Mean of the shell, SUVbw g/mL.
    pub background_suv: f64,
    /// Population standard deviation of the shell, SUVbw g/mL.
    pub background_sd: f64,
    /// Voxels of the shell.
    pub background_voxels: usize,
    /// SUVmax by the mean of the shell; `None` where that is not above zero.
    pub of_max: Option<f64>,
    /// SUVmean by the mean of the shell; `None` where that is not above zero.
    pub of_mean: Option<f64>,
}

/// Mean, standard deviation and number of the background voxels around a lesion; `None` where too
/// few are left.
pub(super) fn background(
    suv: &Volume<f32>,
    voxels: &[[usize; 3]],
    bounds: IndexBox,
    is_background: impl Fn([usize; 3]) -> bool,
) -> Option<(f64, f64, usize)> {
    let grid = suv.grid();
    // What spills into the shell from outside of it is excluded as well.
    let reach = BACKGROUND_TO_MM + BACKGROUND_FROM_MM;
    let steps = grid.spacing().map(|s| (reach / s).floor() as usize);
    let around = bounds.grown(steps, grid.shape());
    let crop = grid.crop(around);
    let within = |voxel: [usize; 3]| [0, 1, 2].map(|a| voxel[a] - around.min[a]);
    let mut lesion = Mask::empty(crop.clone());
    for voxel in voxels {
        lesion[within(*voxel)] = true;
    }
    let mut other = Mask::empty(crop);
    for voxel in around.voxels() {
        let place = within(voxel);
        other[place] = !lesion[place] && !is_background(voxel);
    }
    let from_lesion = distance_outside(&lesion);
    let from_other = distance_outside(&other);
    let shell = (BACKGROUND_FROM_MM as f32)..=(BACKGROUND_TO_MM as f32);
    let values: Vec<f64> = around
        .voxels()
        .filter(|voxel| {
            let place = within(*voxel);
            shell.contains(&from_lesion[place]) && from_other[place] >= *shell.start()
        })
        .map(|voxel| f64::from(suv[voxel]))
        .collect();
    let n = values.len();
    (n >= FEWEST_VOXELS).then(|| {
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        (mean, (squares / n as f64).sqrt(), n)
    })
}
