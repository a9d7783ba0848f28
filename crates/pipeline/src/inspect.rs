//! What is in a folder, what would be used and why; nothing is written.

use isoboost_dicom::{
    Discovery, DoseFacts, ObjectKind, OtherObject, PlanFacts, SeriesChoice, SpatialRegistration,
    Study, read_dose_facts, read_plan_facts, read_spatial_registration,
};
use isoboost_suv::{SuvDerivation, SuvOptions};
use serde::Serialize;

use crate::error_chain;

/// What was found under the inputs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The studies.
    pub studies: Vec<InspectedStudy>,
    /// Files that are not DICOM.
    pub ignored_files: usize,
    /// DICOM files that could not be read: file and reason.
    pub problems: Vec<String>,
}

/// One study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectedStudy {
    /// Study Instance UID.
    pub study_uid: String,
    /// Study Date.
    pub date: Option<String>,
    /// Its CT and PET series.
    pub series: Vec<InspectedSeries>,
    /// Other objects: modality and how many.
    pub others: Vec<(String, usize)>,
    /// Doses, plans and registrations among them.
    pub doses: Vec<InspectedObject>,
    /// Which series would be used.
    pub choice: InspectedChoice,
    /// What is doubtful.
    pub findings: Vec<String>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectedSeries {
    /// The name to choose it by.
    pub key: String,
    /// CT or PT.
    pub modality: String,
    /// Series Description.
    pub description: String,
    /// Manufacturer and model.
    pub scanner: String,
    /// Number of slices.
    pub slices: usize,
    /// Columns, rows, slices; null where the slices are no volume.
    pub size: Option<[usize; 3]>,
    /// Column, row and slice spacing.
    pub spacing_mm: Option<[f64; 3]>,
    /// Units of a PET.
    pub units: Option<String>,
    /// Why it cannot be used, or what is doubtful.
    pub findings: Vec<String>,
}

/// A dose, a plan or a registration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectedObject {
    /// `dose`, `plan` or `registration`.
    pub kind: &'static str,
    /// The file.
    pub file: String,
    /// What its header says, in a sentence.
    pub says: Option<String>,
    /// Why it cannot be used, or what is doubtful.
    pub findings: Vec<String>,
}

/// What would be used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectedChoice {
    /// The PET.
    pub pet: Option<String>,
    /// The CT.
    pub ct: Option<String>,
    /// Why.
    pub reasons: Vec<String>,
    /// What a planner must know.
    pub warnings: Vec<String>,
    /// SUVbw per rescaled stored value, where it is one number.
    pub suv_factor: Option<f64>,
    /// The derivation of the SUV, line by line.
    pub suv_derivation: Vec<String>,
    /// Why there can be no result.
    pub refusal: Option<String>,
}

/// Looks through the inputs and says what a run would use.
///
/// # Errors
/// When the inputs cannot be searched.
pub fn inspect(
    inputs: &[std::path::PathBuf],
    choice: &SeriesChoice,
    facts: &SuvOptions,
) -> Result<Inspection, isoboost_dicom::DiscoverError> {
    let Discovery {
        studies,
        ignored_files,
        problems,
    } = isoboost_dicom::discover(inputs, &|_| {})?;
    Ok(Inspection {
        studies: studies
            .iter()
            .map(|study| inspect_study(study, choice, facts))
            .collect(),
        ignored_files,
        problems: problems.iter().map(crate::problem_line).collect(),
    })
}

fn inspect_study(study: &Study, choice: &SeriesChoice, facts: &SuvOptions) -> InspectedStudy {
    let series = study.series.iter().map(|series| {
        let grid = series.geometry.as_ref().ok();
        let problem = series.geometry.as_ref().err().map(ToString::to_string);
        let pixels = series.pixel_problem.as_ref().map(ToString::to_string);
        let findings = series.findings.iter().map(ToString::to_string);
        InspectedSeries {
            key: series.key(),
            modality: series.modality.clone(),
            description: series.description.clone(),
            scanner: series.scanner.clone(),
            slices: series.slices.len(),
            size: grid.map(|g| reversed(g.shape())),
            spacing_mm: grid.map(|g| reversed(g.spacing())),
            units: series.units.clone(),
            findings: problem.into_iter().chain(pixels).chain(findings).collect(),
        }
    });
    let mut others: Vec<(String, usize)> = Vec::new();
    for other in &study.others {
        match others
            .iter_mut()
            .find(|(modality, _)| *modality == other.modality)
        {
            Some((_, count)) => *count += 1,
            None => others.push((other.modality.clone(), 1)),
        }
    }
    InspectedStudy {
        study_uid: study.study_uid.clone(),
        date: study.patient.study_date().map(|d| d.to_string()),
        series: series.collect(),
        others,
        doses: study.others.iter().filter_map(inspect_object).collect(),
        choice: inspect_choice(study, choice, facts),
        findings: study.findings.iter().map(ToString::to_string).collect(),
    }
}

