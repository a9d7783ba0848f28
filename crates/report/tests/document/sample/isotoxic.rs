//! A check with two doses that holds the boost of a node at its limit.

use isoboost_report::{
    BoostInfo, ConstraintInfo, ConstraintSetInfo, ConstraintValue, DistanceInfo, IsotoxicInfo,
    LevelInfo, LimitedByInfo, OrganDoseInfo, OverlapInfo, PlanDoseInfo, PlanInfo, RiskOrganInfo,
};

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

pub(super) fn isotoxic() -> IsotoxicInfo {
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
