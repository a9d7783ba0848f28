//! Writing of measurement reports.

use std::path::Path;

use dicom_dictionary_std::{tags, uids};

use super::content::{
    Relationship, Term, coded, container, number, person, put_root, segment, text, uid, with_items,
};
use super::{Measurement, MeasurementGroup, MeasurementReport, ReportWriteError};
use crate::copied;
use crate::derived_object::{
    ObjectClass, WrittenObject, collect, objects_of, put_contributors, put_series, reference,
    study_uid, write_object,
};
use crate::elements::{Elements, ValueError};
use crate::uid::deterministic_uid;
use crate::{Approval, Concept, PatientStudy, Provenance, ReferenceImages};

const CLASS: ObjectClass = ObjectClass {
    name: "measurement report",
    sop_class: uids::COMPREHENSIVE3_DSR_STORAGE,
    modality: "SR",
    series_number: 9103,
    transfer_syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN,
};

const REPORT: Term = ("126000", "DCM", "Imaging Measurement Report");
const LANGUAGE: Term = ("121049", "DCM", "Language of Content Item and Descendants");
const ENGLISH: Term = ("en", "RFC5646", "English");
const OBSERVER_TYPE: Term = ("121005", "DCM", "Observer Type");
const PERSON: Term = ("121006", "DCM", "Person");
const DEVICE: Term = ("121007", "DCM", "Device");
const PERSON_NAME: Term = ("121008", "DCM", "Person Observer Name");
const PERSON_ORGANISATION: Term = ("121009", "DCM", "Person Observer's Organization Name");
const DEVICE_UID: Term = ("121012", "DCM", "Device Observer UID");
const DEVICE_NAME: Term = ("121013", "DCM", "Device Observer Name");
const DEVICE_MANUFACTURER: Term = ("121014", "DCM", "Device Observer Manufacturer");
const DEVICE_MODEL: Term = ("121015", "DCM", "Device Observer Model Name");
const DEVICE_SERIAL: Term = ("121016", "DCM", "Device Observer Serial Number");
const PROCEDURE: Term = ("121058", "DCM", "Procedure reported");
const MEASUREMENTS: Term = ("126010", "DCM", "Imaging Measurements");
const COMMENT: Term = ("121106", "DCM", "Comment");
const GROUP: Term = ("125007", "DCM", "Measurement Group");
const TRACKING_ID: Term = ("112039", "DCM", "Tracking Identifier");
const TRACKING_UID: Term = ("112040", "DCM", "Tracking Unique Identifier");
const CATEGORY: Term = ("276214006", "SCT", "Finding category");
const FINDING: Term = ("121071", "DCM", "Finding");
const FINDING_SITE: Term = ("363698007", "SCT", "Finding Site");
const LATERALITY: Term = ("272741003", "SCT", "Laterality");
const SEGMENT: Term = ("121191", "DCM", "Referenced Segment");
const SOURCE_SERIES: Term = ("121232", "DCM", "Source series for segmentation");
const ALGORITHM_NAME: Term = ("111001", "DCM", "Algorithm Name");
const ALGORITHM_VERSION: Term = ("111003", "DCM", "Algorithm Version");
const ALGORITHM_PARAMETERS: Term = ("111002", "DCM", "Algorithm Parameters");
const DERIVATION: Term = ("121401", "DCM", "Derivation");

/// Left, right, and both of SNOMED CT: the modifiers of a site that are its side (CID 244).
const SIDES: [&str; 3] = ["7771000", "24028007", "51440002"];

/// Writes measures of the segments of `segmentation`, which were drawn on `images`, as a report
/// after TID 1500.
///
/// Numbers are written exactly as 64-bit floats beside their decimal text. The report is PARTIAL,
/// UNVERIFIED and PRELIMINARY, a suggestion that nobody has looked at, unless the provenance names
/// the person who approved it: then it is COMPLETE, VERIFIED by that person and FINAL. The file
/// appears complete or not at all; its UIDs follow from its content.
///
/// # Errors
/// When there is nothing to report, a number is not finite, a text is longer than its attribute, or
/// the file cannot be written.
pub fn write_measurement_report(
    path: &Path,
    report: &MeasurementReport,
    segmentation: &WrittenObject,
    images: &ReferenceImages,
    patient: &PatientStudy,
    provenance: &Provenance,
) -> Result<WrittenObject, ReportWriteError> {
    check(report)?;
    let study = study_uid(patient, &CLASS)?;
    let (mut object, findings) = copied::patient_study(patient);
    let description = provenance.described(&report.description);
    put_series(&mut object, &CLASS, &description, provenance)?;
    object.long(tags::DEVICE_SERIAL_NUMBER, &provenance.serial_number())?;
    put_contributors(&mut object, images, provenance, "Measured the lesions")?;
    put_document(&mut object, report, provenance)?;
    let evidence = evidence(&study, segmentation, images)?;
    object.sequence(
        tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
        [evidence],
    )?;
    let mut items = context(report, provenance)?;
    let groups = report.groups.iter();
    let groups = groups.map(|group| group_item(group, segmentation, images, provenance));
    items.push(container(MEASUREMENTS, None, collect(groups)?)?);
    let comment = provenance.approval.as_ref().and_then(Approval::comment);
    if let Some(comment) = comment {
        // TID 1500 is extensible; the comment is on the whole of it.
        items.push(text(Relationship::Contains, COMMENT, comment)?);
    }
    put_root(&mut object, REPORT, "1500", items)?;
    Ok(write_object(path, &CLASS, object, findings)?)
}

