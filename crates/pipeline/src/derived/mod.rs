//! The lesions as coded DICOM objects on the PET: a segmentation with one segment for each lesion,
//! and a report of their measures that refers to the segments.

mod site;

use std::path::Path;

use isoboost_dicom::{
    Code, DrawnSegment, DrawnSegmentation, Evaluation, Measurement, MeasurementGroup,
    MeasurementReport, Provenance, ReferenceImages, WrittenObject, deterministic_uid,
};
use isoboost_planning::region_colour;
use isoboost_staging::Lesion;

use crate::outputs::reviewed;
use crate::study::{Findings, StudyError, StudyJob};

/// Designator of the codes that no public scheme has, and its name.
const PRIVATE_SCHEME: (&str, &str) = ("99ISOBOOST", "isoboost: PSMA-PET lesions");
/// Longest Segment Label (VR LO).
const LONGEST_LABEL: usize = 64;

/// The objects that were written; neither without a lesion.
#[derive(Debug, Default)]
pub(crate) struct LesionObjects {
    /// `seg.dcm`.
    pub(crate) segmentation: Option<WrittenObject>,
    /// `sr.dcm`.
    pub(crate) report: Option<WrittenObject>,
}

/// Writes `seg.dcm` and `sr.dcm` into the folder `place`; a scan without a lesion has neither,
/// since neither object can say that there is none.
pub(crate) fn write(
    place: &Path,
    job: &StudyJob<'_>,
    findings: &Findings<'_>,
    provenance: &Provenance,
) -> Result<LesionObjects, StudyError> {
    let lesions = &findings.staging.lesions;
    if lesions.is_empty() {
        return Ok(LesionObjects::default());
    }
    let pet = findings.selection.pet;
    let images = ReferenceImages::of_series(pet)?;
    let patient = &job.study.patient;
    let mut segments = segments(lesions, &pet.uid);
    if let Some(signing) = findings.signing {
        for (segment, lesion) in segments.iter_mut().zip(lesions) {
            segment.description = reviewed(&segment.description);
            segment.by_hand = signing.by_hand.outlines.contains(&lesion.id);
        }
    }
    let groups = lesions.iter().zip(&segments).zip(1..);
    let report = MeasurementReport {
        description: "lesions on PET".to_owned(),
        procedure: Code::new("44139-4", "LN", "PET whole body"),
        groups: groups
            .map(|((lesion, segment), number)| group(lesion, segment, number))
            .collect(),
        private_schemes: vec![(PRIVATE_SCHEME.0.to_owned(), PRIVATE_SCHEME.1.to_owned())],
    };
    let drawn = DrawnSegmentation {
        label: "LESIONS".to_owned(),
        description: "lesions on PET".to_owned(),
        algorithm_family: Code::new("123101", "DCM", "Neighborhood Analysis"),
        segments,
    };
    let path = place.join("seg.dcm");
    let segmentation =
        isoboost_dicom::write_segmentation(&path, &drawn, &images, patient, provenance)?;
    let report = isoboost_dicom::write_measurement_report(
        &place.join("sr.dcm"),
        &report,
        &segmentation,
        &images,
        patient,
        provenance,
    )?;
    Ok(LesionObjects {
        segmentation: Some(segmentation),
        report: Some(report),
    })
}

/// One segment for each lesion, in the order of their numbers.
fn segments(lesions: &[Lesion], pet_uid: &str) -> Vec<DrawnSegment> {
    let mut segments: Vec<DrawnSegment> = Vec::new();
    for lesion in lesions {
        let mut tracking_uid = tracking_uid(lesion, pet_uid, None);
        // Two outlines with one and the same maximum would be one thing to whoever tracks them.
        if segments.iter().any(|s| s.tracking_uid == tracking_uid) {
            tracking_uid = self::tracking_uid(lesion, pet_uid, Some(lesion.id));
        }
        segments.push(segment(lesion, tracking_uid));
    }
    segments
}

