//! What a person signed: the results of a reviewed study, written beside the suggestion, which stays
//! as it is.
//!
//! Each signature has a folder of its own, `signed/<study>/<n>/` with n counting from 1, which holds
//! what a result folder holds and `changes.json`. The objects are approved by the person who signed.
//!
//! Whoever keeps an audit trail notes a signature between [`prepare_signed`] and
//! [`PreparedSignature::publish`]: what lies under its number is then in the trail, whenever the
//! program is killed.

mod folder;
mod made;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, SecondsFormat};
use isoboost_dicom::{Approval, ApprovalError};
use isoboost_report::{CHANGES_SCHEMA, Change, ChangesDocument, Report, ReviewInfo, changes};

use crate::batch::folder_name;
use crate::open_study::OpenStudy;
use crate::output_folder::OutputError;
use crate::outputs;
use crate::review::Reviewed;
use crate::study::StudyError;

use folder::SignedFolder;
pub use folder::{NotedSignatures, SIGNED_FOLDER};
use made::ByHand;

/// What was changed by the review.
const CHANGES: &str = "changes.json";

/// Who signs, when, and with which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the person, as people or as DICOM write it (`Family^Given`).
    pub reviewer: String,
    /// The organisation signed for.
    pub organisation: Option<String>,
    /// When, by the clock of the place.
    pub at: DateTime<FixedOffset>,
    /// The reviewer's words.
    pub comment: Option<String>,
}

/// What was written for a signature.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedResult {
    /// The folder, inside of the results.
    pub folder: PathBuf,
    /// Its number, from 1, among the signatures of the study.
    pub number: u32,
    /// The report that was signed.
    pub report: Report,
    /// What differs from the suggestion.
    pub changes: Vec<Change>,
}

/// Why a review cannot be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// Name, organisation or comment cannot be written.
    #[error("the review cannot be signed: {0}")]
    Approval(#[from] ApprovalError),
    /// The suggestion is not there or is none.
    #[error("the suggestion `{}` cannot be read: {reason}; run the study again", path.display())]
    Suggestion {
        /// Its report.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The suggestion was made anew.
    #[error(
        "the suggestion `{}` is another one than was reviewed: the study was run again since; open \
         it again and review the new one", path.display()
    )]
    OtherSuggestion {
        /// Its report.
        path: PathBuf,
    },
}

/// A signature as it goes into objects and report.
#[derive(Debug)]
pub(crate) struct Signing {
    pub(crate) approval: Approval,
    pub(crate) review: ReviewInfo,
    pub(crate) by_hand: ByHand,
}

/// Results that are complete and wait, hidden, until their signature is noted. Nobody else can sign
/// the study while this value lives.
///
/// Left without [`publish`](Self::publish) they stay hidden until [`settle_signed`], or whoever
/// signs next, is told whether they were noted.
#[derive(Debug)]
pub struct PreparedSignature {
    place: SignedFolder,
    result: SignedResult,
}

impl PreparedSignature {
    /// What will be there once it is published.
    pub fn result(&self) -> &SignedResult {
        &self.result
    }

    /// Makes the results appear.
    ///
    /// # Errors
    /// When the system refuses; they then stay hidden.
    pub fn publish(self) -> Result<SignedResult, OutputError> {
        self.place.publish(self.result.number)?;
        Ok(self.result)
    }
}

/// Settles what a killed program left of signatures of a study: those whose numbers are noted
/// appear, the others are removed. Does nothing where nothing was left, and waits for whoever signs.
///
/// # Errors
/// When the system refuses.
pub fn settle_signed(
    results: &Path,
    study: &str,
    noted: NotedSignatures<'_>,
) -> Result<(), OutputError> {
    if SignedFolder::is_unsettled(results, study) {
        SignedFolder::open(results, study, noted)?;
    }
    Ok(())
}

/// Writes what was reviewed, as it was signed, to `signed/<study>/<n>/` in the folder of results,
/// for whoever keeps no trail of signatures.
///
/// # Errors
/// As [`prepare_signed`] and [`PreparedSignature::publish`].
pub fn export_signed(
    open: &OpenStudy,
    reviewed: &Reviewed,
    signature: &Signature,
    results: &Path,
) -> Result<SignedResult, StudyError> {
    let prepared = prepare_signed(open, reviewed, signature, results, &|| Ok(Vec::new()))?;
    Ok(prepared.publish()?)
}

