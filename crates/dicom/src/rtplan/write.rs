//! Writing of plans of open fields.

use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::{OpenBeam, OpenFieldPlan};
use crate::copied;
use crate::derived_object::{
    ObjectClass, ObjectWriteError, WrittenObject, collect, put_contributors, put_series, reference,
    study_uid, write_object,
};
use crate::elements::{Elements, ValueError};
use crate::{PatientStudy, Provenance, ReferenceImages};

const CLASS: ObjectClass = ObjectClass {
    name: "plan",
    sop_class: uids::RT_PLAN_STORAGE,
    modality: "RTPLAN",
    series_number: 9104,
    transfer_syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN,
};
/// Digits after the point of lengths in mm and angles in degrees.
const DECIMALS: usize = 3;
/// The only patient setup and fraction group.
const ONLY: u32 = 1;

/// Why a plan was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanWriteError {
    /// There is no beam.
    #[error("a plan needs beams, found none")]
    NoBeams,
    /// An angle that is none.
    #[error("beam `{beam}` has a gantry angle of {found}°, expected 0 to below 360")]
    Gantry {
        /// The beam.
        beam: String,
        /// Its angle.
        found: f64,
    },
    /// Jaws that do not leave a field open.
    #[error("beam `{beam}` has jaws at {found:?} mm, expected the first below the second")]
    Jaws {
        /// The beam.
        beam: String,
        /// The positions of a pair.
        found: [f64; 2],
    },
    /// Two beams that a reader cannot tell apart.
    #[error("two beams are named `{beam}`")]
    SameName {
        /// The name.
        beam: String,
    },
    /// The object cannot be written.
    #[error(transparent)]
    Object(#[from] ObjectWriteError),
}

/// Writes open fields on `images` as an RT Plan that refers to `structures`, in which its targets
/// are drawn.
///
/// The plan is UNAPPROVED, its intent is RESEARCH, and it has no dose: a person plans. The file
/// appears complete or not at all; its UIDs follow from its content.
///
/// # Errors
/// When there is no beam, an angle or a pair of jaws is none, two beams have one name, a text is
/// longer than its attribute, or the file cannot be written.
pub fn write_open_field_plan(
    path: &Path,
    plan: &OpenFieldPlan,
    structures: &WrittenObject,
    images: &ReferenceImages,
    patient: &PatientStudy,
    provenance: &Provenance,
) -> Result<WrittenObject, PlanWriteError> {
    check(plan)?;
    Ok(write_checked(
        path, plan, structures, images, patient, provenance,
    )?)
}

fn check(plan: &OpenFieldPlan) -> Result<(), PlanWriteError> {
    if plan.beams.is_empty() {
        return Err(PlanWriteError::NoBeams);
    }
    for (n, beam) in plan.beams.iter().enumerate() {
        let name = || beam.name.clone();
        if !(0.0..360.0).contains(&beam.gantry_deg) {
            return Err(PlanWriteError::Gantry {
                beam: name(),
                found: beam.gantry_deg,
            });
        }
        for pair in [beam.x_mm, beam.y_mm] {
            let is_open = pair.iter().all(|mm| mm.is_finite()) && pair[0] < pair[1];
            if !is_open {
                return Err(PlanWriteError::Jaws {
                    beam: name(),
                    found: pair,
                });
            }
        }
        if plan.beams[..n].iter().any(|other| other.name == beam.name) {
            return Err(PlanWriteError::SameName { beam: name() });
        }
    }
    Ok(())
}

