//! What a written structure set holds.

use std::path::PathBuf;

use dicom_dictionary_std::tags;
use isoboost_dicom::{
    Attributes, Header, ObjectSource, StructureError, StructureWriteError, WrittenObject,
    read_structure_set, write_structure_set,
};
use isoboost_volume::{Contour, Grid, Mask, Roi, StructureSet, polygon_volume_ml, rasterise};
use nalgebra::Point3;

use crate::study::{Study, dice, oblique, provenance, regions, structures, study, upright};

fn six_decimals(value: f64) -> String {
    format!("{value:.6}")
}

type Change = fn(&mut StructureSet);

/// A study with its regions written beside its CT.
pub(crate) struct Written {
    pub(crate) study: Study,
    pub(crate) regions: Vec<(Roi, Mask)>,
    pub(crate) path: PathBuf,
    pub(crate) object: WrittenObject,
}

pub(crate) fn written(grid: &Grid) -> Written {
    let study = study(grid, six_decimals);
    let regions = regions(&study.images.grid);
    let path = study.folder.path().join("rtstruct.dcm");
    let object = write(&study, &path, &structures(&regions)).unwrap();
    Written {
        study,
        regions,
        path,
        object,
    }
}

fn write(
    study: &Study,
    path: &std::path::Path,
    structures: &StructureSet,
) -> Result<WrittenObject, StructureWriteError> {
    write_structure_set(
        path,
        structures,
        &study.images,
        &study.patient,
        &provenance(),
    )
}

fn header(path: &std::path::Path) -> Header {
    Header::read_whole(&ObjectSource::file(path)).unwrap()
}

#[test]
fn the_chain_of_references_is_complete() {
    let written = written(&upright());
    let header = header(&written.path);
    let object = header.attributes();
    let images = &written.study.images;
    let frame = object
        .item(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE)
        .unwrap();
    let uid = |item: Attributes<'_>, tag| item.text(tag).unwrap();
    assert_eq!(
        uid(frame, tags::FRAME_OF_REFERENCE_UID),
        images.frame_of_reference_uid
    );
    assert_eq!(
        uid(object, tags::FRAME_OF_REFERENCE_UID),
        images.frame_of_reference_uid
    );
    let study = frame.item(tags::RT_REFERENCED_STUDY_SEQUENCE).unwrap();
    let study_uid = written.study.patient.study_uid().unwrap();
    assert_eq!(uid(study, tags::REFERENCED_SOP_INSTANCE_UID), study_uid);
    let series = study.item(tags::RT_REFERENCED_SERIES_SEQUENCE).unwrap();
    assert_eq!(uid(series, tags::SERIES_INSTANCE_UID), images.series_uid);
    let listed: Vec<String> = series
        .items(tags::CONTOUR_IMAGE_SEQUENCE)
        .map(|image| uid(image, tags::REFERENCED_SOP_INSTANCE_UID))
        .collect();
    let slices: Vec<&String> = images.slices.iter().map(|s| &s.sop_instance_uid).collect();
    assert_eq!(listed.iter().collect::<Vec<_>>(), slices);
}

