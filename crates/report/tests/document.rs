//! The report as other systems meet it: its keys, its schema, its table.

#![allow(clippy::unwrap_used, reason = "a helper may fail the test")]

use std::path::Path;

use isoboost_report::{
    AbsentReference, AlternativeInfo, ApertureInfo, BeamInfo, BoostInfo, BorderInfo,
    BorderPointInfo, ConstraintInfo, ConstraintSetInfo, ConstraintValue, CountsInfo, CtInfo,
    DISCLAIMER, DerivationStep, DistanceInfo, DoseLevelInfo, ExcludedInfo, FactsInfo, FieldInfo,
    FiredRuleInfo, IsotoxicInfo, LesionInfo, LevelInfo, LimitedByInfo, MarginInfo, MeasuresInfo,
    OrganDoseInfo, OverlapInfo, OverrideInfo, PetInfo, PlanDoseInfo, PlanInfo, PointInfo,
    PolicyInfo, ProvenanceInfo, PsmaRadsInfo, RecommendationInfo, RecoveryInfo, ReferenceUptake,
    References, RegionTotal, Report, RiskOrganInfo, RuleInfo, SCHEMA, Software, StageInfo,
    StudyInfo, SuspicionInfo, SuvInfo, TargetInfo, Total, TouchingInfo, UncertaintyInfo,
    WarningInfo, WholeVolumeInfo, lesions_csv,
};
use serde_json::Value;