fn check(report: &MeasurementReport) -> Result<(), ReportWriteError> {
    if report.groups.is_empty() {
        return Err(ReportWriteError::NoGroups);
    }
    for group in &report.groups {
        let mut measurements = group.measurements.iter();
        if let Some(measurement) = measurements.find(|m| !m.value.is_finite()) {
            return Err(ReportWriteError::NotFinite {
                group: group.tracking_id.clone(),
                name: measurement.name.meaning.clone(),
                value: measurement.value,
            });
        }
    }
    Ok(())
}

/// SR Document Series and SR Document General modules.
fn put_document(
    object: &mut Elements,
    report: &MeasurementReport,
    provenance: &Provenance,
) -> Result<(), ValueError> {
    object.sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, [])?;
    object.sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, [])?;
    object.date(tags::CONTENT_DATE, provenance.created.date())?;
    object.time(tags::CONTENT_TIME, provenance.created.time())?;
    put_standing(object, provenance)?;
    if report.private_schemes.is_empty() {
        return Ok(());
    }
    let schemes = report.private_schemes.iter().map(|(designator, name)| {
        let mut item = Elements::new();
        item.short(tags::CODING_SCHEME_DESIGNATOR, designator)?;
        item.paragraph(tags::CODING_SCHEME_NAME, name)?;
        let owner = &provenance.manufacturer;
        item.paragraph(tags::CODING_SCHEME_RESPONSIBLE_ORGANIZATION, owner)?;
        Ok(item)
    });
    object.sequence(
        tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE,
        collect(schemes)?,
    )
}

/// Whether a person stands for the report, and who.
fn put_standing(object: &mut Elements, provenance: &Provenance) -> Result<(), ValueError> {
    let Some(approval) = &provenance.approval else {
        object.code(tags::COMPLETION_FLAG, "PARTIAL")?;
        let why = format!("Suggested by {}; unapproved", provenance.software);
        object.long(tags::COMPLETION_FLAG_DESCRIPTION, &why)?;
        object.code(tags::VERIFICATION_FLAG, "UNVERIFIED")?;
        return object.code(tags::PRELIMINARY_FLAG, "PRELIMINARY");
    };
    object.code(tags::COMPLETION_FLAG, "COMPLETE")?;
    let why = format!("Suggested by {}; reviewed, approved", provenance.software);
    object.long(tags::COMPLETION_FLAG_DESCRIPTION, &why)?;
    object.code(tags::VERIFICATION_FLAG, "VERIFIED")?;
    object.code(tags::PRELIMINARY_FLAG, "FINAL")?;
    let mut observer = Elements::new();
    observer.long(tags::VERIFYING_ORGANIZATION, approval.stated_organisation())?;
    observer.date_time(tags::VERIFICATION_DATE_TIME, approval.at())?;
    observer.person(tags::VERIFYING_OBSERVER_NAME, approval.reviewer())?;
    observer.sequence(tags::VERIFYING_OBSERVER_IDENTIFICATION_CODE_SEQUENCE, [])?;
    object.sequence(tags::VERIFYING_OBSERVER_SEQUENCE, [observer])
}

