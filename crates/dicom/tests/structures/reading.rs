//! Structure sets of other systems.

use std::path::{Path, PathBuf};

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use isoboost_dicom::{
    Finding, ImportedStructures, LoadedPet, ReferenceImages, Series, StructureReadError, discover,
    load_pet, read_structure_set,
};
use isoboost_suv::{SuvOptions, derive};
use isoboost_volume::{Roi, RoiType, polygon_volume_ml, rasterise};

use crate::study::{study, upright};

fn shared(name: &str) -> Option<PathBuf> {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let path = Path::new(data).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no ../shared/data");
    None
}

fn read(name: &str) -> Option<ImportedStructures> {
    Some(read_structure_set(&shared(name)?).unwrap_or_else(|error| panic!("{error}")))
}

/// Sum of the areas of a region's contours in mm², which is their volume in mL on slices of 1 m.
fn area_mm2(roi: &Roi) -> f64 {
    polygon_volume_ml(&roi.contours, 1000.0)
}

#[track_caller]
fn check_areas(read: &ImportedStructures, areas: &[(&str, f64)]) {
    for (name, area) in areas {
        let mut rois = read.structures.rois.iter();
        let roi = rois.find(|roi| roi.name == *name).unwrap();
        // The expected areas are given to one decimal.
        assert!(
            (area_mm2(roi) - area).abs() < 0.051,
            "{name}: {}",
            area_mm2(roi)
        );
    }
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.code).collect()
}

fn images(name: &str) -> Option<ReferenceImages> {
    let found = discover(&[shared(name)?], &|_| {}).unwrap();
    let series: Vec<&Series> = found.studies.iter().flat_map(|s| &s.series).collect();
    Some(ReferenceImages::of_series(series[0]).unwrap())
}

#[test]
fn a_planning_system_s_structures() {
    let Some(read) = read("rtstruct-samples/dicompyler/rtss.dcm") else {
        return;
    };
    let rois = &read.structures.rois;
    assert_eq!(rois.len(), 10);
    assert_eq!(rois.iter().map(|r| r.contours.len()).sum::<usize>(), 441);
    check_areas(
        &read,
        &[
            ("Tumor Bed", 4386.3),
            ("Tumor Bed Block", 21277.1),
            ("Heart", 146_566.3),
            ("Breast", 133_348.9),
        ],
    );
    let roi = |name: &str| rois.iter().find(|r| r.name == name).unwrap();
    assert_eq!(roi("Heart").interpreted_type, RoiType::Organ);
    assert_eq!(roi("Heart").colour, [255, 128, 0]);
    assert_eq!(roi("BODY").interpreted_type, RoiType::Other);
    assert_eq!(read.approval_status.as_deref(), Some("APPROVED"));
    assert_eq!(read.image_uids.len(), 98);
    let told: Vec<&str> = read.findings.iter().map(|f| f.text.as_str()).collect();
    assert!(
        told.contains(&"ROI `Areola` has no closed contour"),
        "{told:#?}"
    );
    // Of one lung with its vessels, and of a body on a table: islands and holes.
    assert_eq!(
        codes(&read.findings)
            .iter()
            .filter(|c| **c == "structures-nested")
            .count(),
        2
    );
}

#[test]
fn two_contours_on_one_slice() {
    let name = "rtstruct-samples/rt-utils-ge-phantom/rt.dcm";
    let (Some(mut read), Some(images)) =
        (read(name), images("rtstruct-samples/rt-utils-ge-phantom"))
    else {
        return;
    };
    check_areas(&read, &[("ROI-1", 800.5)]);
    assert_eq!(codes(&read.findings), ["structures-nested"]);
    // It was drawn on a copy of these images with a frame of reference of its own.
    assert_eq!(
        codes(&read.place_on(&images)),
        ["structures-frame-of-reference"]
    );
    let slices = read.structures.rois[0].contours.iter().map(|c| c.slice);
    assert_eq!(slices.collect::<Vec<_>>(), [Some(0), Some(0)]);
}

/// References to images that are not there are told; the contours keep their place.
#[test]
fn references_that_lead_nowhere() {
    let Some(images) = images("rtstruct-samples/rt-utils-ge-phantom") else {
        return;
    };
    for (name, own) in [
        (
            "non_existent_reference_rt",
            vec!["structures-reference-missing"],
        ),
        ("invalid_reference_rt", vec![]),
    ] {
        let file = format!("rtstruct-samples/rt-utils-ge-phantom/{name}.dcm");
        let Some(mut read) = read(&file) else { return };
        check_areas(
            &read,
            &[
                ("ROI-1", 1301.4),
                ("ROI-2", 1201.4),
                ("ROI-3", 1147.2),
                ("ROI-4", 2193.0),
            ],
        );
        assert_eq!(codes(&read.findings), own, "{name}");
        let told = read.place_on(&images);
        let mut expected = vec!["structures-images-missing"];
        // One of three contours of each region lies on z 70, where no image is.
        expected.extend(["structures-off-slices"; 4]);
        assert_eq!(codes(&told), expected, "{name}: {told:#?}");
        for roi in &read.structures.rois {
            let slices: Vec<_> = roi.contours.iter().map(|c| c.slice).collect();
            assert_eq!(slices.iter().flatten().count(), 2, "{name}: {slices:?}");
        }
    }
}

