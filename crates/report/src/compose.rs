//! From the stages' results to the parts of the document.

use isoboost_lesion::{
    Focus, NoRecovery, OutlineRange, PatientTotals, PointFocus, RecoveryEstimate,
};
use isoboost_planning::{Policy, Target, TargetKind};
use isoboost_staging::{Alternative, Correlate, Excluded, Lesion, Staging, Suspicion};
use isoboost_suv::SuvDerivation;
use isoboost_volume::Margins;
use nalgebra::Point3;

use crate::document::{
    AbsentReference, AlternativeInfo, DerivationStep, ExcludedInfo, LesionInfo, MarginInfo,
    MeasuresInfo, NormalisedSuv, OverrideInfo, PointInfo, PsmaRadsInfo, RecoveryInfo,
    ReferenceUptake, References, RegionTotal, Report, RuleInfo, StageInfo, SuspicionInfo, SuvInfo,
    TargetInfo, Total, UncertaintyInfo,
};
use crate::recommendation::DoseLevelInfo;

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
        let contrast = measures.contrast;
        Self {
            suv_max: measures.suv_max,
            suv_peak: measures.suv_peak,
            suv_mean: measures.suv_mean,
            volume_ml: measures.volume_ml,
            tl_psma: measures.tl_psma,
            longest_diameter_mm: measures.longest_diameter_mm,
            suv_peak_local: measures.suv_peak_local,
            suv_median: measures.suv_median,
            suv_sd: measures.suv_sd,
            suv_min: measures.suv_min,
            suv_p10: measures.suv_p10,
            suv_p90: measures.suv_p90,
            suv_interquartile_range: measures.interquartile_range,
            coefficient_of_variation: measures.coefficient_of_variation,
            skewness: measures.skewness,
            kurtosis: measures.kurtosis,
            volume_isosurface_ml: measures.volume_isosurface_ml,
            surface_area_mm2: measures.surface_area_mm2,
            surface_to_volume_per_mm: measures.surface_to_volume_per_mm,
            sphericity: measures.sphericity,
            axial_diameter_mm: measures.axial_diameter_mm,
            short_axis_mm: measures.short_axis_mm,
            background_suv: contrast.map(|c| c.background_suv),
            background_sd_suv: contrast.map(|c| c.background_sd),
            contrast: contrast.and_then(|c| c.of_max),
            contrast_mean: contrast.and_then(|c| c.of_mean),
            // The patient's factors are the report's, see `Report::with_normalised_suv`.
            sul: None,
            suvbsa: None,
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
            bed_site: lesion.bed_site.map(|site| site.name().to_owned()),
            alternatives: lesion.alternatives.iter().map(Into::into).collect(),
            suspicions: lesion.suspicions.iter().map(Into::into).collect(),
            ct_correlate: match &lesion.correlate {
                Correlate::Seen(what) => Some(what.clone()),
                Correlate::NotKnown | Correlate::Unseen => None,
            },
            psma_rads: lesion.psma_rads.as_ref().map(|rads| PsmaRadsInfo {
                category: rads.category.to_owned(),
                evidence: rads.evidence.clone(),
            }),
            mi_tnm: lesion.mi_tnm.clone(),
            psma_score: lesion.psma_score,
            measures: MeasuresInfo::from(&lesion.focus),
            confidence: lesion.confidence,
            agreement: lesion.focus.agreement,
            uncertainty: lesion.range.as_ref().map(UncertaintyInfo::from),
            estimated_recovery: lesion.recovery.as_ref().map(RecoveryInfo::from),
            evidence: lesion.evidence.clone(),
            notes: lesion.focus.notes.clone(),
        }
    }
}

impl From<&Alternative> for AlternativeInfo {
    fn from(alternative: &Alternative) -> Self {
        Self {
            region: alternative.region.name().to_owned(),
            station: alternative.station.map(|station| station.name().to_owned()),
            weight: alternative.weight,
        }
    }
}

impl From<&Suspicion> for SuspicionInfo {
    fn from(suspicion: &Suspicion) -> Self {
        Self {
            reason: suspicion.reason.name().to_owned(),
            plausibility: suspicion.plausibility,
            evidence: suspicion.evidence.clone(),
        }
    }
}

impl StageInfo {
    /// What the stage rests on; up to `most` nodal and distant lesions are few.
    pub fn of(staging: &Staging, most: usize) -> Self {
        Self {
            pattern: staging.pattern(most).name().to_owned(),
            sentence: staging.sentence(),
            node_regions: staging.mi_tnm.node_regions.clone(),
            bone_pattern: staging.mi_tnm.bone_pattern.map(|p| p.name().to_owned()),
        }
    }
}