/// Every object that the content rests on: the segmentation and the images under it.
fn evidence(
    study: &str,
    segmentation: &WrittenObject,
    images: &ReferenceImages,
) -> Result<Elements, ValueError> {
    let series = |uid: &str, objects: Vec<(&str, &str)>| {
        let mut item = Elements::new();
        item.uid(tags::SERIES_INSTANCE_UID, uid)?;
        let objects = objects.into_iter();
        let references = collect(objects.map(|(class, instance)| reference(class, instance)))?;
        item.sequence(tags::REFERENCED_SOP_SEQUENCE, references)?;
        Ok(item)
    };
    let segments = (
        uids::SEGMENTATION_STORAGE,
        segmentation.sop_instance_uid.as_str(),
    );
    let mut item = Elements::new();
    item.uid(tags::STUDY_INSTANCE_UID, study)?;
    item.sequence(
        tags::REFERENCED_SERIES_SEQUENCE,
        [
            series(&segmentation.series_uid, vec![segments])?,
            series(&images.series_uid, objects_of(images))?,
        ],
    )?;
    Ok(item)
}

/// Language, observers and procedure (TID 1204, 1002, 1500).
fn context(
    report: &MeasurementReport,
    provenance: &Provenance,
) -> Result<Vec<Elements>, ValueError> {
    use Relationship::{HasConceptModifier, HasObservationContext};
    let device = deterministic_uid(&[
        "device",
        &provenance.manufacturer,
        &provenance.software,
        &provenance.version,
        &provenance.configuration,
    ]);
    let software = &provenance.software;
    let told = |name: Term, value: &str| text(HasObservationContext, name, value);
    let mut items = vec![
        coded(HasConceptModifier, LANGUAGE, ENGLISH)?,
        coded(HasObservationContext, OBSERVER_TYPE, DEVICE)?,
        uid(HasObservationContext, DEVICE_UID, &device)?,
        told(DEVICE_NAME, &provenance.line())?,
        told(DEVICE_MANUFACTURER, &provenance.manufacturer)?,
        told(DEVICE_MODEL, software)?,
        told(DEVICE_SERIAL, &provenance.serial_number())?,
    ];
    if let Some(approval) = &provenance.approval {
        items.push(coded(HasObservationContext, OBSERVER_TYPE, PERSON)?);
        let reviewer = approval.reviewer();
        items.push(person(HasObservationContext, PERSON_NAME, reviewer)?);
        let organisation = approval.stated_organisation();
        items.push(told(PERSON_ORGANISATION, organisation)?);
    }
    let procedure = report.procedure.parts();
    items.push(coded(HasConceptModifier, PROCEDURE, procedure)?);
    Ok(items)
}

/// A group after TID 1411.
fn group_item(
    group: &MeasurementGroup,
    segmentation: &WrittenObject,
    images: &ReferenceImages,
    provenance: &Provenance,
) -> Result<Elements, ValueError> {
    use Relationship::{Contains, HasConceptModifier, HasObservationContext};
    let instance = &segmentation.sop_instance_uid;
    let mut items = vec![
        text(HasObservationContext, TRACKING_ID, &group.tracking_id)?,
        uid(HasObservationContext, TRACKING_UID, &group.tracking_uid)?,
        coded(HasConceptModifier, CATEGORY, group.category.parts())?,
        coded(Contains, FINDING, group.finding.parts())?,
        segment(SEGMENT, uids::SEGMENTATION_STORAGE, instance, group.segment)?,
        uid(Contains, SOURCE_SERIES, &images.series_uid)?,
    ];
    if let Some(site) = &group.site {
        items.push(site_item(site)?);
    }
    let how = [
        (ALGORITHM_NAME, &provenance.software),
        (ALGORITHM_VERSION, &provenance.version),
        (ALGORITHM_PARAMETERS, &group.rule),
    ];
    for (name, value) in how {
        items.push(text(HasConceptModifier, name, value)?);
    }
    for measurement in &group.measurements {
        items.push(measurement_item(measurement)?);
    }
    for evaluation in &group.evaluations {
        let value = evaluation.value.parts();
        items.push(coded(Contains, evaluation.name.parts(), value)?);
    }
    container(GROUP, Some("1411"), items)
}

fn site_item(site: &Concept) -> Result<Elements, ValueError> {
    let relationship = Relationship::HasConceptModifier;
    let item = coded(relationship, FINDING_SITE, site.code.parts())?;
    let side = { site.modifiers.iter() }.filter(|m| SIDES.contains(&m.value.as_str()));
    with_items(
        item,
        side.map(|side| coded(relationship, LATERALITY, side.parts())),
    )
}

/// A number after TID 1419.
fn measurement_item(measurement: &Measurement) -> Result<Elements, ValueError> {
    let item = number(&measurement.name, measurement.value, &measurement.unit)?;
    let derivation = measurement.derivation.iter();
    with_items(
        item,
        derivation.map(|d| coded(Relationship::HasConceptModifier, DERIVATION, d.parts())),
    )
}
