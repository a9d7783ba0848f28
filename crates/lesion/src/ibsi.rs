//! Consensus values of the Image Biomarker Standardisation Initiative on its digital phantom
//! (CC BY 4.0; Zwanenburg et al., Radiology 2020;295:328).

use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;
use nifti::{IntoNdArray, NiftiObject, ReaderOptions};

use crate::measure::{PeakKernel, measure};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/ibsi-digital-phantom"
);

/// 2 mm voxels; their order in space does not matter for the values.
fn read(name: &str) -> Option<Volume<f32>> {
    let path = std::path::Path::new(FOLDER).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    let object = ReaderOptions::new().read_file(path).unwrap();
    let array = object.into_volume().into_ndarray::<f32>().unwrap();
    let values = array.into_dimensionality::<ndarray::Ix3>().unwrap();
    let (nk, nj, ni) = values.dim();
    let grid = Grid::axis_aligned([nk, nj, ni], [2.0; 3], Point3::origin()).unwrap();
    Some(Volume::new(grid, values).unwrap())
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[test]
fn the_digital_phantom_has_its_consensus_values() {
    let (Some(image), Some(mask)) = (read("image/phantom.nii.gz"), read("mask/mask.nii.gz")) else {
        return;
    };
    let all = image.grid().full_box();
    let voxels: Vec<[usize; 3]> = all.voxels().filter(|v| mask[*v] > 0.0).collect();
    // A voxel counts for the peak when its centre lies in the sphere.
    let kernel = PeakKernel::with_samples(image.grid(), 1);
    let measures = measure(&image, &voxels, &kernel);
    assert_eq!(rounded(measures.suv_mean, 2), 2.15);
    assert_eq!(measures.suv_max, 6.0);
    assert_eq!(rounded(measures.volume_ml, 3), 0.592);
    assert_eq!(rounded(measures.suv_peak, 1), 3.1, "global intensity peak");
    let highest = voxels.iter().filter(|v| image[**v] == 6.0);
    let local = highest
        .map(|v| kernel.mean_at(&image, *v))
        .fold(0.0, f64::max);
    assert_eq!(rounded(local, 1), 2.6, "local intensity peak");
    // From the outermost corners of the mesh: 13.1 mm. Between voxel centres plus a voxel's width
    // in that direction is within half a voxel of it.
    assert!(
        (measures.longest_diameter_mm - 13.1).abs() < 1.0,
        "{}",
        measures.longest_diameter_mm
    );
    // Our own rule takes the part of each voxel that lies in the sphere. The image is smaller than
    // the sphere and its values leap from 1 to 6, so that the voxels at the rim weigh much.
    let ours = measure(&image, &voxels, &PeakKernel::new(image.grid())).suv_peak;
    assert!((ours / 3.1 - 1.0).abs() < 0.1, "{ours}");
}
