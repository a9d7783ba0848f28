//! From the stages' results to the parts of the document.

use isoboost_lesion::{Focus, PointFocus};
use isoboost_planning::{Recommendation, Target, TargetKind};
use isoboost_staging::{Excluded, Lesion, Staging};
use isoboost_suv::SuvDerivation;
use isoboost_volume::Margins;
use nalgebra::Point3;

use crate::document::{
    DerivationStep, ExcludedInfo, LesionInfo, MarginInfo, MeasuresInfo, OverrideInfo, PointInfo,
    RecommendationInfo, SuvInfo, TargetInfo, Total,
};

impl From<&SuvDerivation> for SuvInfo {
    fn from(suv: &SuvDerivation) -> Self {
        let steps = suv.steps.iter().map(|step| DerivationStep {
            name: step.name.to_owned(),
            value: step.value.clone(),
            source: step.source.clone(),
        });
        let overrides = suv.overrides.iter().map(|o| OverrideInfo {
            option: o.option.to_owned(),
            value: o.value.clone(),
            instead_of: o.instead_of.clone(),
        });
        Self {
            kind: suv.kind.name().to_owned(),
            units: suv.kind.unit().to_owned(),
            factor: suv.factor(),
            sul_per_bw: suv.norms.sul_per_bw,
            suvbsa_per_bw: suv.norms.suvbsa_per_bw,
            derivation: steps.collect(),
            overrides: overrides.collect(),
        }
    }
}

impl From<&Focus> for MeasuresInfo {
    fn from(focus: &Focus) -> Self {
        let measures = &focus.measures;
        Self {
            suv_max: measures.suv_max,
            suv_peak: measures.suv_peak,
            suv_mean: measures.suv_mean,
            volume_ml: measures.volume_ml,
            tl_psma: measures.tl_psma,
            longest_diameter_mm: measures.longest_diameter_mm,
            centroid_mm: lps(measures.centroid),
            max_mm: lps(measures.max_at),
            threshold_suv: focus.threshold_suv,
            delineation: focus.rule.clone(),
        }
    }
}

impl From<&Lesion> for LesionInfo {
    fn from(lesion: &Lesion) -> Self {
        Self {
            id: lesion.id,
            region: lesion.region.name().to_owned(),
            site: lesion.site.clone(),
            station: lesion.station.clone(),
            mi_tnm: lesion.mi_tnm.clone(),
            psma_score: None,
            measures: MeasuresInfo::from(&lesion.focus),
            confidence: lesion.confidence,
            evidence: lesion.evidence.clone(),
            notes: lesion.focus.notes.clone(),
        }
    }
}

impl From<&Excluded> for ExcludedInfo {
    fn from(excluded: &Excluded) -> Self {
        Self {
            id: excluded.id,
            reason: excluded.reason.name().to_owned(),
            measures: MeasuresInfo::from(&excluded.focus),
            confidence: excluded.confidence,
            evidence: excluded.evidence.clone(),
        }
    }
}

impl From<&PointFocus> for PointInfo {
    fn from(point: &PointFocus) -> Self {
        Self {
            suv_max: point.suv_max,
            volume_ml: point.volume_ml,
            max_mm: lps(point.max_at),
        }
    }
}

impl From<&Staging> for Total {
    fn from(staging: &Staging) -> Self {
        let totals = staging.totals();
        Self {
            psma_tv_ml: totals.psma_tv_ml,
            tl_psma: totals.tl_psma,
            lesions: totals.lesions,
        }
    }
}

impl From<&Recommendation> for RecommendationInfo {
    fn from(recommendation: &Recommendation) -> Self {
        let names = recommendation
            .intensification
            .iter()
            .map(|kind| kind.name().to_owned());
        Self {
            intensification: names.collect(),
            rationale: recommendation.rationale.clone(),
            cautions: recommendation.cautions.clone(),
        }
    }
}

impl From<&Target> for TargetInfo {
    fn from(target: &Target) -> Self {
        let kind = match target.kind {
            TargetKind::Gtv => "GTV",
            TargetKind::Ctv => "CTV",
            TargetKind::Ptv => "PTV",
        };
        Self {
            roi_number: target.roi_number,
            name: target.name.clone(),
            kind: kind.to_owned(),
            lesion_ids: target.lesion_ids.clone(),
            volume_ml: target.volume_ml(),
            margin_mm: target.margins.as_ref().map(MarginInfo::from),
            dose_gy: target.dose_gy,
            fractions: target.fractions,
            notes: target.notes.clone(),
        }
    }
}

impl From<&Margins> for MarginInfo {
    fn from(margins: &Margins) -> Self {
        let [left, right, anterior, posterior, superior, inferior] = margins.all();
        Self {
            left,
            right,
            anterior,
            posterior,
            superior,
            inferior,
        }
    }
}

/// A position as the document has it: left, posterior, superior.
pub(crate) fn lps(point: Point3<f64>) -> [f64; 3] {
    [point.x, point.y, point.z]
}
