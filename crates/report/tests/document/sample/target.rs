//! Two volumes of a pelvic node, and the field.

use isoboost_report::{
    ApertureInfo, BeamInfo, BorderInfo, BorderPointInfo, FieldInfo, MarginInfo, TargetInfo,
};

use super::recommendation::levels;

pub(super) fn targets() -> Vec<TargetInfo> {
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

pub(super) fn field() -> FieldInfo {
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
