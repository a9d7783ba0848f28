//! Choosing the PET and the CT of a study, with the reasons in words.

use std::cmp::Reverse;

use crate::Finding;
use crate::study::{Series, Study};
use crate::suitability::{
    coverage, ct_objection, ct_rank, is_attenuation_corrected, is_time_resolved, length_mm,
    pet_objection, pet_rank, shares_frame_of_reference,
};

/// What the user wants to be taken instead of the automatic choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesChoice {
    /// Series Instance UID of the PET (`--pet-series`), with `#n` for a part of a series.
    pub pet_uid: Option<String>,
    /// Series Instance UID of the CT (`--ct-series`), with `#n` for a part of a series.
    pub ct_uid: Option<String>,
    /// Whether PET and CT may have different frames of reference (`--assume-aligned`).
    pub assume_aligned: bool,
}

/// The series to work on.
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    /// The PET.
    pub pet: &'a Series,
    /// The CT, where one can be used with the PET.
    pub ct: Option<&'a Series>,
    /// Why each series was taken or left, in sentences.
    pub reasons: Vec<String>,
    /// What a planner must know about the choice.
    pub warnings: Vec<Finding>,
}

/// Why no PET, or not the CT asked for, can be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// No PET among the series.
    #[error("the study holds no PET series ({series} other series were found)")]
    NoPet {
        /// Number of other series.
        series: usize,
    },
    /// No PET that can be used.
    #[error("no PET series can be used: {}", reasons.join("; "))]
    NoUsablePet {
        /// What stands against each of them.
        reasons: Vec<String>,
    },
    /// A series that was named and is not there.
    #[error(
        "the study has no {kind} series `{uid}` ({option}); it has {}",
        listed(available)
    )]
    Unknown {
        /// `PET` or `CT`.
        kind: &'static str,
        /// The UID asked for.
        uid: String,
        /// The option that names it.
        option: &'static str,
        /// The series there are.
        available: Vec<String>,
    },
    /// A series that was named and cannot be used.
    #[error("{label} ({option}) cannot be used: {reason}")]
    Unusable {
        /// Number and description of the series.
        label: String,
        /// The option that names it.
        option: &'static str,
        /// What stands against it.
        reason: String,
    },
}

/// Chooses the PET (attenuation corrected, no projection, the most complete) and the CT (in the
/// PET's frame of reference, no scout, covering the PET best).
///
/// Among equals the choice is the lower series number, with a warning that names the option to
/// choose otherwise. A PET without a usable CT is a selection with a warning.
///
/// # Errors
/// When no PET can be used, or a series that was named does not exist or cannot be used.
pub fn select<'a>(study: &'a Study, choice: &SeriesChoice) -> Result<Selection<'a>, SelectError> {
    let mut selection = select_pet(study, choice)?;
    select_ct(study, choice, &mut selection)?;
    Ok(selection)
}

fn select_pet<'a>(study: &'a Study, choice: &SeriesChoice) -> Result<Selection<'a>, SelectError> {
    let mut reasons = Vec::new();
    let mut warnings = Vec::new();
    let candidates: Vec<&Series> = study.series.iter().filter(|s| s.kind.is_pet()).collect();
    if candidates.is_empty() {
        return Err(SelectError::NoPet {
            series: study.series.len(),
        });
    }
    let named = named(
        &candidates,
        choice.pet_uid.as_deref(),
        "PET",
        "--pet-series",
    )?;
    let is_named = choice.pet_uid.is_some();
    let mut objections = Vec::new();
    let mut usable = Vec::new();
    for series in named {
        let objection = pet_objection(series).or_else(|| {
            let uncorrected = is_attenuation_corrected(series) == Some(false);
            (uncorrected && !is_named).then(|| {
                "it is not attenuation corrected (CorrectedImage (0028,0051) lacks ATTN)".to_owned()
            })
        });
        match objection {
            Some(reason) if is_named => objections.push((series, reason)),
            Some(reason) => {
                reasons.push(format!("{} is not the PET: {reason}", series.label()));
                objections.push((series, reason));
            }
            None => usable.push(series),
        }
    }
    usable.sort_by_key(|s| (Reverse(pet_rank(s)), s.number.is_none(), s.number, s.key()));
    let Some((pet, others)) = usable.split_first() else {
        return Err(none_usable(&objections, is_named, "--pet-series"));
    };
    reasons.insert(0, pet_reason(pet, is_named));
    for other in others {
        reasons.push(format!("{} is another PET, less suited", other.label()));
    }
    let equals: Vec<&&Series> = others
        .iter()
        .filter(|s| pet_rank(s) == pet_rank(pet))
        .collect();
    if !equals.is_empty() {
        warnings.push(equal_choice("pet-choice", pet, &equals, "--pet-series"));
    }
    warnings.extend(pet_doubts(pet));
    Ok(Selection {
        pet,
        ct: None,
        reasons,
        warnings,
    })
}

