//! Written segmentations.

use std::path::PathBuf;

use dicom_dictionary_std::tags;
use isoboost_dicom::{
    Code, Concept, DrawnSegment, DrawnSegmentation, Header, ObjectSource, SegmentationWriteError,
    WrittenObject, deterministic_uid, read_segmentation, write_segmentation,
};
use isoboost_volume::{Grid, IndexBox, Mask, Volume};
use nalgebra::{Point3, Vector3};
use serde_json::json;

use crate::external::{check_by_dciodvfy, script};
use crate::study::{Study, approved, provenance, study};

/// Slices, rows and columns that all differ, and voxels that are longer in every direction: what
/// is mixed up shows. 13 columns are no multiple of 8: frames do not end with a byte.
fn grid(turned: bool) -> Grid {
    let turn = if turned {
        nalgebra::Rotation3::from_euler_angles(0.31, -0.22, 0.47)
    } else {
        nalgebra::Rotation3::identity()
    };
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|a| turn * a);
    let origin = Point3::new(-30.25, -20.5, -123.456_7);
    Grid::new([9, 11, 13], [3.27, 2.25, 1.5], origin, axes).unwrap()
}

pub(crate) fn sct(value: &str, meaning: &str) -> Code {
    Code::new(value, "SCT", meaning)
}

fn segment(n: usize, label: &str, mask: Mask) -> DrawnSegment {
    let left = sct("7771000", "Left");
    DrawnSegment {
        label: label.to_owned(),
        description: format!("suggested focus \\ {n}, Höhe 3"),
        rule: "41 % of SUVmax".to_owned(),
        tracking_id: label.to_owned(),
        tracking_uid: deterministic_uid(&["test", label]),
        category: sct("49755003", "Morphologically Abnormal Structure"),
        property_type: sct("52988006", "Lesion"),
        region: Some(Concept {
            code: sct("65349008", "External iliac lymph node"),
            modifiers: if n == 1 { vec![left] } else { Vec::new() },
        }),
        colour: [[255, 0, 0], [0, 0, 255], [128, 128, 128]][n - 1],
        by_hand: n == 1,
        mask,
    }
}

/// Two balls that share voxels, the first in a crop around it, and the last corner of the grid.
pub(crate) fn drawn(grid: &Grid) -> DrawnSegmentation {
    let ball = |center: [f64; 3], radius: f64| {
        let center = grid.lps_from_index(center);
        Volume::from_fn(grid.clone(), |v| {
            (grid.center_of(v) - center).norm() <= radius
        })
    };
    let whole = ball([3.0, 4.0, 5.0], 6.0);
    let bounds = whole.bounding_box().unwrap().grown([1, 0, 2], grid.shape());
    let cropped = Volume::from_fn(grid.crop(bounds), |v| {
        whole[[0, 1, 2].map(|a| v[a] + bounds.min[a])]
    });
    let corner = IndexBox {
        min: [8, 10, 12],
        max: [8, 10, 12],
    };
    DrawnSegmentation {
        label: "LESIONS".to_owned(),
        description: "lesions on PET".to_owned(),
        algorithm_family: Code::new("123101", "DCM", "Neighborhood Analysis"),
        segments: vec![
            segment(1, "L1", cropped),
            segment(2, "L2", ball([3.5, 5.0, 7.0], 5.5)),
            segment(3, "L3", Volume::filled(grid.crop(corner), true)),
        ],
    }
}

pub(crate) struct Written {
    pub(crate) study: Study,
    pub(crate) drawn: DrawnSegmentation,
    pub(crate) path: PathBuf,
    pub(crate) object: WrittenObject,
}

pub(crate) fn written(turned: bool) -> Written {
    let study = study(&grid(turned), |v| format!("{v:.6}"));
    let drawn = drawn(&study.images.grid);
    let path = study.folder.path().join("seg.dcm");
    let object = write(&study, &drawn, &path).unwrap();
    Written {
        study,
        drawn,
        path,
        object,
    }
}

fn write(
    study: &Study,
    drawn: &DrawnSegmentation,
    path: &std::path::Path,
) -> Result<WrittenObject, SegmentationWriteError> {
    write_segmentation(path, drawn, &study.images, &study.patient, &provenance())
}

#[test]
fn an_approved_segmentation_names_who_approved_it() {
    let written = written(false);
    let Written { study, drawn, .. } = &written;
    let path = study.folder.path().join("approved.dcm");
    let provenance = approved("");
    let signed = write_segmentation(&path, drawn, &study.images, &study.patient, &provenance);
    let signed = signed.unwrap();
    assert_ne!(signed.sop_instance_uid, written.object.sop_instance_uid);
    check_by_dciodvfy(&path, "Segmentation");
    let header = Header::read_whole(&ObjectSource::file(&path)).unwrap();
    let text = |tag| header.attributes().text(tag).unwrap_or_default();
    let said = "lesions on PET: reviewed, approved";
    assert_eq!(text(tags::CONTENT_CREATOR_NAME), "Grün^Zoë^^Dr.");
    assert_eq!(text(tags::CONTENT_DESCRIPTION), said);
    assert_eq!(text(tags::SERIES_DESCRIPTION), said);
    assert_eq!(text(tags::CONTENT_DATE), "20260316");
}