fn segment(lesion: &Lesion, tracking_uid: String) -> DrawnSegment {
    let name = format!("lesion {}", lesion.id);
    let label = format!("{} ({name})", lesion.site);
    let region = lesion.region.name().replace('_', " ");
    DrawnSegment {
        label: label.chars().take(LONGEST_LABEL).collect(),
        description: format!("Suggestion, {name}: {region}, {}", lesion.mi_tnm),
        rule: lesion.focus.rule.clone(),
        tracking_id: name,
        tracking_uid,
        category: Code::new("49755003", "SCT", "Morphologically Abnormal Structure"),
        property_type: Code::new("52988006", "SCT", "Lesion"),
        region: site::anatomic_region(lesion),
        colour: region_colour(lesion.region),
        by_hand: false,
        mask: lesion.focus.mask.clone(),
    }
}

/// What identifies a lesion in all objects made from one PET: the voxel of its maximum. Its number
/// changes with the settings, that voxel does not.
fn tracking_uid(lesion: &Lesion, pet_uid: &str, id: Option<u32>) -> String {
    let at = lesion.focus.measures.max_at;
    let position = format!("{:.3} {:.3} {:.3}", at.x, at.y, at.z);
    let id = id.map_or_else(String::new, |id| id.to_string());
    deterministic_uid(&["lesion", pet_uid, &position, &id])
}

fn group(lesion: &Lesion, segment: &DrawnSegment, number: u16) -> MeasurementGroup {
    MeasurementGroup {
        tracking_id: segment.tracking_id.clone(),
        tracking_uid: segment.tracking_uid.clone(),
        segment: number,
        category: segment.category.clone(),
        finding: segment.property_type.clone(),
        site: segment.region.clone(),
        rule: segment.rule.clone(),
        measurements: measurements(lesion),
        evaluations: evaluations(lesion),
    }
}

/// The numbers of `report.json` with their codes (CID 7464, 7469; UCUM).
fn measurements(lesion: &Lesion) -> Vec<Measurement> {
    let measures = &lesion.focus.measures;
    let suv = |derivation: Code, value: f64| Measurement {
        name: Code::new("126401", "DCM", "SUVbw"),
        derivation: Some(derivation),
        value,
        unit: Code::new(
            "g/ml{SUVbw}",
            "UCUM",
            "Standardized Uptake Value body weight",
        ),
    };
    let plain = |name: Code, value: f64, unit: Code| Measurement {
        name,
        derivation: None,
        value,
        unit,
    };
    vec![
        suv(Code::new("56851009", "SCT", "Maximum"), measures.suv_max),
        suv(
            Code::new("126031", "DCM", "Peak Value Within ROI"),
            measures.suv_peak,
        ),
        suv(Code::new("373098007", "SCT", "Mean"), measures.suv_mean),
        plain(
            Code::new("118565006", "SCT", "Volume"),
            measures.volume_ml,
            Code::new("cm3", "UCUM", "cubic centimeter"),
        ),
        // `Total Lesion Glycolysis` (126033 DCM) is the same product, but of FDG.
        plain(
            private("TL_PSMA", "Total lesion uptake: mean SUVbw times volume"),
            measures.tl_psma,
            Code::new("g", "UCUM", "gram"),
        ),
    ]
}

/// What is judged of a lesion: its class, its miTNM category and its PSMA expression score.
fn evaluations(lesion: &Lesion) -> Vec<Evaluation> {
    let class = lesion.region.name();
    let mut evaluations = vec![
        Evaluation {
            name: private("CLASS", "Class of the lesion"),
            value: private(&class.to_uppercase(), &class.replace('_', " ")),
        },
        Evaluation {
            name: private("MITNM", "miTNM category (PROMISE)"),
            value: private(&lesion.mi_tnm, &lesion.mi_tnm),
        },
    ];
    if let Some(score) = lesion.psma_score {
        evaluations.push(Evaluation {
            name: private("PSMA_SCORE", "PSMA expression score (PROMISE)"),
            value: private(&format!("SCORE_{score}"), &format!("score {score}")),
        });
    }
    evaluations
}

fn private(value: &str, meaning: &str) -> Code {
    Code::new(value, PRIVATE_SCHEME.0, meaning)
}
