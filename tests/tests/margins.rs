//! Margins against an exact distance map that we did not write.

use std::path::PathBuf;

use isoboost_report::write_label_map;
use isoboost_tests::check_script;
use isoboost_volume::{Grid, Margins, Mask, expand};
use nalgebra::{Point3, Rotation3, Vector3};

/// A ring with a bar beside it, so that the grown parts meet.
fn shape(p: Point3<f64>) -> bool {
    let ring = (p.x.hypot(p.y) - 18.0).hypot(p.z) <= 5.0;
    let bar = (p.x - 30.0).abs() <= 3.0 && p.y.abs() <= 14.0 && p.z.abs() <= 9.0;
    ring || bar
}

#[test]
fn equal_margins_are_those_of_simpleitk() {
    let turned = Rotation3::from_euler_angles(0.2, -0.3, 0.5);
    for (name, turn) in [("upright", Rotation3::identity()), ("oblique", turned)] {
        let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
        let (shape_of_grid, spacing) = ([40, 110, 110], [3.0, 0.98, 0.98]);
        let mut origin = Point3::origin();
        for a in 0..3 {
            origin -= axes[a] * (spacing[a] * f64::from(shape_of_grid[a] - 1) / 2.0);
        }
        let grid = Grid::new(shape_of_grid.map(|n| n as usize), spacing, origin, axes).unwrap();
        let mask = Mask::from_fn(grid.clone(), |v| shape(grid.center_of(v)));
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, mask: &Mask| -> PathBuf {
            let path = folder.path().join(name);
            write_label_map(&path, &mask.map(|set| u16::from(*set))).unwrap();
            path
        };
        let mut arguments = vec![write("mask.nii.gz", &mask)];
        for mm in ["3", "7.5", "15"] {
            let grown = expand(&mask, &Margins::uniform(mm.parse().unwrap()));
            arguments.push(write(&format!("{mm}.nii.gz"), &grown));
            arguments.push(PathBuf::from(mm));
        }
        let arguments: Vec<_> = arguments.iter().map(PathBuf::as_path).collect();
        let Some(checked) = check_script("check_margins.py", &arguments) else {
            return;
        };
        let margins = checked["margins"].as_array().unwrap();
        assert_eq!(margins.len(), 3);
        let mut last = mask.count() as u64;
        for margin in margins {
            assert_eq!(margin["differ"], 0, "{name}: {margin}");
            let ours = margin["ours"].as_u64().unwrap();
            assert!(ours > last, "{name}: {margin}");
            last = ours;
        }
    }
}