impl From<&OutlineRange> for UncertaintyInfo {
    fn from(range: &OutlineRange) -> Self {
        let rules = range.outcomes.iter().map(|outcome| RuleInfo {
            rule: outcome.rule.clone(),
            threshold_suv: outcome.threshold_suv,
            volume_ml: outcome.volume_ml,
            suv_mean: outcome.suv_mean,
        });
        Self {
            volume_ml: range.volume_ml().map(<[f64; 2]>::from),
            suv_mean: range.suv_mean().map(<[f64; 2]>::from),
            firmness: range.firmness(),
            rules: rules.collect(),
            without: range.without.clone(),
        }
    }
}

impl From<&Result<RecoveryEstimate, NoRecovery>> for RecoveryInfo {
    fn from(recovery: &Result<RecoveryEstimate, NoRecovery>) -> Self {
        let estimate = recovery.as_ref().ok();
        Self {
            suv: estimate.map(|e| e.suv),
            psf_fwhm_mm: estimate.map(|e| e.psf_fwhm_mm),
            coefficient: estimate.map(|e| e.coefficient),
            diameter_mm: estimate.map(|e| e.diameter_mm),
            absent: recovery.as_ref().err().map(ToString::to_string),
        }
    }
}

impl From<&isoboost_anatomy::References> for References {
    fn from(references: &isoboost_anatomy::References) -> Self {
        let uptake = |found: &Result<isoboost_anatomy::ReferenceUptake, _>| {
            found.as_ref().ok().map(|uptake| ReferenceUptake {
                suv_mean: uptake.mean,
                suv_sd: uptake.sd,
                suv_max: uptake.max,
                n_voxels: uptake.n_voxels,
                volume_ml: uptake.volume_ml,
                center_mm: lps(uptake.center),
                region: uptake.region.clone(),
                organ: uptake.organ.clone(),
                notes: uptake.notes.clone(),
            })
        };
        let absent = references.named().into_iter().filter_map(|(organ, found)| {
            let reason = found.as_ref().err()?.to_string();
            Some(AbsentReference {
                organ: organ.to_owned(),
                reason,
            })
        });
        Self {
            blood_pool: uptake(&references.blood_pool),
            liver: uptake(&references.liver),
            spleen: uptake(&references.spleen),
            parotid: uptake(&references.parotid),
            absent: absent.collect(),
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
            certainty: excluded.certainty.name().to_owned(),
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
        let lesions = staging.lesions.iter();
        let keyed = lesions.map(|lesion| (lesion.region.name(), &lesion.focus.measures));
        let PatientTotals { total, regions } = PatientTotals::of(keyed);
        let regions = regions.into_iter().map(|(region, sums)| RegionTotal {
            region: region.to_owned(),
            psma_tv_ml: sums.psma_tv_ml,
            tl_psma: sums.tl_psma,
            lesions: sums.lesions,
            suv_max: sums.suv_max,
            dmax_mm: sums.dmax_mm,
        });
        Self {
            // The sum of no lesions is −0, which no reader should see.
            psma_tv_ml: total.psma_tv_ml + 0.0,
            tl_psma: total.tl_psma + 0.0,
            lesions: total.lesions,
            suv_max: total.suv_max,
            dmax_mm: total.dmax_mm,
            regions: regions.collect(),
        }
    }
}

impl Report {
    /// With SUL and SUVbsa of every focus, as far as the patient's factors are known.
    #[must_use]
    pub fn with_normalised_suv(mut self) -> Self {
        let (sul, suvbsa) = (self.suv.sul_per_bw, self.suv.suvbsa_per_bw);
        let lesions = self.lesions.iter_mut().map(|lesion| &mut lesion.measures);
        let excluded = self.excluded.iter_mut().map(|focus| &mut focus.measures);
        for measures in lesions.chain(excluded) {
            measures.sul = sul.map(|factor| NormalisedSuv::of(measures, factor));
            measures.suvbsa = suvbsa.map(|factor| NormalisedSuv::of(measures, factor));
        }
        self
    }
}

impl NormalisedSuv {
    fn of(measures: &MeasuresInfo, factor: f64) -> Self {
        Self {
            suv_max: measures.suv_max * factor,
            suv_peak: measures.suv_peak * factor,
            suv_mean: measures.suv_mean * factor,
            suv_median: measures.suv_median * factor,
            suv_sd: measures.suv_sd * factor,
        }
    }
}

impl TargetInfo {
    /// A target with its dose levels, whose sources are those of the policy.
    pub fn of(target: &Target, policy: &Policy) -> Self {
        let kind = match target.kind {
            TargetKind::Gtv => "GTV",
            TargetKind::Ctv => "CTV",
            TargetKind::Ptv => "PTV",
            TargetKind::Field => "FIELD",
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
            dose_levels: DoseLevelInfo::all(&target.dose_levels, policy),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_scan_has_a_volume_of_zero_and_not_of_minus_zero() {
        let total = Total::from(&Staging::default());
        assert_eq!([total.psma_tv_ml, total.tl_psma].map(f64::to_bits), [0; 2]);
    }
}
