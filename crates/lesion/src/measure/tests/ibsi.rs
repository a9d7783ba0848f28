//! Consensus values of the Image Biomarker Standardisation Initiative: on its digital phantom
//! (CC BY 4.0), and the figures known of two patients of its validation set (CC BY 3.0).
//! Zwanenburg et al., Radiology 2020;295:328.

use std::path::Path;

use nifti::{IntoNdArray, NiftiObject, ReaderOptions};

use super::*;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// An image with the spacing of its header; how it lies in space does not matter for the values.
fn read(name: &str) -> Option<Volume<f32>> {
    let path = Path::new(DATA).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    let object = ReaderOptions::new().read_file(path).unwrap();
    let [_, di, dj, dk, ..] = object.header().pixdim.map(f64::from);
    // Columns are the first axis of a NIfTI file.
    let array = object.into_volume().into_ndarray::<f32>().unwrap();
    let values = array.into_dimensionality::<ndarray::Ix3>().unwrap();
    let values = values.reversed_axes();
    let (nk, nj, ni) = values.dim();
    let grid = Grid::axis_aligned([nk, nj, ni], [dk, dj, di], Point3::origin()).unwrap();
    Some(Volume::new(grid, values).unwrap())
}

fn set_voxels(mask: &Volume<f32>) -> Vec<[usize; 3]> {
    let all = mask.grid().full_box();
    all.voxels().filter(|v| mask[*v] > 0.0).collect()
}

/// Image, voxels and measures of the digital phantom by the rules of the IBSI: a surface by
/// marching cubes halfway between set and unset voxels, a peak over whole voxels.
fn phantom() -> Option<(Volume<f32>, Vec<[usize; 3]>, Measures)> {
    let image = read("ibsi-digital-phantom/image/phantom.nii.gz")?;
    let mask = read("ibsi-digital-phantom/mask/mask.nii.gz")?;
    let voxels = set_voxels(&mask);
    let depth = mask.map(|m| if *m > 0.0 { -0.5 } else { 0.5 });
    let kernel = PeakKernel::with_samples(image.grid(), 1);
    let measures = measure_on(&image, &voxels, &Field::of_voxels(&depth), &kernel);
    Some((image, voxels, measures))
}

/// Every value has to lie within the tolerance of the reference, or agree at its digits where that
/// is 0.
fn check(values: &[(&str, f64, f64, f64, i32)]) {
    for (name, found, reference, tolerance, _) in values {
        println!("{name}: {found:.5}, reference {reference} ± {tolerance}");
    }
    for (name, found, reference, tolerance, digits) in values {
        let scale = 10_f64.powi(*digits);
        let rounded = (found * scale).round() / scale;
        assert!(
            (rounded - reference).abs() <= tolerance + 1e-9,
            "{name}: {found}, reference {reference} ± {tolerance}"
        );
    }
}

#[test]
fn the_phantom_has_its_morphology() {
    let Some((_, _, m)) = phantom() else { return };
    check(&[
        ("Volume (mesh)", m.volume_isosurface_ml * 1e3, 556.0, 4.0, 0),
        ("Volume (voxel counting)", m.volume_ml * 1e3, 592.0, 4.0, 0),
        ("Surface area (mesh)", m.surface_area_mm2, 388.0, 3.0, 0),
        (
            "Surface to volume ratio",
            m.surface_to_volume_per_mm.unwrap(),
            0.698,
            0.004,
            3,
        ),
        ("Sphericity", m.sphericity.unwrap(), 0.843, 0.005, 3),
        ("Maximum 3D diameter", m.longest_diameter_mm, 13.1, 0.1, 1),
    ]);
}

#[test]
fn the_phantom_has_its_local_intensity() {
    let Some((image, voxels, m)) = phantom() else {
        return;
    };
    check(&[
        ("Local intensity peak", m.suv_peak_local, 2.6, 0.0, 1),
        ("Global intensity peak", m.suv_peak, 3.1, 0.0, 1),
    ]);
    // Our own rule takes the part of each voxel that lies in the sphere. The image is smaller than
    // the sphere and its values leap from 1 to 6, so that the voxels at the rim weigh much.
    let depth = depth_below(&image, &voxels, 0.5).0;
    let ours = measure(&image, &voxels, &depth, &PeakKernel::new(image.grid()));
    assert!((ours.suv_peak / 3.1 - 1.0).abs() < 0.1, "{}", ours.suv_peak);
}

#[test]
fn the_phantom_has_its_statistics() {
    let Some((_, _, m)) = phantom() else { return };
    let cov = m.coefficient_of_variation;
    check(&[
        ("Mean", m.suv_mean, 2.15, 0.0, 2),
        ("Variance", m.suv_sd.powi(2), 3.05, 0.0, 2),
        ("Skewness", m.skewness, 1.08, 0.0, 2),
        ("(Excess) kurtosis", m.kurtosis, -0.355, 0.0, 3),
        ("Median", m.suv_median, 1.0, 0.0, 0),
        ("Minimum", m.suv_min, 1.0, 0.0, 0),
        ("10th percentile", m.suv_p10, 1.0, 0.0, 0),
        ("90th percentile", m.suv_p90, 4.0, 0.0, 0),
        ("Maximum", m.suv_max, 6.0, 0.0, 0),
        ("Interquartile range", m.interquartile_range, 3.0, 0.0, 0),
        ("Range", m.suv_max - m.suv_min, 5.0, 0.0, 0),
        ("Coefficient of variation", cov, 0.812, 0.0, 3),
        // Integrated intensity is the mean times the volume of the mesh (99N0).
        (
            "Integrated intensity",
            m.suv_mean * m.volume_isosurface_ml * 1e3,
            1200.0,
            10.0,
            -1,
        ),
    ]);
}

#[test]
fn two_sarcomas_have_the_figures_known_of_them() {
    for (case, count, ml, max, mean) in [
        ("STS_001", 5095, 366.079, 7.9107, 2.5551),
        ("STS_002", 555, 54.277, 21.6757, 7.3696),
    ] {
        let file = |name: &str| read(&format!("ibsi-validation/{case}/nifti/{name}.nii.gz"));
        let (Some(suv), Some(mask)) = (file("PET_image"), file("PET_mask")) else {
            return;
        };
        let voxels = set_voxels(&mask);
        assert_eq!(voxels.len(), count, "{case}");
        let depth = mask.map(|m| if *m > 0.0 { -0.5 } else { 0.5 });
        let m = measure(&suv, &voxels, &depth, &PeakKernel::new(suv.grid()));
        check(&[
            ("volume, mL", m.volume_ml, ml, 0.001, 4),
            ("SUVmax", m.suv_max, max, 0.0, 4),
            ("SUVmean", m.suv_mean, mean, 0.0, 4),
            // The surface halfway between voxels cuts their corners off.
            ("mesh by voxels", m.volume_isosurface_ml / ml, 0.99, 0.01, 3),
        ]);
    }
}
