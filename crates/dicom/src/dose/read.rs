//! Reading of doses.

use dicom_dictionary_std::{tags, uids};
use isoboost_volume::{Grid, Volume};
use ndarray::Array3;
use rayon::prelude::*;

use super::offsets::{FirstPlane, Planes, planes};
use super::{DoseFacts, DoseProblem, DoseReadError, DoseSummation, DoseType, ImportedDose};
use crate::attributes::Attributes;
use crate::frames::Rescale;
use crate::geometry::axes_of;
use crate::pixels::{PixelReader, Scaled, pixel_format};
use crate::study::Instance;
use crate::{Finding, GeometryProblem, Header, ObjectSource};

/// More than any patient gets, in Gy: a dose in cGy that says it is in Gy.
const IMPLAUSIBLE_GY: f32 = 400.0;

/// Reads a dose distribution.
///
/// # Errors
/// When the file is no dose, is not in Gy, does not say what stored values mean or where its planes
/// lie, or its pixels cannot be read.
pub fn read_dose(source: &ObjectSource) -> Result<ImportedDose, DoseReadError> {
    read(source).map_err(|problem| told(source, problem))
}

/// Reads what the header of a dose says, and no pixels.
///
/// # Errors
/// As [`read_dose`], as far as the header tells.
pub fn read_dose_facts(source: &ObjectSource) -> Result<DoseFacts, DoseReadError> {
    let header = Header::read_whole(source).map_err(|e| told(source, e.into()))?;
    let (facts, _) = facts(&header).map_err(|problem| told(source, problem))?;
    Ok(facts)
}

fn told(source: &ObjectSource, problem: DoseProblem) -> DoseReadError {
    DoseReadError {
        file: source.to_string(),
        problem,
    }
}

fn read(source: &ObjectSource) -> Result<ImportedDose, DoseProblem> {
    let header = Header::read_whole(source)?;
    let (mut facts, planes) = facts(&header)?;
    let values = values(&header, &facts, &planes)?;
    let (lowest, highest) = values.iter().fold((f32::MAX, f32::MIN), |(low, high), v| {
        (low.min(*v), high.max(*v))
    });
    if lowest < 0.0 {
        return Err(DoseProblem::Negative {
            lowest_gy: lowest.into(),
        });
    }
    if highest <= 0.0 {
        return Err(DoseProblem::Empty);
    }
    if highest > IMPLAUSIBLE_GY {
        facts.findings.push(Finding::new(
            "dose-implausible",
            format!(
                "the dose rises to {highest:.0} Gy; DoseGridScaling (3004,000E) may be for cGy, look \
                 at it before using any number"
            ),
        ));
    }
    let empty = || GeometryProblem::from(isoboost_volume::GridError::Empty(facts.grid.shape()));
    let values = Array3::from_shape_vec(facts.grid.shape(), values).map_err(|_| empty())?;
    let dose = Volume::new(facts.grid.clone(), values).map_err(|_| empty())?;
    Ok(ImportedDose { dose, facts })
}

fn facts(header: &Header) -> Result<(DoseFacts, Planes), DoseProblem> {
    let object = header.attributes();
    let class = object.text(tags::SOP_CLASS_UID).unwrap_or_default();
    if class != uids::RT_DOSE_STORAGE {
        return Err(DoseProblem::NotADose { found: class });
    }
    let units = object.text(tags::DOSE_UNITS);
    if units.as_deref() != Some("GY") {
        return Err(DoseProblem::Units { found: units });
    }
    let mut findings = header.findings().to_vec();
    let dose_type = dose_type(object, &mut findings)?;
    let summation = summation(object)?;
    let scaling = object.required_number(tags::DOSE_GRID_SCALING)?;
    if scaling <= 0.0 {
        return Err(object
            .unexpected(tags::DOSE_GRID_SCALING, "a positive number")
            .into());
    }
    let (grid, planes) = geometry(object)?;
    let required = |tag| {
        let value = object.text(tag);
        value.ok_or_else(|| object.unexpected(tag, "a unique identifier"))
    };
    let plans = object.items(tags::REFERENCED_RT_PLAN_SEQUENCE);
    let facts = DoseFacts {
        sop_instance_uid: required(tags::SOP_INSTANCE_UID)?,
        frame_of_reference: required(tags::FRAME_OF_REFERENCE_UID)?,
        grid,
        scaling,
        dose_type,
        summation,
        plan_uids: plans
            .filter_map(|plan| plan.text(tags::REFERENCED_SOP_INSTANCE_UID))
            .collect(),
        comment: object.text(tags::DOSE_COMMENT),
        findings,
    };
    Ok((facts, planes))
}

