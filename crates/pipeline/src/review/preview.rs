//! What a decision would change.

use isoboost_report::{ExcludedInfo, LesionInfo};
use isoboost_staging::{Excluded, Lesion, Staging};
use isoboost_volume::Mask;

use super::{Decision, DecisionError};
use crate::open_study::OpenStudy;

/// What one more decision would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Findings that would be new or other than they are, in the order of their numbers.
    pub findings: Vec<PreviewedFinding>,
    /// Findings that would be no more: merged or split.
    pub gone: Vec<u32>,
    /// The patient's miTNM.
    pub mi_tnm: String,
}

/// A finding as it would be.
#[derive(Debug, Clone)]
pub struct PreviewedFinding {
    /// Its number.
    pub id: u32,
    /// Its measures and class.
    pub info: PreviewedInfo,
    /// What lies inside its outline, on a lattice as fine as it needs, in the frame of the PET.
    pub outline: Mask,
}

/// A finding as the report would have it.
#[derive(Debug, Clone)]
pub enum PreviewedInfo {
    /// A lesion.
    Lesion(Box<LesionInfo>),
    /// An excluded finding.
    Excluded(Box<ExcludedInfo>),
}

impl OpenStudy {
    /// The findings that one more decision would change. Nothing is kept.
    ///
    /// # Errors
    /// When a decision cannot be made.
    pub fn preview(
        &self,
        decisions: &[Decision],
        next: &Decision,
    ) -> Result<Preview, DecisionError> {
        let (before, _) = self.replayed(decisions)?;
        let mut all = decisions.to_vec();
        all.push(next.clone());
        let (after, _) = self.replayed(&all)?;
        let mut findings: Vec<PreviewedFinding> = Vec::new();
        let changed = after.lesions.iter().filter(|lesion| {
            let known = before.lesions.iter().find(|l| l.id == lesion.id);
            known.is_none_or(|known| differs(known, lesion))
        });
        findings.extend(changed.map(of_lesion));
        let changed = after
            .excluded
            .iter()
            .filter(|e| !before.excluded.iter().any(|known| known == *e));
        findings.extend(changed.map(of_excluded));
        findings.sort_by_key(|finding| finding.id);
        let (numbers_before, numbers_after) = (numbers(&before), numbers(&after));
        let gone = numbers_before.into_iter();
        Ok(Preview {
            findings,
            gone: gone.filter(|id| !numbers_after.contains(id)).collect(),
            mi_tnm: after.mi_tnm.label,
        })
    }
}

/// Whether outline or class differ; evidence alone does not count.
fn differs(a: &Lesion, b: &Lesion) -> bool {
    a.focus != b.focus
        || (a.region, &a.station, &a.mi_tnm, &a.site) != (b.region, &b.station, &b.mi_tnm, &b.site)
}

fn of_lesion(lesion: &Lesion) -> PreviewedFinding {
    PreviewedFinding {
        id: lesion.id,
        info: PreviewedInfo::Lesion(Box::new(lesion.into())),
        outline: lesion.focus.fine_depth().map(|depth| *depth <= 0.0),
    }
}

fn of_excluded(excluded: &Excluded) -> PreviewedFinding {
    PreviewedFinding {
        id: excluded.id,
        info: PreviewedInfo::Excluded(Box::new(excluded.into())),
        outline: excluded.focus.fine_depth().map(|depth| *depth <= 0.0),
    }
}

fn numbers(staging: &Staging) -> Vec<u32> {
    let lesions = staging.lesions.iter().map(|l| l.id);
    lesions
        .chain(staging.excluded.iter().map(|e| e.id))
        .collect()
}