/// What the header of a dose or plan, or a registration, says.
fn inspect_object(other: &OtherObject) -> Option<InspectedObject> {
    let outcome = match other.kind {
        ObjectKind::Dose => read_dose_facts(&other.source)
            .map(|facts| (says_of_dose(&facts), facts.findings))
            .map_err(|error| error_chain(&error)),
        ObjectKind::Plan => read_plan_facts(&other.source)
            .map(|facts| (says_of_plan(&facts), facts.findings))
            .map_err(|error| error_chain(&error)),
        ObjectKind::Registration => read_spatial_registration(&other.source)
            .map(|read| (says_of_registration(&read), read.findings))
            .map_err(|error| error_chain(&error)),
        _ => return None,
    };
    let (says, findings) = match outcome {
        Ok((says, findings)) => (
            Some(says),
            findings.iter().map(ToString::to_string).collect(),
        ),
        Err(problem) => (None, vec![problem]),
    };
    Some(InspectedObject {
        kind: other.kind.name(),
        file: other.source.to_string(),
        says,
        findings,
    })
}

fn says_of_dose(facts: &DoseFacts) -> String {
    let [ni, nj, nk] = reversed(facts.grid.shape());
    let [di, dj, dk] = reversed(facts.grid.spacing());
    format!(
        "{}, {}, {ni} x {nj} x {nk} of {di:.3} x {dj:.3} x {dk:.3} mm, frame of reference {}",
        facts.dose_type.name(),
        facts.summation.name(),
        facts.frame_of_reference
    )
}

fn says_of_registration(registration: &SpatialRegistration) -> String {
    let frames = registration.frame_uids();
    let others = frames.iter().skip(1).cloned().collect::<Vec<_>>();
    format!(
        "rigid, from frame of reference {} to {}",
        others.join(", "),
        registration.registered_frame
    )
}

fn says_of_plan(facts: &PlanFacts) -> String {
    let prescribed: Vec<String> = facts
        .prescriptions
        .iter()
        .map(|p| format!("{} Gy", p.dose_gy))
        .collect();
    let fractions: Vec<String> = facts.fractions.iter().map(u32::to_string).collect();
    let or_none = |list: Vec<String>| {
        if list.is_empty() {
            "none".to_owned()
        } else {
            list.join(", ")
        }
    };
    format!(
        "`{}`, prescribed {}, fractions {}, {}",
        facts.label.as_deref().unwrap_or(""),
        or_none(prescribed),
        or_none(fractions),
        facts
            .approval_status
            .as_deref()
            .unwrap_or("approval not stated")
    )
}

fn inspect_choice(study: &Study, choice: &SeriesChoice, facts: &SuvOptions) -> InspectedChoice {
    let mut chosen = InspectedChoice {
        pet: None,
        ct: None,
        reasons: Vec::new(),
        warnings: Vec::new(),
        suv_factor: None,
        suv_derivation: Vec::new(),
        refusal: None,
    };
    let selection = match isoboost_dicom::select(study, choice) {
        Ok(selection) => selection,
        Err(error) => {
            chosen.refusal = Some(error_chain(&error));
            return chosen;
        }
    };
    chosen.pet = Some(selection.pet.key());
    chosen.ct = selection.ct.map(isoboost_dicom::Series::key);
    chosen.reasons = selection.reasons;
    chosen.warnings = selection.warnings.iter().map(ToString::to_string).collect();
    let facts_of_pet = isoboost_dicom::read_pet_facts(selection.pet);
    let derived = match &facts_of_pet {
        Ok(of_pet) => isoboost_suv::derive(of_pet, facts).map_err(|error| error_chain(&error)),
        Err(error) => Err(error_chain(error)),
    };
    match derived {
        Ok(derivation) => {
            chosen.suv_factor = derivation.factor();
            chosen.suv_derivation = derivation_lines(&derivation);
            chosen
                .warnings
                .extend(derivation.findings.iter().map(|f| f.text.clone()));
        }
        Err(refusal) => chosen.refusal = Some(refusal),
    }
    chosen
}

/// The derivation of an SUV, a line each.
pub fn derivation_lines(derivation: &SuvDerivation) -> Vec<String> {
    let line =
        |step: &isoboost_suv::Step| format!("{}: {} ({})", step.name, step.value, step.source);
    derivation.steps.iter().map(line).collect()
}

fn reversed<T: Copy>([k, j, i]: [T; 3]) -> [T; 3] {
    [i, j, k]
}