#[test]
fn points_are_left_out_and_told() {
    let Some(read) = read("rtstruct-samples/pydicom/rtstruct.dcm") else {
        return;
    };
    check_areas(&read, &[("patient", 360_000.0)]);
    let told: Vec<&str> = read.findings.iter().map(|f| f.text.as_str()).collect();
    for words in [
        "ROI `Isocenter 1`: 1 contours left out, of type `POINT`, which encloses nothing",
        "ROI `Isocenter 2` has no closed contour",
    ] {
        assert!(told.contains(&words), "{told:#?}");
    }
}

#[test]
fn another_object_is_refused_by_name() {
    let Some(path) = shared("rtstruct-samples/pydicom/rtdose.dcm") else {
        return;
    };
    let error = read_structure_set(&path).unwrap_err();
    assert!(matches!(error, StructureReadError::NotStructures { .. }));
    let message = error.to_string();
    assert!(
        message.contains("`1.2.840.10008.5.1.4.1.1.481.2`"),
        "{message}"
    );
    assert!(message.contains("rtdose.dcm"), "{message}");
    let error = read_structure_set(Path::new("/nowhere/rs.dcm")).unwrap_err();
    assert!(error.to_string().contains("/nowhere/rs.dcm"), "{error}");
}

/// The masks published with the data were made from the same contours by other software, by the
/// same rule: a voxel belongs to a region when its centre lies inside.
#[test]
fn contours_fill_to_the_published_masks() {
    for (case, modality, voxels) in [
        ("STS_001", "PET", 5095),
        ("STS_001", "CT", 117_145),
        ("STS_002", "PET", 555),
        ("STS_002", "CT", 17_090),
    ] {
        let folder = format!("ibsi-validation/{case}/{modality}");
        let Some(images) = images(&format!("{folder}/image")) else {
            return;
        };
        let Some(mut read) = read(&format!("{folder}/mask/RS.dcm")) else {
            return;
        };
        let told = read.place_on(&images);
        assert!(
            !codes(&told).contains(&"structures-frame-of-reference"),
            "{told:?}"
        );
        let mask = rasterise(&read.structures.rois[0].contours, &images.grid);
        assert_eq!(mask.count(), voxels, "{case} {modality}");
    }
}

/// Each reference object reads 0.20, 1.00 and 4.00 inside its region: least, median and greatest
/// SUV, at the two decimals in which they are stated.
#[test]
fn reference_objects_of_the_ibsi_read_as_published() {
    for object in [
        "0_0", "1_0", "2_0", "2_1", "2_4", "3_0", "3_1", "3_3", "4_0", "4_2", "5_0",
    ] {
        let folder = format!("ibsi-suv-dro/DRO_{object}");
        let Some(pet) = shared(&format!("{folder}/PT")) else {
            return;
        };
        let found = discover(&[pet], &|_| {}).unwrap();
        let LoadedPet { activity, facts } = load_pet(&found.studies[0].series[0]).unwrap();
        let suv = derive(&facts, &SuvOptions::default()).unwrap();
        let name = format!("{folder}/RS/RS_dro_{object}.dcm");
        let Some(read) = read(&name) else { return };
        let region = rasterise(&read.structures.rois[0].contours, activity.grid());
        let mut values: Vec<f64> = region
            .voxels()
            .map(|voxel| f64::from(activity[voxel]) * suv.factors[voxel[0]])
            .collect();
        values.sort_by(f64::total_cmp);
        let found = [
            values[0],
            values[values.len() / 2],
            values[values.len() - 1],
        ];
        let rounded = found.map(|v| format!("{v:.2}"));
        assert_eq!(rounded, ["0.20", "1.00", "4.00"], "{object}: {found:?}");
    }
}

fn text(tag: Tag, vr: VR, value: &str) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, vr, PrimitiveValue::from(value))
}

fn sequence(tag: Tag, items: Vec<InMemDicomObject>) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, VR::SQ, DataSetSequence::from(items))
}

fn item(elements: impl IntoIterator<Item = DataElement<InMemDicomObject>>) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(elements)
}

fn contour(kind: &str, points: &str, data: &str) -> InMemDicomObject {
    item([
        text(tags::CONTOUR_GEOMETRIC_TYPE, VR::CS, kind),
        text(tags::NUMBER_OF_CONTOUR_POINTS, VR::IS, points),
        text(tags::CONTOUR_DATA, VR::DS, data),
    ])
}

fn square(half: f64) -> String {
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let texts = corners.map(|(x, y)| format!("{}\\{}\\-63.4567", x * half, y * half));
    texts.join("\\")
}

