//! One lesion and its measures, with something in every place.

use isoboost_report::{
    AlternativeInfo, LesionInfo, MeasuresInfo, PsmaRadsInfo, RecoveryInfo, RuleInfo, SuspicionInfo,
    UncertaintyInfo,
};

pub(super) fn measures(suv_max: f64) -> MeasuresInfo {
    MeasuresInfo {
        suv_max,
        suv_peak: 0.8 * suv_max,
        suv_mean: 0.6 * suv_max,
        volume_ml: 1.25,
        tl_psma: 0.75 * suv_max,
        longest_diameter_mm: 17.5,
        suv_peak_local: 0.75 * suv_max,
        suv_median: 0.5 * suv_max,
        suv_sd: 0.125 * suv_max,
        suv_min: 0.4375 * suv_max,
        suv_p10: 0.45 * suv_max,
        suv_p90: 0.9 * suv_max,
        suv_interquartile_range: 0.25 * suv_max,
        coefficient_of_variation: 0.21,
        skewness: 0.8,
        kurtosis: -0.4,
        volume_isosurface_ml: 1.28,
        surface_area_mm2: 600.5,
        surface_to_volume_per_mm: Some(0.469),
        sphericity: Some(0.95),
        axial_diameter_mm: 16.25,
        short_axis_mm: 11.5,
        background_suv: Some(1.25),
        background_sd_suv: Some(0.25),
        contrast: Some(0.8 * suv_max),
        contrast_mean: Some(0.48 * suv_max),
        sul: None,
        suvbsa: None,
        centroid_mm: [-31.5, 12.0, -640.25],
        max_mm: [-30.0, 12.5, -641.0],
        threshold_suv: 0.41 * suv_max,
        delineation: "41 % of SUVmax".to_owned(),
    }
}

pub(super) fn lesion() -> LesionInfo {
    LesionInfo {
        id: 1,
        region: "pelvic_node".to_owned(),
        site: "right external iliac, \"obturator\" border".to_owned(),
        station: Some("external_iliac_right".to_owned()),
        bed_site: None,
        alternatives: vec![AlternativeInfo {
            region: "pelvic_node".to_owned(),
            station: Some("obturator".to_owned()),
            weight: 0.25,
        }],
        suspicions: vec![SuspicionInfo {
            reason: "ureter".to_owned(),
            plausibility: 0.4,
            evidence: vec!["8 mm from the reckoned course of the ureter".to_owned()],
        }],
        ct_correlate: Some("soft tissue 8 mm thick on the CT".to_owned()),
        psma_rads: Some(PsmaRadsInfo {
            category: "3A".to_owned(),
            evidence: "may be physiological (ureter)".to_owned(),
        }),
        mi_tnm: "miN".to_owned(),
        psma_score: Some(2),
        measures: measures(12.5),
        confidence: 0.9,
        agreement: Some(0.8),
        uncertainty: Some(UncertaintyInfo {
            volume_ml: Some([1.0, 1.5]),
            suv_mean: Some([6.0, 8.0]),
            firmness: Some(2.0 / 3.0),
            rules: vec![RuleInfo {
                rule: "SUV 3".to_owned(),
                threshold_suv: 3.0,
                volume_ml: 1.5,
                suv_mean: 6.0,
            }],
            without: vec!["SUV 4: above its maximum".to_owned()],
        }),
        estimated_recovery: Some(RecoveryInfo {
            suv: Some(15.5),
            psf_fwhm_mm: Some(6.0),
            coefficient: Some(0.75),
            diameter_mm: Some(13.5),
            absent: None,
        }),
        evidence: vec!["8 mm from the iliac vessels".to_owned()],
        notes: vec!["leaks into a neighbour".to_owned()],
    }
}