fn measures(suv_max: f64) -> MeasuresInfo {
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

fn targets() -> Vec<TargetInfo> {
    let gtv = TargetInfo {
        roi_number: 1,
        name: "GTV_N_1".to_owned(),
        kind: "GTV".to_owned(),
        lesion_ids: vec![1],
        volume_ml: 1.3,
        margin_mm: None,
        dose_gy: None,
        fractions: None,
        dose_levels: Vec::new(),
        notes: vec!["PET isosurface at 41 % of SUVmax".to_owned()],
    };
    let ptv = TargetInfo {
        roi_number: 2,
        name: "PTV_N_1".to_owned(),
        kind: "PTV".to_owned(),
        volume_ml: 6.5,
        margin_mm: Some(MarginInfo {
            left: 7.0,
            right: 7.0,
            anterior: 7.0,
            posterior: 5.0,
            superior: 7.0,
            inferior: 7.0,
        }),
        dose_gy: Some(66.0),
        fractions: Some(30),
        dose_levels: levels(66.0, 30),
        notes: Vec::new(),
        ..gtv.clone()
    };
    vec![gtv, ptv]
}

/// A dose level whose equivalents are told by the closed form.
fn levels(total_gy: f64, fractions: u32) -> Vec<DoseLevelInfo> {
    let per_fraction = total_gy / f64::from(fractions);
    let eqd2 = |alpha_beta: f64| total_gy * (per_fraction + alpha_beta) / (2.0 + alpha_beta);
    vec![DoseLevelInfo {
        label: "median of a survey".to_owned(),
        total_gy,
        fractions,
        dose_per_fraction_gy: per_fraction,
        eqd2_alpha_beta_1_5_gy: eqd2(1.5),
        eqd2_alpha_beta_3_gy: eqd2(3.0),
        eqd2_nominal: false,
        source: "Survey 2019: 10.1186/s13014-019-1383-0".to_owned(),
    }]
}

/// No lesion of any class.
fn counts() -> CountsInfo {
    CountsInfo {
        lesions: 0,
        bed: 0,
        pelvic_node: 0,
        common_iliac: 0,
        para_aortic: 0,
        distant_node: 0,
        bone: 0,
        visceral: 0,
        undetermined: 0,
        nodal_and_distant: 0,
        extrapelvic: 0,
    }
}

/// What is known of a patient without a clinical file.
fn facts() -> FactsInfo {
    FactsInfo {
        psa_ng_ml: None,
        psa_date: None,
        prior_pelvic_rt: "unknown".to_owned(),
        hormone_therapy: "unknown".to_owned(),
        egfr_ml_min: None,
        tracer: None,
        liver_excreted_tracer: None,
        pattern: "negative".to_owned(),
        counts: counts(),
        counted: 0,
        limit: 5,
        uncertain: 0,
        largest_distant_mm: None,
        touching: Vec::new(),
    }
}

/// Radiotherapy as planned.
fn recommendation() -> RecommendationInfo {
    RecommendationInfo {
        intensification: Vec::new(),
        rationale: vec!["no PSMA-avid lesion found".to_owned()],
        cautions: Vec::new(),
        caution_ids: Vec::new(),
        out_of_scope: false,
        rules: Vec::new(),
        pelvis_top: None,
        volumes: Vec::new(),
        facts: facts(),
        policy: PolicyInfo {
            name: "psma-guided-salvage".to_owned(),
            version: "1.0".to_owned(),
            sha256: "a".repeat(64),
        },
    }
}

/// A suggestion for one pelvic node.
fn suggestion() -> RecommendationInfo {
    RecommendationInfo {
        intensification: vec!["pelvic_rt".to_owned(), "node_boost".to_owned()],
        rationale: vec!["1 avid pelvic node".to_owned()],
        cautions: vec!["doses are starting points".to_owned()],
        caution_ids: vec!["doses".to_owned()],
        rules: vec![FiredRuleInfo {
            id: "pelvic-nodes".to_owned(),
            intensification: vec!["pelvic_rt".to_owned(), "node_boost".to_owned()],
            because: vec!["pelvic-node 1 (at least 1)".to_owned()],
            sources: vec!["NCT03525288: registry record".to_owned()],
        }],
        pelvis_top: Some("l5_s1".to_owned()),
        volumes: vec![WholeVolumeInfo {
            name: "pelvis".to_owned(),
            dose_levels: levels(50.0, 25),
        }],
        facts: FactsInfo {
            psa_ng_ml: Some(0.4),
            psa_date: Some("2026-02-14".to_owned()),
            prior_pelvic_rt: "no".to_owned(),
            egfr_ml_min: Some(78.0),
            tracer: Some("PSMA-1007".to_owned()),
            liver_excreted_tracer: Some(true),
            pattern: "node".to_owned(),
            counts: CountsInfo {
                lesions: 1,
                pelvic_node: 1,
                nodal_and_distant: 1,
                ..counts()
            },
            counted: 1,
            touching: vec![TouchingInfo {
                lesion_id: 1,
                organ: "bowel".to_owned(),
            }],
            ..facts()
        },
        ..recommendation()
    }
}

fn lesion() -> LesionInfo {
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

fn constraint(value: f64, evidence: &str) -> ConstraintValue {
    ConstraintValue {
        value,
        kept: value <= 52.0,
        evidence: evidence.to_owned(),
    }
}

fn organ_dose() -> OrganDoseInfo {
    OrganDoseInfo {
        mean_gy: 31.5,
        max_gy: 49.5,
        d95_gy: 12.25,
        d2cc_gy: 48.5,
        outside_percent: 0.0,
        evidence: "measured".to_owned(),
    }
}

fn boost() -> BoostInfo {
    let level = |dose_gy, keeps_limits| LevelInfo {
        dose_gy,
        fractions: 33,
        eqd2_tumour_gy: dose_gy,
        eqd2_late_gy: dose_gy,
        eqd2_acute_gy: dose_gy,
        keeps_limits,
        evidence: "estimated".to_owned(),
    };
    BoostInfo {
        roi_number: 2,
        target: "PTV_N_1".to_owned(),
        lesion_ids: vec![1],
        class: "pelvic_node".to_owned(),
        integrated: true,
        base_mean_gy: Some(50.5),
        half_dose_mm: 11.5,
        levels: vec![level(68.0, false), level(66.0, true)],
        chosen: Some(level(66.0, true)),
        limited_by: Some(LimitedByInfo {
            organ: "bowel".to_owned(),
            metric: "Dmax".to_owned(),
            at_most: 52.0,
            value: 52.75,
            unit: "Gy".to_owned(),
            source: "NRG 2021".to_owned(),
            evidence: "estimated".to_owned(),
        }),
        distances: vec![DistanceInfo {
            organ: "bowel".to_owned(),
            distance_mm: 8.5,
            overlaps: vec![OverlapInfo {
                margin_mm: 10.0,
                volume_ml: 0.75,
            }],
            evidence: "measured".to_owned(),
        }],
        sentence: "66.0 Gy in 33 fractions is estimated to keep every limit".to_owned(),
    }
}

fn isotoxic() -> IsotoxicInfo {
    IsotoxicInfo {
        basis: "two_doses".to_owned(),
        constraint_set: ConstraintSetInfo {
            name: "conventional".to_owned(),
            description: "1.8 to 2 Gy".to_owned(),
            fractions: 36,
            converted: false,
            alpha_beta_gy: 3.0,
        },
        doses: vec![PlanDoseInfo {
            role: "base".to_owned(),
            sop_instance_uid: "1.2.3.9".to_owned(),
            dose_type: "PHYSICAL".to_owned(),
            summation: "PLAN".to_owned(),
            max_gy: 69.5,
            fractions: Some(33),
            fractions_source: Some("the plan".to_owned()),
            plan: Some(PlanInfo {
                sop_instance_uid: "1.2.3.8".to_owned(),
                label: Some("bed 66".to_owned()),
                prescription_gy: Some(66.0),
                approval_status: Some("APPROVED".to_owned()),
            }),
        }],
        organs: vec![RiskOrganInfo {
            organ: "bowel".to_owned(),
            source: "imported".to_owned(),
            origin: "contours of `Bag_Bowel`".to_owned(),
            confidence: 1.0,
            volume_ml: 1250.0,
            decides: true,
            base: Some(organ_dose()),
            intensified: Some(organ_dose()),
            notes: vec!["0.5 % of it lie outside of the dose grid".to_owned()],
        }],
        constraints: vec![ConstraintInfo {
            organ: "bowel".to_owned(),
            metric: "Dmax".to_owned(),
            at_most: 52.0,
            unit: "Gy".to_owned(),
            hard: true,
            source: "NRG 2021".to_owned(),
            base: Some(constraint(49.5, "measured")),
            intensified: Some(constraint(52.5, "measured")),
            with_boosts: Some(constraint(51.5, "estimated")),
            absent: None,
        }],
        boosts: vec![boost()],
        cautions: vec!["recognised on the images: bladder".to_owned()],
    }
}

fn field() -> FieldInfo {
    FieldInfo {
        patient_position: "HFS".to_owned(),
        isocentre_mm: [1.2, -34.5, -567.8],
        source_axis_mm: 1000.0,
        beams: vec![BeamInfo {
            name: "AP".to_owned(),
            gantry_deg: 0.0,
            aperture_mm: ApertureInfo {
                x1: -81.2,
                x2: 83.4,
                y1: -95.1,
                y2: 96.2,
            },
        }],
        borders: vec![BorderInfo {
            side: "left".to_owned(),
            position_mm: 84.5,
            points: vec![BorderPointInfo {
                landmark: "wall of the pelvic inlet".to_owned(),
                landmark_mm: [64.5, -30.0, -560.0],
                margin_mm: 20.0,
                border_mm: [84.5, -30.0, -560.0],
                evidence: "inner wall of the pelvic inlet, 63 mm from the midline".to_owned(),
                confidence: 0.7,
            }],
        }],
        cautions: vec!["PTV_N_1 is not covered by the pelvic field".to_owned()],
    }
}

/// A report with something in every place.
fn full() -> Report {
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

/// A negative scan without a CT, where nothing is known that need not be.
fn bare() -> Report {
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

fn json(report: &Report) -> Value {
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

#[test]
fn every_key_of_the_contract_is_there_and_what_is_not_known_is_null() {
    let top = [
        "schema",
        "software",
        "study",
        "pet",
        "ct",
        "frame_of_reference_uid",
        "suv",
        "references",
        "lesions",
        "excluded",
        "mi_tnm",
        "total",
        "recommendation",
        "targets",
        "isotoxic",
        "warnings",
        "provenance",
    ];
    let bare = json(&bare());
    for key in top {
        assert!(bare.get(key).is_some(), "{key}");
    }
    for path in [
        "/ct",
        "/study/patient_id",
        "/pet/tracer",
        "/isotoxic",
        "/references/liver",
        "/suv/suvbsa_per_bw",
    ] {
        assert_eq!(bare.pointer(path), Some(&Value::Null), "{path}");
    }
    assert_eq!(
        bare["recommendation"]["intensification"],
        Value::Array(vec![])
    );
    // The measures are keys of the lesion itself.
    assert_eq!(json(&full())["lesions"][0]["suv_max"], 12.5);
    // The patient's SUL is 0.75 times the SUVbw; no SUVbsa is known.
    let full = json(&full());
    assert_eq!(full["lesions"][0]["sul"]["suv_max"], 9.375);
    assert_eq!(full["excluded"][0]["sul"]["suv_mean"], 15.75);
    assert_eq!(full["lesions"][0]["suvbsa"], Value::Null);
}

#[test]
fn the_document_is_read_back_as_it_was() {
    for report in [full(), bare()] {
        let text = report.to_json().unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}

/// Set `ISOBOOST_UPDATE_SCHEMA` to write the file anew after a change that is meant.
#[test]
fn the_checked_in_schema_is_that_of_the_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    let schema = serde_json::to_string_pretty(&Report::json_schema()).unwrap() + "\n";
    if std::env::var_os("ISOBOOST_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == schema,
        "{} is stale: set ISOBOOST_UPDATE_SCHEMA=1 and run this test again",
        path.display()
    );
}

#[test]
fn the_schema_takes_what_is_written_and_nothing_else() {
    let schema = serde_json::to_value(Report::json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [full(), bare()] {
        let errors: Vec<String> = validator
            .iter_errors(&json(&report))
            .map(|e| format!("{}: {e}", e.instance_path))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let wrong: [(&str, Value); 11] = [
        ("/schema", "isoboost.report/2".into()),
        ("/lesions/0/suv_max", "12.5".into()),
        ("/lesions/0/region", "neck".into()),
        ("/lesions/0/confidence", 90.into()),
        ("/excluded/0/centroid_mm", serde_json::json!([1.0, 2.0])),
        ("/recommendation/intensification/0", "chemotherapy".into()),
        ("/recommendation/pelvis_top", "diaphragm".into()),
        ("/recommendation/facts/prior_pelvic_rt", "perhaps".into()),
        ("/targets/0/kind", "ITV".into()),
        ("/isotoxic/basis", "guess".into()),
        ("/isotoxic/constraints/0/base/evidence", "felt".into()),
    ];
    for (place, value) in wrong {
        let mut document = json(&full());
        *document.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&document), "{place}");
    }
    for key in ["lesions", "ct", "isotoxic", "warnings"] {
        let mut document = json(&full());
        document.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&document), "without {key}");
    }
}

#[test]
fn the_document_looks_like_this() {
    insta::assert_snapshot!("report", full().to_json().unwrap());
}

#[test]
fn the_table_has_a_row_for_each_focus_and_tells_them_apart() {
    let table = lesions_csv(&full()).unwrap();
    insta::assert_snapshot!("lesions", String::from_utf8(table.clone()).unwrap());
    let mut reader = csv::Reader::from_reader(&table[..]);
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells =
        |name: &str| -> Vec<String> { rows.iter().map(|r| r[column(name)].to_owned()).collect() };
    assert_eq!(cells("kind"), ["lesion", "excluded"]);
    assert_eq!(
        cells("region_or_reason"),
        ["pelvic_node", "urinary_bladder"]
    );
    // Commas and quotes stay inside their cell.
    assert_eq!(
        cells("site")[0],
        "right external iliac, \"obturator\" border"
    );
    assert_eq!(cells("suv_max"), ["12.5000", "35.0000"]);
    let empty = String::from_utf8(lesions_csv(&bare()).unwrap()).unwrap();
    assert_eq!(empty.lines().count(), 1, "the header alone");
}
