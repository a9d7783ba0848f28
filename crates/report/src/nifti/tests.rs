//! Round trips, damaged files, and real label maps.

use std::path::Path;

use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Vector3};

use super::{NiftiError, read_label_map, read_volume, write_label_map, write_volume};

fn grid() -> Grid {
    Grid::axis_aligned(
        [3, 4, 5],
        [2.5, 1.25, 1.5],
        Point3::new(-12.0, 30.0, -700.0),
    )
    .unwrap()
}

fn labels(largest: u16) -> Volume<u16> {
    let mut n = 0;
    Volume::from_fn(grid(), |_| {
        n += 1;
        if n == 17 { largest } else { n % 3 }
    })
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    for (name, largest, bytes_per_voxel) in [("a.nii", 255, 1), ("b.c.nii", 256, 2)] {
        let path = folder.path().join(name);
        let labels = labels(largest);
        write_label_map(&path, &labels).unwrap();
        let size = std::fs::metadata(&path).unwrap().len();
        assert_eq!(size, 352 + 60 * bytes_per_voxel);
        let read = read_label_map(&path).unwrap();
        assert_eq!(read.as_slice(), labels.as_slice());
        assert!(read.grid().is_same_as(&grid()));
    }
    let path = folder.path().join("suv.nii.gz");
    let suv = Volume::from_fn(grid(), |[k, j, i]| (k * 100 + j * 10 + i) as f32 / 7.0);
    write_volume(&path, &suv).unwrap();
    assert_eq!(read_volume(&path).unwrap().as_slice(), suv.as_slice());
    assert_eq!(folder.path().read_dir().unwrap().count(), 3, "nothing else");
}

#[test]
fn equal_volumes_are_equal_files() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["1.nii.gz", "2.nii.gz"].map(|name| {
        let path = folder.path().join(name);
        write_label_map(&path, &labels(9)).unwrap();
        std::fs::read(path).unwrap()
    });
    assert_eq!(first, second);
}

#[test]
fn a_failed_write_leaves_no_file_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("labels.nii.gz");
    let error = write_label_map(&path, &labels(9)).unwrap_err().to_string();
    assert!(error.contains("missing/labels.nii.gz") && error.contains("write permission"));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

fn error_of(path: &Path) -> NiftiError {
    read_label_map(path).unwrap_err()
}

#[test]
fn what_is_no_label_map_is_refused_with_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let text = place("notes.nii");
    std::fs::write(&text, "not an image at all".repeat(40)).unwrap();
    assert!(matches!(error_of(&text), NiftiError::Read { .. }));
    assert!(matches!(
        error_of(&place("absent.nii")),
        NiftiError::Read { .. }
    ));

    let cut = place("cut.nii.gz");
    write_label_map(&cut, &labels(9)).unwrap();
    let bytes = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() - 20]).unwrap();
    assert!(matches!(error_of(&cut), NiftiError::Read { .. }));

    for (value, name) in [
        (1.5, "half"),
        (-1.0, "negative"),
        (70000.0, "large"),
        (f32::NAN, "nan"),
    ] {
        let path = place(&format!("{name}.nii"));
        let mut values = Volume::filled(grid(), 0.0_f32);
        values[[1, 2, 3]] = value;
        write_volume(&path, &values).unwrap();
        let found = error_of(&path);
        assert!(
            matches!(found, NiftiError::NotALabel { .. }),
            "{name}: {found}"
        );
    }

    // One number of the header at a time: a slab, and axes that are not orthogonal.
    let good = place("good.nii");
    write_label_map(&good, &labels(9)).unwrap();
    let changed = |name: &str, at: usize, bytes: &[u8]| {
        let mut file = std::fs::read(&good).unwrap();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        let path = place(name);
        std::fs::write(&path, file).unwrap();
        error_of(&path)
    };
    let flat = changed("flat.nii", 40, &2_i16.to_le_bytes());
    assert!(
        matches!(flat, NiftiError::Dimensions { found: 2, .. }),
        "{flat}"
    );
    let sheared = changed("sheared.nii", 280 + 8, &1.0_f32.to_le_bytes());
    assert!(matches!(sheared, NiftiError::Geometry { .. }), "{sheared}");
    let layers = changed(
        "layers.nii",
        40,
        &[4_i16, 5, 4, 1, 3].map(i16::to_le_bytes).concat(),
    );
    assert!(
        matches!(layers, NiftiError::Layers { found: 3, .. }),
        "{layers}"
    );
}

#[test]
fn without_any_form_the_voxel_sizes_alone_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.nii");
    write_label_map(&path, &labels(9)).unwrap();
    let mut file = std::fs::read(&path).unwrap();
    file[252..256].fill(0);
    std::fs::write(&path, file).unwrap();
    let grid = read_label_map(&path).unwrap().grid().clone();
    // The format's oldest way: indices times sizes, in RAS.
    assert_eq!(grid.origin(), Point3::origin());
    assert_eq!(grid.spacing(), [2.5, 1.25, 1.5]);
    assert_eq!(grid.axes(), [Vector3::z(), -Vector3::y(), -Vector3::x()]);
}

/// Volume in mL and LPS centroid of a label.
fn organ(labels: &Volume<u16>, label: u16) -> (f64, Point3<f64>) {
    let mask = labels.map(|v| *v == label);
    (mask.volume_ml(), mask.centroid().unwrap())
}

#[test]
fn organs_of_a_real_label_map_lie_where_organs_lie() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/totalsegmentator-example"
    );
    if !Path::new(folder).exists() {
        println!("skipped: no ../shared/data");
        return;
    }
    let path = Path::new(folder).join("example_seg_fast_force_split.nii.gz");
    let labels = read_label_map(&path).unwrap();
    assert_eq!(labels.grid().shape(), [112, 101, 122]);
    // The volume is the data's own note; 0.5 mL is its rounding.
    let (bladder_ml, bladder) = organ(&labels, 21);
    assert!((bladder_ml - 479.0).abs() < 0.5, "{bladder_ml}");
    let at = |label| organ(&labels, label).1;
    let (liver, spleen, aorta, sacrum) = (at(5), at(1), at(52), at(25));
    assert!(liver.x < spleen.x, "the liver lies to the right");
    assert!(at(76).x < at(75).x, "right femur 76, left femur 75");
    assert!(bladder.z < aorta.z && bladder.y < sacrum.y);

    // Another CT, its columns running the other way.
    let turned = read_label_map(&Path::new(folder).join("example_seg_dicom.nii.gz")).unwrap();
    assert_eq!(turned.grid().shape()[0], 20);
    assert!(turned.grid().axes()[2].x * labels.grid().axes()[2].x < 0.0);
    // Centres as nibabel has them, in LPS.
    for (labels, label, center) in [
        (&turned, 1, [94.5, -120.8, -785.3]),
        (&turned, 5, [-76.0, -165.9, -785.0]),
        (&turned, 6, [42.3, -199.6, -783.4]),
        (&labels, 21, [-1.8, -170.3, 147.3]),
        (&labels, 75, [101.8, -132.1, 117.4]),
        (&labels, 31, [5.5, -111.9, 382.7]),
    ] {
        let off = (organ(labels, label).1 - Point3::from(center)).norm();
        assert!(off < 0.1, "label {label}: {off:.2} mm");
    }
}