/// The mask of a segment on the whole grid of the images.
fn whole(written: &Written, n: usize) -> Mask {
    let mask = &written.drawn.segments[n].mask;
    let grid = &written.study.images.grid;
    Volume::from_fn(grid.clone(), |v| mask.contains(grid.center_of(v)))
}

#[test]
fn the_balls_of_these_tests_overlap() {
    let written = written(false);
    let [a, b] = [0, 1].map(|n| whole(&written, n));
    let shared = a.voxels().filter(|v| b[*v]).count();
    assert!(shared > 5 && shared < a.count() && shared < b.count());
    assert_eq!(a.count(), written.drawn.segments[0].mask.count());
}

#[test]
fn dciodvfy_finds_no_error() {
    for turned in [false, true] {
        check_by_dciodvfy(&written(turned).path, "Segmentation");
    }
}

/// highdicom finds each voxel on the slice it was drawn on, by the slice's own UID.
#[test]
fn highdicom_reads_the_same_masks_slice_by_slice() {
    for turned in [false, true] {
        let written = written(turned);
        let masks = written.study.folder.path().join("masks");
        std::fs::create_dir(&masks).unwrap();
        let uids = written.study.folder.path().join("slices.txt");
        let listed: Vec<&str> = written
            .study
            .images
            .slices
            .iter()
            .map(|s| s.sop_instance_uid.as_str())
            .collect();
        std::fs::write(&uids, listed.join("\n")).unwrap();
        let paths = [written.path.as_path(), &uids, &masks];
        let Some(told) = script("written_objects.py", "segmentation", &paths) else {
            return;
        };
        for n in 0..3 {
            let expected: Vec<u8> = whole(&written, n)
                .as_slice()
                .iter()
                .map(|v| u8::from(*v))
                .collect();
            let found = std::fs::read(masks.join(format!("{}.raw", n + 1))).unwrap();
            assert_eq!(found, expected, "segment {}", n + 1);
            let places = told["places"][n].as_array().unwrap();
            assert_eq!(places.len(), written.drawn.segments[n].mask.count());
            for place in places {
                let [x, y, z] = [0, 1, 2].map(|a| place[a].as_f64().unwrap());
                let at = Point3::new(x, y, z);
                let grid = &written.study.images.grid;
                let voxel = grid.voxel_at(at).unwrap();
                // Positions have six decimals in these slices.
                assert!((grid.center_of(voxel) - at).norm() < 2e-6, "{at}");
                assert!(whole(&written, n)[voxel], "{at}");
            }
        }
    }
}

#[test]
fn highdicom_reads_what_the_segments_are() {
    let written = written(false);
    let uids = written.study.folder.path().join("slices.txt");
    std::fs::write(&uids, "").unwrap();
    let folder = written.study.folder.path();
    let paths = [written.path.as_path(), &uids, folder];
    let Some(told) = script("written_objects.py", "segmentation", &paths) else {
        return;
    };
    assert_eq!(told["overlap"], "YES");
    assert_eq!(told["type"], "BINARY");
    assert_eq!(told["series"], "lesions on PET: suggestion, unapproved");
    let first = &told["segments"][0];
    assert_eq!(first["label"], "L1");
    assert_eq!(first["tracking_id"], "L1");
    assert_eq!(
        first["tracking_uid"],
        written.drawn.segments[0].tracking_uid.as_str()
    );
    assert_eq!(first["category"], json!(["49755003", "SCT"]));
    assert_eq!(first["type"], json!(["52988006", "SCT"]));
    assert_eq!(first["region"], json!(["65349008", "SCT", "7771000"]));
    assert_eq!(
        told["segments"][1]["region"],
        json!(["65349008", "SCT", null])
    );
    // A person had a hand in the first alone.
    assert_eq!(first["algorithm_type"], "SEMIAUTOMATIC");
    assert_eq!(told["segments"][1]["algorithm_type"], "AUTOMATIC");
    assert_eq!(
        first["algorithm"],
        json!(["isoboost", "0.1.0", "41 % of SUVmax"])
    );
    assert_eq!(first["colour"], json!([255, 0, 0]));
    assert_eq!(told["segments"][1]["colour"], json!([0, 0, 255]));
    assert_eq!(told["segments"][2]["colour"], json!([128, 128, 128]));
}