/// Writes what was reviewed, as it was signed, for `signed/<study>/<n>/` in the folder of results,
/// where it appears, complete, by [`PreparedSignature::publish`].
///
/// No other folder is touched. The suggestion, which `changes.json` is held against, is read from
/// the results. Whoever signs at the same time gets another number, and no number of `noted` is
/// given again: those are the signatures of the study that the trail has.
///
/// # Errors
/// When the signature cannot be written down, the suggestion is not the one that was reviewed, or
/// the results cannot be written.
pub fn prepare_signed(
    open: &OpenStudy,
    reviewed: &Reviewed,
    signature: &Signature,
    results: &Path,
    noted: NotedSignatures<'_>,
) -> Result<PreparedSignature, StudyError> {
    let approval = Approval::new(
        &signature.reviewer,
        signature.organisation.as_deref(),
        signature.at.naive_local(),
        signature.comment.as_deref(),
    )
    .map_err(SignError::from)?;
    let study = folder_name(open.images().job().study);
    let suggestion = read_suggestion(open, &results.join(&study).join("report.json"))?;
    let made = made::findings(&suggestion, &reviewed.decisions);
    let changes = changes(&suggestion, &reviewed.report, &made);
    let signing = Signing {
        review: review_info(&approval, signature, reviewed, &changes),
        by_hand: ByHand::of(&made, &reviewed.decisions),
        approval,
    };
    let place = SignedFolder::open(results, &study, noted)?;
    let partial = place.partial()?;
    let document = changes_document(&suggestion, &signing.review, reviewed, &changes)?;
    let text = serde_json::to_string_pretty(&document)? + "\n";
    outputs::write_file(&partial.path().join(CHANGES), text.as_bytes())?;
    let report = open.signed(reviewed, &signing, |job, findings, grid| {
        outputs::write(partial.path(), job, findings, grid)
    })?;
    let number = place.number(partial)?;
    let result = SignedResult {
        folder: place.place(number),
        number,
        report,
        changes,
    };
    Ok(PreparedSignature { place, result })
}

/// The report of the suggestion, which must be the one that was opened.
fn read_suggestion(open: &OpenStudy, path: &Path) -> Result<Report, SignError> {
    let unreadable = |reason: String| SignError::Suggestion {
        path: path.to_path_buf(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let report: Report =
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    if report.provenance.fingerprint != open.fingerprint() {
        let path = path.to_path_buf();
        return Err(SignError::OtherSuggestion { path });
    }
    Ok(report)
}

fn review_info(
    approval: &Approval,
    signature: &Signature,
    reviewed: &Reviewed,
    changes: &[Change],
) -> ReviewInfo {
    ReviewInfo {
        reviewer: approval.reviewer().for_people(),
        organisation: approval.organisation().map(str::to_owned),
        signed_at: signature.at.to_rfc3339_opts(SecondsFormat::Secs, false),
        comment: approval.comment().map(str::to_owned),
        decisions: reviewed.decisions.len(),
        changes: changes.iter().map(|c| c.sentence.clone()).collect(),
    }
}

fn changes_document(
    suggestion: &Report,
    review: &ReviewInfo,
    reviewed: &Reviewed,
    changes: &[Change],
) -> Result<ChangesDocument, serde_json::Error> {
    let decisions = reviewed.decisions.iter().map(serde_json::to_value);
    Ok(ChangesDocument {
        schema: CHANGES_SCHEMA.to_owned(),
        study_uid: suggestion.study.study_uid.clone(),
        suggestion_fingerprint: suggestion.provenance.fingerprint.clone(),
        reviewer: review.reviewer.clone(),
        organisation: review.organisation.clone(),
        signed_at: review.signed_at.clone(),
        comment: review.comment.clone(),
        decisions: decisions.collect::<Result<_, _>>()?,
        changes: changes.to_vec(),
    })
}