fn dose_type(object: Attributes<'_>, findings: &mut Vec<Finding>) -> Result<DoseType, DoseProblem> {
    match object.text(tags::DOSE_TYPE).as_deref() {
        Some("PHYSICAL") => Ok(DoseType::Physical),
        Some("EFFECTIVE") => {
            findings.push(Finding::new(
                "dose-effective",
                "DoseType (3004,0004) is `EFFECTIVE`: the dose is weighted by a biological effect, \
                 and is compared with limits as if it were physical",
            ));
            Ok(DoseType::Effective)
        }
        Some("ERROR") => Err(DoseProblem::Difference),
        _ => Err(object
            .unexpected(tags::DOSE_TYPE, "PHYSICAL or EFFECTIVE")
            .into()),
    }
}

fn summation(object: Attributes<'_>) -> Result<DoseSummation, DoseProblem> {
    let tag = tags::DOSE_SUMMATION_TYPE;
    match object.text(tag) {
        None => Err(object
            .unexpected(tag, "PLAN or another defined term")
            .into()),
        Some(term) if term == "PLAN" => Ok(DoseSummation::Plan),
        Some(term) if term == "MULTI_PLAN" => Ok(DoseSummation::MultiPlan),
        Some(term) => Ok(DoseSummation::Part(term)),
    }
}

fn geometry(object: Attributes<'_>) -> Result<(Grid, Planes), DoseProblem> {
    let position = object
        .vector::<3>(tags::IMAGE_POSITION_PATIENT)?
        .ok_or_else(|| object.unexpected(tags::IMAGE_POSITION_PATIENT, "three numbers"))?;
    let tag = tags::IMAGE_ORIENTATION_PATIENT;
    let cosines = object
        .vector::<6>(tag)?
        .ok_or_else(|| object.unexpected(tag, "six numbers"))?;
    let [along_row, along_column] = axes_of(cosines)?;
    let tag = tags::PIXEL_SPACING;
    let [rows_apart, columns_apart] = object
        .vector::<2>(tag)?
        .filter(|spacing| spacing.iter().all(|v| *v > 0.0))
        .ok_or_else(|| object.unexpected(tag, "two positive numbers"))?;
    let size = [tags::ROWS, tags::COLUMNS].map(|tag| crate::pixels::side(object, tag));
    let [rows, columns] = size;
    let frames = object.integer(tags::NUMBER_OF_FRAMES)?.unwrap_or(1);
    let frames = usize::try_from(frames).unwrap_or(0);
    if frames < 2 {
        return Err(DoseProblem::SinglePlane);
    }
    let offsets = object.numbers(tags::GRID_FRAME_OFFSET_VECTOR)?;
    if offsets.len() != frames {
        return Err(DoseProblem::OffsetCount {
            found: offsets.len(),
            expected: frames,
        });
    }
    let first_plane = FirstPlane {
        z: position[2],
        cosines,
    };
    let planes = planes(&offsets, first_plane)?;
    let normal = along_row.cross(&along_column).normalize();
    let origin = nalgebra::Point3::from(position) + normal * planes.first_mm;
    let grid = Grid::new(
        [frames, usize::from(rows?), usize::from(columns?)],
        [planes.spacing_mm, rows_apart, columns_apart],
        origin,
        [normal, along_column, along_row],
    );
    Ok((grid.map_err(GeometryProblem::from)?, planes))
}

/// The dose of all voxels, plane by plane from the lowest up.
fn values(header: &Header, facts: &DoseFacts, planes: &Planes) -> Result<Vec<f32>, DoseProblem> {
    let object = header.attributes();
    let pixel_tag = header.layout.element.map(|element| element.tag);
    let format = pixel_format(object, pixel_tag, true)?;
    let instance = Instance {
        source: header.source().clone(),
        sop_class_uid: uids::RT_DOSE_STORAGE.to_owned(),
        sop_instance_uid: facts.sop_instance_uid.clone(),
        transfer_syntax: header.transfer_syntax().to_owned(),
        layout: header.layout,
        format: Ok(format),
    };
    let failed = |frame: u32, reason: &dyn std::fmt::Display| DoseProblem::Frame {
        frame: frame + 1,
        reason: reason.to_string(),
    };
    let reader = PixelReader::open(&instance).map_err(|error| failed(0, &error))?;
    let scaled = Scaled {
        rescale: Rescale {
            slope: facts.scaling,
            intercept: 0.0,
        },
        padding: None,
    };
    let [_, rows, columns] = facts.grid.shape();
    let mut values = vec![0.0; facts.grid.voxel_count()];
    let outcomes: Vec<Result<(), DoseProblem>> = values
        .par_chunks_exact_mut(rows * columns)
        .zip(&planes.frames)
        .map_init(Vec::new, |buffer, (out, frame)| {
            let stored = reader.frame(*frame, buffer);
            let stored = stored.map_err(|error| failed(*frame, &error))?;
            scaled.write(&stored, out);
            Ok(())
        })
        .collect();
    // The first in the order of the planes, whichever thread met one first.
    outcomes.into_iter().collect::<Result<(), _>>()?;
    Ok(values)
}