fn pet_doubts(pet: &Series) -> Vec<Finding> {
    let mut doubts = pet.findings.clone();
    match is_attenuation_corrected(pet) {
        Some(true) => {}
        Some(false) => doubts.push(Finding::new(
            "not-attenuation-corrected",
            format!(
                "{} is not attenuation corrected; its SUV are wrong",
                pet.label()
            ),
        )),
        None => doubts.push(Finding::new(
            "corrections-unknown",
            format!(
                "{} does not say how it was corrected: CorrectedImage (0028,0051) is empty",
                pet.label()
            ),
        )),
    }
    if is_time_resolved(pet) {
        doubts.push(Finding::new(
            "time-resolved",
            format!("{} is one time frame or gate of several", pet.label()),
        ));
    }
    doubts
}

fn select_ct<'a>(
    study: &'a Study,
    choice: &SeriesChoice,
    selection: &mut Selection<'a>,
) -> Result<(), SelectError> {
    let pet = selection.pet;
    let Ok(pet_grid) = &pet.geometry else {
        return Ok(());
    };
    let candidates: Vec<&Series> = study.series.iter().filter(|s| s.kind.is_ct()).collect();
    let is_named = choice.ct_uid.is_some();
    let named = named(&candidates, choice.ct_uid.as_deref(), "CT", "--ct-series")?;
    let mut objections = Vec::new();
    let mut usable = Vec::new();
    for series in named {
        let elsewhere = !shares_frame_of_reference(series, pet) && !choice.assume_aligned;
        let objection = ct_objection(series, pet_grid).or_else(|| {
            elsewhere.then(|| {
                "its frame of reference is not the PET's; if both are aligned all the same, \
                 say so with --assume-aligned"
                    .to_owned()
            })
        });
        match objection {
            Some(reason) => {
                selection
                    .reasons
                    .push(format!("{} is not the CT: {reason}", series.label()));
                objections.push((series, reason));
            }
            None => usable.push(series),
        }
    }
    usable.sort_by_key(|s| {
        let aligned = shares_frame_of_reference(s, pet);
        let rank = Reverse((aligned, ct_rank(s, pet_grid)));
        (rank, s.number.is_none(), s.number, s.key())
    });
    let Some((ct, others)) = usable.split_first() else {
        if is_named {
            return Err(none_usable(&objections, true, "--ct-series"));
        }
        selection.warnings.push(no_ct(&objections));
        return Ok(());
    };
    describe_ct(selection, ct, others, is_named);
    selection.ct = Some(ct);
    Ok(())
}

