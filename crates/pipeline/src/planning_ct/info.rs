//! The planning CT as the report has it.

use isoboost_anatomy::OrganKind;
use isoboost_planning::names_whole_bed;
use isoboost_report::{AlignmentInfo, PlanningCtInfo};
use isoboost_volume::RegistrationQuality;

use super::PlanningImages;
use super::place::How;

/// What the report says of a planning CT; `cautions` are those of the transfer.
pub(crate) fn info(planning: &PlanningImages<'_>, cautions: &[String]) -> PlanningCtInfo {
    let placement = &planning.placed.placement;
    let matrix = placement.planning_from_pet.to_homogeneous();
    let [nk, nj, ni] = planning.ct.grid().shape();
    let [dk, dj, di] = planning.ct.grid().spacing();
    let registration = planning.found.registration.as_ref();
    let used = registration.filter(|_| placement.how == How::RegistrationObject);
    let organs = planning.placed.organs.iter();
    let organs = organs.map(|organ| organ.name.clone());
    let is_used = |name: &String| OrganKind::from_name(name).is_some() || names_whole_bed(name);
    let organs = organs.filter(is_used);
    PlanningCtInfo {
        series_uid: planning.found.series().uid.clone(),
        study_uid: planning.found.study().study_uid.clone(),
        frame_of_reference_uid: planning.found.frame_of_reference.clone(),
        size: [ni, nj, nk],
        spacing_mm: [di, dj, dk],
        how: match placement.how {
            How::SameFrame => "same_frame_of_reference",
            How::RegistrationObject => "registration_object",
            How::Automatic => "automatic",
        }
        .to_owned(),
        registration_uid: used.map(|(_, r)| r.sop_instance_uid.clone()),
        matrix: std::array::from_fn(|row| std::array::from_fn(|column| matrix[(row, column)])),
        bone_correlation: placement.bone_correlation,
        alignment: placement.quality.as_ref().map(alignment),
        organs: planning.found.structures.as_ref().map(|_| organs.collect()),
        evidence: placement.evidence.clone(),
        cautions: cautions.to_vec(),
    }
}

fn alignment(quality: &RegistrationQuality) -> AlignmentInfo {
    AlignmentInfo {
        overlap: quality.overlap,
        halves_mm: quality.halves_mm,
        correlation_at_4_mm: quality.at_middle,
        second_best: quality.second_best,
        restart_mm: quality.restart_mm,
        restart_deg: quality.restart_deg,
    }
}