#[test]
fn the_object_says_who_made_it_and_that_nobody_approved_it() {
    let written = written(&upright());
    let header = header(&written.path);
    let object = header.attributes();
    let text = |tag| object.text(tag).unwrap_or_default();
    assert_eq!(header.transfer_syntax(), "1.2.840.10008.1.2");
    assert_eq!(text(tags::APPROVAL_STATUS), "UNAPPROVED");
    assert_eq!(text(tags::SPECIFIC_CHARACTER_SET), "ISO_IR 192");
    assert_eq!(text(tags::PATIENT_NAME), "Müller^Anton");
    assert_eq!(text(tags::STRUCTURE_SET_DATE), "20260314");
    assert_eq!(text(tags::STRUCTURE_SET_TIME), "150926");
    assert_eq!(text(tags::SOFTWARE_VERSIONS), "0.1.0");
    assert_eq!(
        text(tags::SOP_INSTANCE_UID),
        written.object.sop_instance_uid
    );
    assert_eq!(text(tags::SERIES_INSTANCE_UID), written.object.series_uid);
    let equipment: Vec<(String, String)> = object
        .items(tags::CONTRIBUTING_EQUIPMENT_SEQUENCE)
        .map(|item| {
            let purpose = item.item(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE).unwrap();
            let text = |item: Attributes<'_>, tag| item.text(tag).unwrap_or_default();
            (
                text(purpose, tags::CODE_VALUE),
                text(item, tags::MANUFACTURER),
            )
        })
        .collect();
    let expected = [("109101", "Acme"), ("109102", "isoboost")];
    assert_eq!(
        equipment,
        expected.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let definition = object
        .items(tags::STRUCTURE_SET_ROI_SEQUENCE)
        .last()
        .unwrap();
    let text = |tag| definition.text(tag).unwrap_or_default();
    assert_eq!(text(tags::ROI_NAME), "Ring_Höhe");
    assert_eq!(text(tags::ROI_GENERATION_ALGORITHM), "AUTOMATIC");
    assert_eq!(
        text(tags::ROI_GENERATION_DESCRIPTION),
        "isoboost 0.1.0, configuration 0123456789ab"
    );
    assert_eq!(
        text(tags::ROI_DESCRIPTION),
        written.regions[1].0.description
    );
}

/// Every contour lies, by the digits written, on the slice it refers to, and no number is long.
#[test]
fn contours_lie_in_the_plane_of_their_slice() {
    let written = written(&upright());
    let header = header(&written.path);
    let mut contours = 0;
    for roi in header.attributes().items(tags::ROI_CONTOUR_SEQUENCE) {
        for contour in roi.items(tags::CONTOUR_SEQUENCE) {
            contours += 1;
            let image = contour.item(tags::CONTOUR_IMAGE_SEQUENCE).unwrap();
            let uid = image.text(tags::REFERENCED_SOP_INSTANCE_UID).unwrap();
            let mut slices = written.study.images.slices.iter();
            let slice = slices.find(|s| s.sop_instance_uid == uid).unwrap();
            let texts = contour.texts(tags::CONTOUR_DATA);
            let points = contour.integer(tags::NUMBER_OF_CONTOUR_POINTS).unwrap();
            assert_eq!(points, Some(i64::try_from(texts.len() / 3).unwrap()));
            for (n, text) in texts.iter().enumerate() {
                assert!(
                    text.len() <= 16 && text != "-0" && !text.contains('e'),
                    "{text}"
                );
                let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
                if n % 3 == 2 {
                    assert_eq!(text.parse(), Ok(slice.position.z));
                } else {
                    assert!(decimals <= 3, "{text}");
                }
            }
        }
    }
    // 11 slices of the ball and 11 of the ring, whose hole shares its contour.
    assert_eq!(contours, 22);
}

#[test]
fn contours_on_oblique_slices_lie_in_them_to_the_last_digit() {
    let written = written(&oblique());
    let read = read_structure_set(&written.path).unwrap();
    let images = &written.study.images;
    for (roi, (own, _)) in read.structures.rois.iter().zip(&written.regions) {
        for (contour, original) in roi.contours.iter().zip(&own.contours) {
            let slice = &images.slices[original.slice.unwrap()];
            for point in &contour.points {
                let off = images.grid.axes()[0].dot(&(point - slice.position));
                // Three coordinates, each rounded to half a micrometre.
                assert!(off.abs() < 0.000_9, "{off}");
            }
        }
    }
}

#[test]
fn what_is_written_is_read_back() {
    for grid in [upright(), oblique()] {
        let written = written(&grid);
        let mut read = read_structure_set(&written.path).unwrap();
        assert_eq!(read.findings, []);
        assert_eq!(read.place_on(&written.study.images), []);
        for (roi, (own, mask)) in read.structures.rois.iter().zip(&written.regions) {
            assert_eq!((roi.number, &roi.name), (own.number, &own.name));
            assert_eq!(roi.interpreted_type, own.interpreted_type);
            assert_eq!(roi.colour, own.colour);
            assert_eq!(roi.contours.len(), own.contours.len());
            for (read, own) in roi.contours.iter().zip(&own.contours) {
                assert_eq!(read.slice, own.slice);
            }
            let volume = polygon_volume_ml(&roi.contours, grid.spacing()[0]);
            assert!((volume / mask.volume_ml() - 1.0).abs() < 5e-3, "{volume}");
            let again = rasterise(&roi.contours, &grid);
            // Smooth contours cut corners of the voxel border, no more.
            assert!(dice(&again, mask) > 0.97, "{}", dice(&again, mask));
        }
    }
}

#[test]
fn the_same_content_gives_the_same_bytes_and_another_content_another_uid() {
    let first = written(&upright());
    let second = written(&upright());
    let bytes = |w: &Written| std::fs::read(&w.path).unwrap();
    assert_eq!(bytes(&first), bytes(&second));
    let mut changed = structures(&first.regions);
    changed.rois[0].contours[0].points[0].x += 0.01;
    let other = write(&first.study, &first.path, &changed).unwrap();
    assert_ne!(other.sop_instance_uid, first.object.sop_instance_uid);
    assert_ne!(bytes(&first), bytes(&second));
}

#[test]
fn a_region_between_the_slices_is_written_empty_and_told() {
    let written = written(&upright());
    let mut structures = structures(&written.regions);
    structures.rois[0].contours.clear();
    let object = write(&written.study, &written.path, &structures).unwrap();
    assert_eq!(object.findings[0].code, "roi-empty");
    let read = read_structure_set(&written.path).unwrap();
    assert_eq!(read.findings[0].code, "structures-roi-empty");
    assert!(read.structures.rois[0].contours.is_empty());
}

#[test]
fn structures_that_do_not_fit_are_refused_and_nothing_is_written() {
    let written = written(&upright());
    let before = std::fs::read(&written.path).unwrap();
    let square = |z: f64| {
        let corners = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)];
        corners.map(|(x, y)| Point3::new(x, y, z)).to_vec()
    };
    assert_eq!(square(1.0).len(), 3);
    let cases: [(Change, &str); 9] = [
        (|s| s.rois.clear(), "at least one ROI"),
        (|s| s.rois[1].number = 1, "ROI number 1 is given twice"),
        (
            |s| s.rois[1].name = "gtvN1".to_owned(),
            "`gtvN1` is given twice",
        ),
        (|s| s.rois[1].name.clear(), "ROI 2 has no name"),
        (|s| s.rois[0].contours[0].slice = None, "no slice of the 40"),
        (|s| s.rois[0].contours[0].slice = Some(0), "mm off slice 0"),
        (
            |s| s.rois[0].contours[0].points.truncate(2),
            "2 different points",
        ),
        (
            |s| s.rois[0].contours[0].points[0].x = f64::NAN,
            "not finite",
        ),
        (
            |s| s.label = "a label of more than sixteen".to_owned(),
            "StructureSetLabel (3006,0002)",
        ),
    ];
    for (change, words) in cases {
        let mut structures = structures(&written.regions);
        change(&mut structures);
        let error = write(&written.study, &written.path, &structures).unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert_eq!(std::fs::read(&written.path).unwrap(), before, "{words}");
    }
    let mut structures = structures(&written.regions);
    structures.rois[0].contours.push(Contour {
        slice: Some(3),
        points: square(0.0),
    });
    let error = write(&written.study, &written.path, &structures).unwrap_err();
    assert!(matches!(
        error,
        StructureWriteError::Structure(StructureError::OffPlane { slice: 3, .. })
    ));
    let nowhere = written.study.folder.path().join("missing/rtstruct.dcm");
    let structures = crate::study::structures(&written.regions);
    let error = write(&written.study, &nowhere, &structures).unwrap_err();
    assert!(
        error.to_string().contains("missing/rtstruct.dcm"),
        "{error}"
    );
}