/// Reads a structure set whose one region has these contours, and another set of contours that
/// belongs to nothing.
fn read_contours(contours: Vec<InMemDicomObject>) -> ImportedStructures {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rs.dcm");
    let definition = |number: &str, name: &str| {
        item([
            text(tags::ROI_NUMBER, VR::IS, number),
            text(tags::ROI_NAME, VR::LO, name),
        ])
    };
    let object = item([
        text(tags::SOP_CLASS_UID, VR::UI, uids::RT_STRUCTURE_SET_STORAGE),
        text(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3"),
        sequence(
            tags::STRUCTURE_SET_ROI_SEQUENCE,
            vec![
                definition("7", "Ring"),
                definition("7", "Twin"),
                definition("x", "None"),
            ],
        ),
        sequence(
            tags::ROI_CONTOUR_SEQUENCE,
            vec![
                item([
                    text(tags::REFERENCED_ROI_NUMBER, VR::IS, "7"),
                    sequence(tags::CONTOUR_SEQUENCE, contours),
                ]),
                item([text(tags::REFERENCED_ROI_NUMBER, VR::IS, "9")]),
            ],
        ),
    ]);
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    object
        .with_meta(meta)
        .unwrap()
        .write_to_file(&path)
        .unwrap();
    read_structure_set(&path).unwrap()
}

/// The area inside by our filling, in mm², on a fine grid.
fn filled_mm2(read: &ImportedStructures) -> f64 {
    let images = study(&upright(), |v| format!("{v:.6}")).images;
    let mask = rasterise(&read.structures.rois[0].contours, &images.grid);
    mask.count() as f64 * 1.5 * 1.5
}

#[test]
fn a_hole_is_a_hole_however_it_is_encoded() {
    // Outer square of 40 mm, hole of 20 mm; voxels of 1.5 mm leave at most their edge's width.
    let expected = 40.0 * 40.0 - 20.0 * 20.0;
    for kind in ["CLOSED_PLANAR", "CLOSEDPLANAR_XOR"] {
        let contours = vec![
            contour(kind, "4", &square(20.0)),
            contour(kind, "4", &square(10.0)),
        ];
        let read = read_contours(contours);
        assert!(
            (filled_mm2(&read) - expected).abs() < 0.1 * expected,
            "{}",
            filled_mm2(&read)
        );
        assert!(codes(&read.findings).contains(&"structures-nested"));
    }
}

#[test]
fn broken_contours_are_left_out_and_told() {
    let read = read_contours(vec![
        contour("CLOSED_PLANAR", "4", &square(20.0)),
        contour("CLOSED_PLANAR", "4", &square(20.0)),
        contour("CLOSED_PLANAR", "5", &square(19.0)),
        contour("CLOSED_PLANAR", "2", "1\\2\\3\\4\\5\\6"),
        contour("CLOSED_PLANAR", "4", "0\\0\\0\\9\\0\\0\\9\\9\\0\\0\\9\\4"),
        contour("OPEN_PLANAR", "4", &square(18.0)),
        // The first point is repeated as the last.
        contour(
            "CLOSED_PLANAR",
            "5",
            &format!("{}\\-9\\-9\\-63.4567", square(9.0)),
        ),
    ]);
    let roi = &read.structures.rois[0];
    assert_eq!((read.structures.rois.len(), roi.number), (1, 7));
    assert_eq!(roi.contours.len(), 2);
    assert_eq!(roi.contours[1].points.len(), 4);
    let told: Vec<&str> = read.findings.iter().map(|f| f.text.as_str()).collect();
    for words in [
        "ROI `Twin` has number 7 like another; left out",
        "ROI `None`: ROINumber (3006,0022) is `x`, expected numbers; left out",
        "a set of contours refers to ROI 9, which is not defined; left out",
        "ROI `Ring`: 1 contours left out, twice the same",
        "ROI `Ring`: 1 contours left out, 12 coordinates where 5 points are stated",
        "ROI `Ring`: 1 contours left out, of fewer than three different points",
        "ROI `Ring`: 1 contours left out, not in one plane to 0.1 mm",
        "ROI `Ring`: 1 contours left out, of type `OPEN_PLANAR`, which encloses nothing",
        "the structure set does not say which series it was drawn on",
    ] {
        assert!(told.contains(&words), "{words}\n{told:#?}");
    }
}

#[test]
fn a_contour_across_the_slices_lies_on_none() {
    let mut read = read_contours(vec![
        contour("CLOSED_PLANAR", "4", &square(20.0)),
        contour("CLOSED_PLANAR", "3", "0\\0\\-63\\0\\9\\-63\\0\\9\\-40"),
    ]);
    let told = read.place_on(&study(&upright(), |v| format!("{v:.6}")).images);
    let slices = read.structures.rois[0].contours.iter().map(|c| c.slice);
    assert_eq!(slices.collect::<Vec<_>>(), [Some(20), None]);
    assert_eq!(codes(&told), ["structures-off-slices"]);
}
