//! Reports that the tests hold against the contract: one with something in every place, and one
//! where nothing is known that need not be.

mod finding;
mod isotoxic;
mod recommendation;
mod target;

use isoboost_report::{
    AbsentReference, CtInfo, DISCLAIMER, DerivationStep, ExcludedInfo, OverrideInfo, PetInfo,
    PointInfo, ProvenanceInfo, ReferenceUptake, References, RegionTotal, Report, ReviewInfo,
    SCHEMA, Software, StageInfo, StudyInfo, SuvInfo, Total, WarningInfo,
};

use finding::{lesion, measures};
use isotoxic::isotoxic;
use recommendation::{recommendation, suggestion};
use target::{field, targets};

/// A report with something in every place.
pub(crate) fn full() -> Report {
    Report {
        lesions: vec![lesion()],
        excluded: vec![ExcludedInfo {
            id: 2,
            reason: "urinary_bladder".to_owned(),
            measures: measures(35.0),
            confidence: 0.95,
            certainty: "certain".to_owned(),
            evidence: vec!["hot, in the middle, as dense as water".to_owned()],
        }],
        points: vec![PointInfo {
            suv_max: 3.4,
            volume_ml: 0.05,
            max_mm: [4.0, 5.0, -600.0],
        }],
        references: References {
            blood_pool: Some(ReferenceUptake {
                suv_mean: 1.6,
                suv_sd: 0.2,
                suv_max: 2.1,
                n_voxels: 90,
                volume_ml: 4.5,
                center_mm: [12.0, 30.0, -200.0],
                region: "cylinder of 10 mm".to_owned(),
                organ: "imported".to_owned(),
                notes: vec!["of one side alone".to_owned()],
            }),
            absent: vec![AbsentReference {
                organ: "liver".to_owned(),
                reason: "no liver is seen in the field of view".to_owned(),
            }],
            ..References::default()
        },
        mi_tnm: "miT0 N1 M0".to_owned(),
        stage: StageInfo {
            pattern: "node".to_owned(),
            sentence: "Pelvic node: right external iliac node (SUVmax 12.5). miT0 N1 M0."
                .to_owned(),
            node_regions: vec!["right external iliac".to_owned()],
            bone_pattern: None,
        },
        total: Total {
            psma_tv_ml: 1.25,
            tl_psma: 9.375,
            lesions: 1,
            suv_max: Some(12.5),
            dmax_mm: None,
            regions: vec![RegionTotal {
                region: "pelvic_node".to_owned(),
                psma_tv_ml: 1.25,
                tl_psma: 9.375,
                lesions: 1,
                suv_max: Some(12.5),
                dmax_mm: None,
            }],
        },
        recommendation: suggestion(),
        targets: targets(),
        field: Some(field()),
        isotoxic: Some(isotoxic()),
        review: Some(review()),
        warnings: vec![WarningInfo {
            code: "no-height".to_owned(),
            text: "no height: SULs are not given".to_owned(),
        }],
        ct: Some(CtInfo {
            series_uid: "1.2.3.5".to_owned(),
            size: [512, 512, 320],
            spacing_mm: [0.98, 0.98, 3.0],
        }),
        ..bare()
    }
    .with_normalised_suv()
}

fn review() -> ReviewInfo {
    ReviewInfo {
        reviewer: "Dr. Anna Müller".to_owned(),
        organisation: Some("Clinic".to_owned()),
        signed_at: "2026-03-14T15:09:26+01:00".to_owned(),
        comment: Some("agreed in the tumour board".to_owned()),
        decisions: 2,
        changes: vec!["The margin of PTV_N_1 went from 5 mm to 7 mm.".to_owned()],
    }
}

/// A negative scan without a CT, where nothing is known that need not be.
pub(crate) fn bare() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        disclaimer: DISCLAIMER.to_owned(),
        software: Software {
            name: "isoboost".to_owned(),
            version: "0.0.0".to_owned(),
            config_sha256: "0".repeat(64),
        },
        study: StudyInfo {
            study_uid: "1.2.3".to_owned(),
            patient_id: None,
            date: None,
        },
        pet: PetInfo {
            series_uid: "1.2.3.4".to_owned(),
            manufacturer: None,
            tracer: None,
            nuclide: None,
            size: [200, 200, 320],
            spacing_mm: [4.07, 4.07, 3.0],
        },
        ct: None,
        planning_ct: None,
        frame_of_reference_uid: None,
        suv: suv(),
        references: References::default(),
        lesions: Vec::new(),
        excluded: Vec::new(),
        points: Vec::new(),
        mi_tnm: "miT0 N0 M0".to_owned(),
        stage: StageInfo {
            pattern: "negative".to_owned(),
            sentence: "No PSMA-avid lesion. miT0 N0 M0.".to_owned(),
            ..StageInfo::default()
        },
        total: Total {
            psma_tv_ml: 0.0,
            tl_psma: 0.0,
            lesions: 0,
            suv_max: None,
            dmax_mm: None,
            regions: Vec::new(),
        },
        recommendation: recommendation(),
        targets: Vec::new(),
        field: None,
        isotoxic: None,
        review: None,
        warnings: Vec::new(),
        provenance: ProvenanceInfo {
            fingerprint: "f".repeat(64),
            selection: vec!["the only PET".to_owned()],
            anatomy: Vec::new(),
            rtstruct_uid: None,
            seg_uid: None,
            sr_uid: None,
        },
    }
}

fn suv() -> SuvInfo {
    SuvInfo {
        kind: "bw".to_owned(),
        units: "g/ml{SUVbw}".to_owned(),
        factor: Some(4.2e-4),
        sul_per_bw: Some(0.75),
        suvbsa_per_bw: None,
        derivation: vec![DerivationStep {
            name: "weight".to_owned(),
            value: "80 kg".to_owned(),
            source: "--weight-kg".to_owned(),
        }],
        overrides: vec![OverrideInfo {
            option: "--weight-kg".to_owned(),
            value: "80 kg".to_owned(),
            instead_of: "(0010,1030) Patient's Weight: absent".to_owned(),
        }],
    }
}