#[test]
fn our_own_reader_reads_the_same() {
    for turned in [false, true] {
        let written = written(turned);
        let read = read_segmentation(&written.path).unwrap();
        assert_eq!(read.findings, []);
        assert_eq!(read.series_uids.len(), 1);
        assert_eq!(read.series_uids[0], written.study.images.series_uid);
        for (n, segment) in read.segments.iter().enumerate() {
            let expected = whole(&written, n);
            assert_eq!(segment.mask.count(), expected.count());
            for voxel in expected.voxels() {
                assert!(segment.mask.contains(expected.grid().center_of(voxel)));
            }
            let drawn = &written.drawn.segments[n];
            assert_eq!(segment.label, drawn.label);
            assert_eq!(segment.category.as_ref(), Some(&drawn.category));
            assert_eq!(segment.regions.first(), drawn.region.as_ref());
        }
    }
}

#[test]
fn only_slices_with_voxels_have_a_frame_and_it_refers_to_its_slice() {
    let written = written(true);
    let header = Header::read_whole(&ObjectSource::file(&written.path)).unwrap();
    let object = header.attributes();
    let mut expected = Vec::new();
    for n in 0..3 {
        let mask = whole(&written, n);
        let mut slices: Vec<usize> = mask.voxels().map(|v| v[0]).collect();
        slices.dedup();
        expected.extend(slices.into_iter().map(|k| (n as i64 + 1, k)));
    }
    let groups = object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let found: Vec<(i64, usize)> = groups
        .map(|group| {
            let segment = group.item(tags::SEGMENT_IDENTIFICATION_SEQUENCE).unwrap();
            let number = segment.integer(tags::REFERENCED_SEGMENT_NUMBER).unwrap();
            let derivation = group.item(tags::DERIVATION_IMAGE_SEQUENCE).unwrap();
            let source = derivation.item(tags::SOURCE_IMAGE_SEQUENCE).unwrap();
            let uid = source.text(tags::REFERENCED_SOP_INSTANCE_UID).unwrap();
            let mut slices = written.study.images.slices.iter();
            let slice = slices.position(|s| s.sop_instance_uid == uid).unwrap();
            let place = group.item(tags::PLANE_POSITION_SEQUENCE).unwrap();
            let corner = place.vector::<3>(tags::IMAGE_POSITION_PATIENT).unwrap();
            let stated = written.study.images.slices[slice].position;
            assert_eq!(corner, Some([stated.x, stated.y, stated.z]));
            (number.unwrap(), slice)
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(
        object.integer(tags::NUMBER_OF_FRAMES).unwrap(),
        Some(expected.len() as i64)
    );
}

#[test]
fn the_same_content_gives_the_same_bytes_and_another_content_another_uid() {
    let [first, second] = [written(false), written(false)];
    let bytes = |w: &Written| std::fs::read(&w.path).unwrap();
    assert_eq!(bytes(&first), bytes(&second));
    let mut changed = first.drawn.clone();
    changed.segments[2].colour = [1, 2, 3];
    let other = write(&first.study, &changed, &first.path).unwrap();
    assert_ne!(other.sop_instance_uid, first.object.sop_instance_uid);
}

#[test]
fn segments_that_do_not_fit_are_refused_and_nothing_is_written() {
    type Change = fn(&mut DrawnSegmentation);
    let written = written(false);
    let before = std::fs::read(&written.path).unwrap();
    let cases: [(Change, &str); 6] = [
        (|d| d.segments.clear(), "found 0"),
        (
            |d| d.segments[1].mask = Mask::empty(d.segments[1].mask.grid().clone()),
            "segment 2 `L2` holds no voxel",
        ),
        (
            |d| {
                let shifted = Point3::new(-30.0, -20.5, -123.456_7);
                let grid = Grid::axis_aligned([9, 11, 13], [3.27, 2.25, 1.5], shifted).unwrap();
                d.segments[0].mask = Volume::filled(grid, true);
            },
            "segment 1 `L1` is not on the voxels of series",
        ),
        (
            |d| {
                let larger = Point3::new(-30.25, -20.5, -123.456_7);
                let grid = Grid::axis_aligned([9, 11, 14], [3.27, 2.25, 1.5], larger).unwrap();
                d.segments[0].mask = Volume::filled(grid, true);
            },
            "is not on the voxels",
        ),
        (
            |d| d.segments[1].tracking_uid = d.segments[0].tracking_uid.clone(),
            "is given twice",
        ),
        (
            |d| d.label = "Lesions".to_owned(),
            "ContentLabel (0070,0080)",
        ),
    ];
    for (change, words) in cases {
        let mut drawn = written.drawn.clone();
        change(&mut drawn);
        let error = write(&written.study, &drawn, &written.path).unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert_eq!(std::fs::read(&written.path).unwrap(), before, "{words}");
    }
}
