//! The real CT with organs drawn by other software; absent from most checkouts.

use isoboost_anatomy::{ImportedOrgan, TOTALSEGMENTATOR_LABELS};
use isoboost_volume::{Grid, Volume, label_boxes};
use nalgebra::{Point3, Vector3};
use nifti::{IntoNdArray, NiftiObject, ReaderOptions};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/totalsegmentator-example"
);

pub(crate) struct Patient {
    pub(crate) ct: Volume<i16>,
    pub(crate) organs: Vec<ImportedOrgan>,
}

pub(crate) fn read(name: &str) -> Option<Volume<i16>> {
    let path = std::path::Path::new(FOLDER).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    let object = ReaderOptions::new().read_file(path).unwrap();
    let header = object.header().clone();
    let array = object.into_volume().into_ndarray::<f32>().unwrap();
    let array = array.into_dimensionality::<ndarray::Ix3>().unwrap();
    let values = array.permuted_axes([2, 1, 0]).mapv(|v| v as i16);
    // NIfTI is RAS.
    let column = |c: usize| {
        let rows = [header.srow_x, header.srow_y, header.srow_z];
        let [x, y, z] = rows.map(|row| f64::from(row[c]));
        Vector3::new(-x, -y, z)
    };
    let axes = [column(2), column(1), column(0)];
    let (nk, nj, ni) = values.dim();
    let spacing = axes.map(|a| a.norm());
    let grid = Grid::new([nk, nj, ni], spacing, Point3::from(column(3)), axes).unwrap();
    Some(Volume::new(grid, values).unwrap())
}

pub(crate) fn patient() -> Option<Patient> {
    let ct = read("example_ct.nii.gz")?;
    let labels = read("example_seg_fast_force_split.nii.gz")?.map(|l| *l as u16);
    let boxes = label_boxes(&labels);
    let organs = TOTALSEGMENTATOR_LABELS.iter().filter_map(|(label, name)| {
        let crop = labels.crop(*boxes.get(label)?);
        Some(ImportedOrgan {
            name: (*name).to_owned(),
            mask: crop.map(|l| l == label),
        })
    });
    Some(Patient {
        organs: organs.collect(),
        ct,
    })
}
