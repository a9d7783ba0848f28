//! Validators and readers that others wrote.

use std::path::Path;
use std::process::Command;

use isoboost_volume::{Mask, Volume};
use ndarray::Array3;

use crate::study::{dice, oblique, upright};
use crate::writing::{Written, written};

/// Whether a missing program is reason enough to pass; said aloud, or a failure where programs
/// are required.
fn skipped(program: &str) -> bool {
    let is_required = std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_some();
    assert!(!is_required, "{program} is not installed");
    println!("skipped: {program} not installed");
    true
}

#[test]
fn dciodvfy_finds_no_error() {
    for grid in [upright(), oblique()] {
        check_by_dciodvfy(&written(&grid).path);
    }
}

/// Holds a structure set against the standard.
#[track_caller]
pub(crate) fn check_by_dciodvfy(path: &Path) {
    let run = Command::new("dciodvfy").arg("-new").arg(path).output();
    let Ok(output) = run else {
        assert!(skipped("dciodvfy"));
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    let errors: Vec<&str> = said.lines().filter(|l| l.starts_with("Error")).collect();
    assert_eq!(errors, Vec::<&str>::new(), "{said}");
    assert!(
        said.contains("RTStructureSet"),
        "dciodvfy did not know the object: {said}"
    );
}

/// The mask that a foreign reader made of ROI `number`, from the bytes that the script left.
fn mask_of(folder: &Path, reader: &str, number: u32, like: &Mask) -> Mask {
    let bytes = std::fs::read(folder.join(format!("{reader}-{number}.raw"))).unwrap();
    let [nk, nj, ni] = like.grid().shape();
    let values = bytes.iter().map(|b| *b != 0).collect();
    let values = Array3::from_shape_vec((nk, nj, ni), values).unwrap();
    Volume::new(like.grid().clone(), values).unwrap()
}

fn read_by_others(written: &Written) -> Option<std::path::PathBuf> {
    let Some(python) = std::env::var_os("ISOBOOST_CHECK_PYTHON") else {
        assert!(skipped("Python (ISOBOOST_CHECK_PYTHON)"));
        return None;
    };
    if Command::new("plastimatch")
        .arg("--version")
        .output()
        .is_err()
    {
        assert!(skipped("plastimatch"));
        return None;
    }
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/external/masks_of_rtstruct.py"
    );
    let masks = written.study.folder.path().join("masks");
    std::fs::create_dir(&masks).unwrap();
    let output = Command::new(python)
        .arg(script)
        .arg(written.study.folder.path().join("ct"))
        .arg(&written.path)
        .arg(&masks)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(masks)
}

/// A ball and a keyhole ring. plastimatch and an even-odd filling of the raw numbers take the
/// voxels whose centres lie inside, as we do. rt-utils rounds corners to voxels and takes all that
/// the outline touches: the same shape with the same hole, up to a voxel wider.
#[test]
fn others_fill_our_contours_as_we_do() {
    for grid in [upright(), oblique()] {
        let written = written(&grid);
        let Some(masks) = read_by_others(&written) else {
            return;
        };
        for (roi, mask) in &written.regions {
            for reader in ["plastimatch", "pydicom"] {
                let agreement = dice(&mask_of(&masks, reader, roi.number, mask), mask);
                println!("{} by {reader}: Dice {agreement:.4}", roi.name);
                assert!(agreement >= 0.97, "{} by {reader}: {agreement}", roi.name);
            }
            let wide = mask_of(&masks, "rt-utils", roi.number, mask);
            println!("{} by rt-utils: Dice {:.4}", roi.name, dice(&wide, mask));
            for voxel in mask.grid().full_box().voxels() {
                assert!(wide[voxel] || !mask[voxel], "{} lacks {voxel:?}", roi.name);
                let is_near = || neighbours(voxel, mask).any(|n| mask[n]);
                assert!(!wide[voxel] || is_near(), "{} has {voxel:?}", roi.name);
            }
        }
    }
}

/// A voxel and its neighbours in its slice.
fn neighbours(voxel: [usize; 3], mask: &Mask) -> impl Iterator<Item = [usize; 3]> {
    let [_, nj, ni] = mask.grid().shape();
    let [k, j, i] = voxel;
    let rows = j.saturating_sub(1)..=(j + 1).min(nj - 1);
    rows.flat_map(move |j| {
        let columns = i.saturating_sub(1)..=(i + 1).min(ni - 1);
        columns.map(move |i| [k, j, i])
    })
}
