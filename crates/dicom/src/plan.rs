//! Radiotherapy plans (RT Plan IOD, PS3.3 A.20): what was prescribed, in how many fractions.

use dicom_dictionary_std::{tags, uids};

use crate::attributes::Attributes;
use crate::{AttributeError, Finding, Header, HeaderError, ObjectKind, ObjectSource};

/// What a plan says of its dose.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFacts {
    /// SOP Instance UID, by which a dose refers to it.
    pub sop_instance_uid: String,
    /// RT Plan Label.
    pub label: Option<String>,
    /// What was prescribed to its targets, the highest dose first.
    pub prescriptions: Vec<Prescription>,
    /// Number of Fractions Planned of each fraction group.
    pub fractions: Vec<u32>,
    /// Approval Status, as `APPROVED` or `UNAPPROVED`.
    pub approval_status: Option<String>,
    /// What is irregular about it.
    pub findings: Vec<Finding>,
}

/// Dose prescribed to a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Prescription {
    /// Target Prescription Dose, Gy.
    pub dose_gy: f64,
    /// Dose Reference Description, where there is one.
    pub description: Option<String>,
}

impl PlanFacts {
    /// The highest dose prescribed, Gy.
    pub fn highest_prescription_gy(&self) -> Option<f64> {
        self.prescriptions.first().map(|p| p.dose_gy)
    }

    /// The number of fractions, where all of the plan is given in one fraction group.
    pub fn only_fractions(&self) -> Option<u32> {
        match self.fractions.as_slice() {
            [fractions] => Some(*fractions),
            _ => None,
        }
    }
}

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanReadError {
    /// The file cannot be read as DICOM.
    #[error("{source}, file {file}")]
    Header {
        /// The file.
        file: String,
        /// What went wrong.
        source: HeaderError,
    },
    /// The file is another kind of object.
    #[error(
        "SOPClassUID (0008,0016) is `{found}`, expected an RT Plan ({}) or an RT Ion Plan ({}), \
         file {file}",
        uids::RT_PLAN_STORAGE,
        uids::RT_ION_PLAN_STORAGE
    )]
    NotAPlan {
        /// The file.
        file: String,
        /// SOP Class UID found.
        found: String,
    },
    /// An attribute is missing or unusable.
    #[error("{error}, file {file}")]
    Attribute {
        /// The file.
        file: String,
        /// The attribute.
        error: AttributeError,
    },
}

/// Reads what a plan says of its dose; beams and machines are left alone.
///
/// # Errors
/// When the file is no plan, or a dose or a number of fractions in it is no number.
pub fn read_plan_facts(source: &ObjectSource) -> Result<PlanFacts, PlanReadError> {
    let file = || source.to_string();
    let header = Header::read_whole(source).map_err(|source| PlanReadError::Header {
        file: file(),
        source,
    })?;
    let object = header.attributes();
    let class = object.text(tags::SOP_CLASS_UID).unwrap_or_default();
    if ObjectKind::of(&class) != ObjectKind::Plan {
        return Err(PlanReadError::NotAPlan {
            file: file(),
            found: class,
        });
    }
    facts(object, header.findings().to_vec()).map_err(|error| PlanReadError::Attribute {
        file: file(),
        error,
    })
}

fn facts(object: Attributes<'_>, mut findings: Vec<Finding>) -> Result<PlanFacts, AttributeError> {
    let tag = tags::SOP_INSTANCE_UID;
    let sop_instance_uid = object
        .text(tag)
        .ok_or_else(|| object.unexpected(tag, "a unique identifier"))?;
    let prescriptions = prescriptions(object)?;
    let fractions = fractions(object)?;
    if prescriptions.is_empty() {
        findings.push(Finding::new(
            "plan-without-prescription",
            "the plan prescribes no dose to a target (TargetPrescriptionDose (300A,0026))",
        ));
    }
    if fractions.len() > 1 {
        findings.push(Finding::new(
            "plan-several-groups",
            format!(
                "the plan has {} fraction groups; its dose is taken as given in one series of \
                 fractions only when the number is stated (--dose-fractions)",
                fractions.len()
            ),
        ));
    }
    Ok(PlanFacts {
        sop_instance_uid,
        label: object.text(tags::RT_PLAN_LABEL),
        prescriptions,
        fractions,
        approval_status: object.text(tags::APPROVAL_STATUS),
        findings,
    })
}

fn prescriptions(object: Attributes<'_>) -> Result<Vec<Prescription>, AttributeError> {
    let mut found = Vec::new();
    for item in object.items(tags::DOSE_REFERENCE_SEQUENCE) {
        let is_target = item
            .text(tags::DOSE_REFERENCE_TYPE)
            .is_none_or(|kind| kind == "TARGET");
        let dose = item.number(tags::TARGET_PRESCRIPTION_DOSE)?;
        if let Some(dose_gy) = dose.filter(|dose| is_target && *dose > 0.0) {
            found.push(Prescription {
                dose_gy,
                description: item.text(tags::DOSE_REFERENCE_DESCRIPTION),
            });
        }
    }
    found.sort_by(|a, b| b.dose_gy.total_cmp(&a.dose_gy));
    Ok(found)
}

fn fractions(object: Attributes<'_>) -> Result<Vec<u32>, AttributeError> {
    let tag = tags::NUMBER_OF_FRACTIONS_PLANNED;
    let mut found = Vec::new();
    for group in object.items(tags::FRACTION_GROUP_SEQUENCE) {
        let Some(number) = group.integer(tag)? else {
            continue;
        };
        let number = u32::try_from(number).ok().filter(|n| *n > 0);
        found.push(number.ok_or_else(|| group.unexpected(tag, "a positive number"))?);
    }
    Ok(found)
}