fn write_checked(
    path: &Path,
    plan: &OpenFieldPlan,
    structures: &WrittenObject,
    images: &ReferenceImages,
    patient: &PatientStudy,
    provenance: &Provenance,
) -> Result<WrittenObject, ObjectWriteError> {
    study_uid(patient, &CLASS)?;
    let (mut object, findings) = copied::patient_study(patient);
    let description = format!("{}: suggestion, unapproved", plan.name);
    put_series(&mut object, &CLASS, &description, provenance)?;
    object.empty(tags::OPERATORS_NAME, VR::PN)?;
    put_contributors(&mut object, images, provenance, "Suggested the fields")?;
    object.uid(tags::FRAME_OF_REFERENCE_UID, &images.frame_of_reference_uid)?;
    object.empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)?;
    put_plan(&mut object, plan, structures, provenance)?;
    let groups = [fraction_group(plan.beams.len())?];
    object.sequence(tags::FRACTION_GROUP_SEQUENCE, groups)?;
    let beams = plan.beams.iter().zip(1..);
    let beams = collect(beams.map(|(beam, number)| beam_item(plan, beam, number)))?;
    object.sequence(tags::BEAM_SEQUENCE, beams)?;
    // An algorithm proposes; nothing it writes is approved.
    object.code(tags::APPROVAL_STATUS, "UNAPPROVED")?;
    write_object(path, &CLASS, object, findings)
}

/// RT General Plan and RT Patient Setup modules.
fn put_plan(
    object: &mut Elements,
    plan: &OpenFieldPlan,
    structures: &WrittenObject,
    provenance: &Provenance,
) -> Result<(), ValueError> {
    object.short(tags::RT_PLAN_LABEL, &plan.label)?;
    object.long(tags::RT_PLAN_NAME, &plan.name)?;
    let description = format!(
        "{} Suggested by {}; to be reviewed",
        plan.description,
        provenance.line()
    );
    object.paragraph(tags::RT_PLAN_DESCRIPTION, &description)?;
    object.date(tags::RT_PLAN_DATE, provenance.created.date())?;
    object.time(tags::RT_PLAN_TIME, provenance.created.time())?;
    // Of the defined terms the only one that is neither a treatment nor a test of a machine.
    object.code(tags::PLAN_INTENT, "RESEARCH")?;
    object.code(tags::RT_PLAN_GEOMETRY, "PATIENT")?;
    let structures = reference(uids::RT_STRUCTURE_SET_STORAGE, &structures.sop_instance_uid)?;
    object.sequence(tags::REFERENCED_STRUCTURE_SET_SEQUENCE, [structures])?;
    let mut setup = Elements::new();
    setup.integer(tags::PATIENT_SETUP_NUMBER, ONLY)?;
    setup.code(tags::PATIENT_POSITION, &plan.patient_position)?;
    object.sequence(tags::PATIENT_SETUP_SEQUENCE, [setup])
}

/// The fractions are not planned, and their number is empty.
fn fraction_group(beams: usize) -> Result<Elements, ValueError> {
    let count = u32::try_from(beams).unwrap_or(u32::MAX);
    let mut group = Elements::new();
    group.integer(tags::FRACTION_GROUP_NUMBER, ONLY)?;
    group.empty(tags::NUMBER_OF_FRACTIONS_PLANNED, VR::IS)?;
    group.integer(tags::NUMBER_OF_BEAMS, count)?;
    group.integer(tags::NUMBER_OF_BRACHY_APPLICATION_SETUPS, 0)?;
    let beams = (1..=count).map(|number| {
        let mut item = Elements::new();
        item.integer(tags::REFERENCED_BEAM_NUMBER, number)?;
        Ok(item)
    });
    group.sequence(tags::REFERENCED_BEAM_SEQUENCE, collect(beams)?)?;
    Ok(group)
}

