//! The volume that all beams share, as a region of the structure set.

use isoboost_anatomy::Anatomy;
use isoboost_volume::{Grid, Mask, Volume, contours_around, resample_trilinear, signed_distance};
use nalgebra::{Point3, Vector3};

use super::beam::Aperture;
use super::pelvic::PelvicField;
use crate::target::{Target, TargetKind};

/// ROI Name of the field.
pub const FIELD_NAME: &str = "Field_Pelvis";
const COLOUR: [u8; 3] = [23, 190, 207];
/// Beyond the view in which the body is known there is none of it, mm.
const FAR_MM: f32 = 1e3;
/// Room around the box in the images, mm: a beam widens by a tenth and a few voxels are left.
const ROOM: f64 = 1.1;
const SLACK_MM: f64 = 8.0;

/// The volume that all four beams share within the body, on the voxels and slices of `images`,
/// and what is to be said of it; `None` where it lies outside of the images.
///
/// A voxel belongs to it when its centre lies in every beam and in the body.
pub fn field_target(
    field: &PelvicField,
    images: &Grid,
    anatomy: &Anatomy,
    roi_number: u32,
) -> Option<(Target, Vec<String>)> {
    let bounds = images.box_around(&corners(field), SLACK_MM)?;
    let grid = images.crop(bounds);
    let depth = depth_in_body(anatomy, &grid);
    let outside = Volume::from_fn(grid, |voxel| {
        let of_beams = field.outside(depth.grid().center_of(voxel)) as f32;
        of_beams.max(depth[voxel])
    });
    let mask: Mask = outside.map(|mm| *mm <= 0.0);
    let reach = mask.bounding_box()?;
    let mut contours = contours_around(&mask, &outside);
    for contour in &mut contours {
        contour.slice = contour.slice.map(|k| k + bounds.min[0]);
    }
    let last = images.shape()[0] - 1;
    let is_cut = reach.min[0] + bounds.min[0] == 0 || reach.max[0] + bounds.min[0] == last;
    let cautions = is_cut.then(|| {
        "the pelvic field ends at the edge of the planning images; what lies beyond is not drawn"
            .to_owned()
    });
    let mut notes = vec![format!(
        "four open beams, source-axis distance {} mm: what all of them hold within the body; no \
         dose",
        field.source_axis_mm()
    )];
    notes.extend(field.describe());
    let target = Target {
        roi_number,
        name: FIELD_NAME.to_owned(),
        kind: TargetKind::Field,
        lesion_ids: Vec::new(),
        margins: None,
        dose_gy: None,
        fractions: None,
        dose_levels: Vec::new(),
        notes,
        colour: COLOUR,
        mask,
        contours,
    };
    Some((target, cautions.into_iter().collect()))
}

/// Corners of a box in the patient that holds what all beams share.
fn corners(field: &PelvicField) -> Vec<Point3<f64>> {
    let mut half = Vector3::<f64>::zeros();
    for beam in &field.beams {
        let Aperture { x1, x2, y1, y2 } = beam.aperture;
        let [across, along, _] = beam.axes();
        let wide = across.abs() * x1.abs().max(x2.abs());
        let high = along.abs() * y1.abs().max(y2.abs());
        half = half.sup(&((wide + high) * ROOM));
    }
    (0..8)
        .map(|n| {
            let sign = |axis: usize| if n >> axis & 1 == 1 { 1.0 } else { -1.0 };
            let sign = Vector3::new(sign(0), sign(1), sign(2));
            field.isocentre + half.component_mul(&sign)
        })
        .collect()
}

/// Distance in mm from the body's surface, negative inside; all inside where no body is known.
fn depth_in_body(anatomy: &Anatomy, onto: &Grid) -> Volume<f32> {
    let body = anatomy.body.as_ref();
    let near = body.and_then(|body| {
        let slack = body.grid().spacing().into_iter().fold(0.0, f64::max);
        let bounds = body.grid().box_around(&onto.corners(), 2.0 * slack)?;
        Some(body.crop(bounds))
    });
    let Some(near) = near else {
        return Volume::filled(onto.clone(), -FAR_MM);
    };
    let depth = signed_distance(&near).map(|mm| mm.clamp(-FAR_MM, FAR_MM));
    resample_trilinear(&depth, onto, FAR_MM)
}