fn describe_ct(selection: &mut Selection<'_>, ct: &Series, others: &[&Series], is_named: bool) {
    let pet = selection.pet;
    let (Ok(ct_grid), Ok(pet_grid)) = (&ct.geometry, &pet.geometry) else {
        return;
    };
    let percent = 100.0 * coverage(ct_grid, pet_grid);
    selection.reasons.push(format!(
        "{} is the CT{}: {} slices, covers {percent:.0} % of the PET",
        ct.label(),
        as_asked(is_named, "--ct-series"),
        ct.slices.len()
    ));
    for other in others {
        let reason = format!("{} is another CT, less suited", other.label());
        selection.reasons.push(reason);
    }
    let rank = ct_rank(ct, pet_grid);
    let equals: Vec<&&Series> = others
        .iter()
        .filter(|s| ct_rank(s, pet_grid) == rank)
        .collect();
    if !equals.is_empty() {
        let warning = equal_choice("ct-choice", ct, &equals, "--ct-series");
        selection.warnings.push(warning);
    }
    if !shares_frame_of_reference(ct, pet) {
        selection.warnings.push(Finding::new(
            "assumed-aligned",
            format!(
                "PET and CT have different frames of reference ({} and {}) and are taken as \
                 aligned on request (--assume-aligned)",
                pet.frame_of_reference.as_deref().unwrap_or("none"),
                ct.frame_of_reference.as_deref().unwrap_or("none")
            ),
        ));
    }
    selection.warnings.extend(ct.findings.clone());
}

/// The candidates that `uid` names, or all of them where nothing is named.
fn named<'a>(
    candidates: &[&'a Series],
    uid: Option<&str>,
    kind: &'static str,
    option: &'static str,
) -> Result<Vec<&'a Series>, SelectError> {
    let Some(uid) = uid else {
        return Ok(candidates.to_vec());
    };
    let named: Vec<&Series> = candidates
        .iter()
        .copied()
        .filter(|s| s.is_named(uid))
        .collect();
    if named.is_empty() {
        return Err(SelectError::Unknown {
            kind,
            uid: uid.to_owned(),
            option,
            available: candidates.iter().map(|s| s.key()).collect(),
        });
    }
    Ok(named)
}

fn none_usable(
    objections: &[(&Series, String)],
    is_named: bool,
    option: &'static str,
) -> SelectError {
    match objections {
        [(series, reason), ..] if is_named => SelectError::Unusable {
            label: series.label(),
            option,
            reason: reason.clone(),
        },
        _ => SelectError::NoUsablePet {
            reasons: objections
                .iter()
                .map(|(series, reason)| format!("{}: {reason}", series.label()))
                .collect(),
        },
    }
}

fn no_ct(objections: &[(&Series, String)]) -> Finding {
    let why = if objections.is_empty() {
        "the study has none".to_owned()
    } else {
        let all = objections.iter();
        let all = all.map(|(series, reason)| format!("{}: {reason}", series.label()));
        all.collect::<Vec<_>>().join("; ")
    };
    Finding::new(
        "no-ct",
        format!(
            "no CT can be used with this PET ({why}): structures are drawn on the PET slices and \
             regions stay undetermined"
        ),
    )
}

fn pet_reason(pet: &Series, is_named: bool) -> String {
    let corrected = match is_attenuation_corrected(pet) {
        Some(true) => "attenuation corrected",
        Some(false) => "not attenuation corrected",
        None => "corrections not stated",
    };
    format!(
        "{} is the PET{}: {corrected}, {} slices, {:.0} mm long",
        pet.label(),
        as_asked(is_named, "--pet-series"),
        pet.slices.len(),
        length_mm(pet)
    )
}

fn as_asked(is_named: bool, option: &str) -> String {
    if is_named {
        format!(", as asked ({option})")
    } else {
        String::new()
    }
}

fn equal_choice(code: &'static str, taken: &Series, equals: &[&&Series], option: &str) -> Finding {
    let others: Vec<String> = equals
        .iter()
        .map(|s| format!("{} ({})", s.label(), s.key()))
        .collect();
    Finding::new(
        code,
        format!(
            "{} was taken, but nothing in the headers makes it better than {}; \
             choose with {option}",
            taken.label(),
            others.join(", ")
        ),
    )
}

fn listed(available: &[String]) -> String {
    if available.is_empty() {
        "none".to_owned()
    } else {
        available.join(", ")
    }
}