fn beam_item(plan: &OpenFieldPlan, beam: &OpenBeam, number: u32) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.integer(tags::BEAM_NUMBER, number)?;
    item.long(tags::BEAM_NAME, &beam.name)?;
    item.paragraph(tags::BEAM_DESCRIPTION, "Suggestion without dose")?;
    item.code(tags::BEAM_TYPE, "STATIC")?;
    item.code(tags::RADIATION_TYPE, "PHOTON")?;
    item.code(tags::TREATMENT_DELIVERY_TYPE, "TREATMENT")?;
    item.short(tags::TREATMENT_MACHINE_NAME, &plan.machine)?;
    item.numbers(tags::SOURCE_AXIS_DISTANCE, &[plan.source_axis_mm], DECIMALS)?;
    let devices = ["ASYMX", "ASYMY"].into_iter().map(|kind| {
        let mut device = Elements::new();
        device.code(tags::RT_BEAM_LIMITING_DEVICE_TYPE, kind)?;
        device.integer(tags::NUMBER_OF_LEAF_JAW_PAIRS, 1)?;
        Ok(device)
    });
    item.sequence(tags::BEAM_LIMITING_DEVICE_SEQUENCE, collect(devices)?)?;
    item.integer(tags::REFERENCED_PATIENT_SETUP_NUMBER, ONLY)?;
    for none in [
        tags::NUMBER_OF_WEDGES,
        tags::NUMBER_OF_COMPENSATORS,
        tags::NUMBER_OF_BOLI,
        tags::NUMBER_OF_BLOCKS,
    ] {
        item.integer(none, 0)?;
    }
    item.integer(tags::NUMBER_OF_CONTROL_POINTS, 2)?;
    let points = [first_control_point(plan, beam)?, last_control_point()?];
    item.sequence(tags::CONTROL_POINT_SEQUENCE, points)?;
    Ok(item)
}

/// Where everything stands. Couch positions are for the machine to know, and empty.
fn first_control_point(plan: &OpenFieldPlan, beam: &OpenBeam) -> Result<Elements, ValueError> {
    let mut point = Elements::new();
    point.integer(tags::CONTROL_POINT_INDEX, 0)?;
    let pairs = [("ASYMX", beam.x_mm), ("ASYMY", beam.y_mm)].into_iter();
    let jaws = pairs.map(|(kind, pair)| {
        let mut jaw = Elements::new();
        jaw.code(tags::RT_BEAM_LIMITING_DEVICE_TYPE, kind)?;
        jaw.numbers(tags::LEAF_JAW_POSITIONS, &pair, DECIMALS)?;
        Ok(jaw)
    });
    point.sequence(tags::BEAM_LIMITING_DEVICE_POSITION_SEQUENCE, collect(jaws)?)?;
    for (angle, direction, degrees) in [
        (
            tags::GANTRY_ANGLE,
            tags::GANTRY_ROTATION_DIRECTION,
            beam.gantry_deg,
        ),
        (
            tags::BEAM_LIMITING_DEVICE_ANGLE,
            tags::BEAM_LIMITING_DEVICE_ROTATION_DIRECTION,
            0.0,
        ),
        (
            tags::PATIENT_SUPPORT_ANGLE,
            tags::PATIENT_SUPPORT_ROTATION_DIRECTION,
            0.0,
        ),
        (
            tags::TABLE_TOP_ECCENTRIC_ANGLE,
            tags::TABLE_TOP_ECCENTRIC_ROTATION_DIRECTION,
            0.0,
        ),
    ] {
        point.numbers(angle, &[degrees], DECIMALS)?;
        point.code(direction, "NONE")?;
    }
    for (angle, direction) in [
        (
            tags::TABLE_TOP_PITCH_ANGLE,
            tags::TABLE_TOP_PITCH_ROTATION_DIRECTION,
        ),
        (
            tags::TABLE_TOP_ROLL_ANGLE,
            tags::TABLE_TOP_ROLL_ROTATION_DIRECTION,
        ),
    ] {
        point.single(angle, 0.0)?;
        point.code(direction, "NONE")?;
    }
    for couch in [
        tags::TABLE_TOP_VERTICAL_POSITION,
        tags::TABLE_TOP_LONGITUDINAL_POSITION,
        tags::TABLE_TOP_LATERAL_POSITION,
    ] {
        point.empty(couch, VR::DS)?;
    }
    point.numbers(
        tags::ISOCENTER_POSITION,
        plan.isocentre.coords.as_slice(),
        DECIMALS,
    )?;
    point.empty(tags::CUMULATIVE_METERSET_WEIGHT, VR::DS)?;
    Ok(point)
}

/// A static field changes nothing on its way.
fn last_control_point() -> Result<Elements, ValueError> {
    let mut point = Elements::new();
    point.integer(tags::CONTROL_POINT_INDEX, 1)?;
    point.empty(tags::CUMULATIVE_METERSET_WEIGHT, VR::DS)?;
    Ok(point)
}
