//! The vessels of the pelvis that were drawn by other software or a person.

use isoboost_anatomy::{Anatomy, Organ, OrganKind, OrganSource, Side};
use isoboost_volume::Mask;
use nalgebra::Point3;

use super::canvas::Canvas;
use super::levels::Levels;
use super::lines::Piece;

/// What lies so near to the plane of an end lies on it, mm: ends come from voxels' middles, and
/// those of finer voxels differ from them by rounding.
const ON_PLANE_MM: f64 = 1e-3;

/// A drawn vessel.
#[derive(Debug)]
struct Vessel<'a> {
    organ: &'a Organ,
    /// None for aorta and vena cava.
    side: Option<Side>,
}

/// The drawn vessels.
#[derive(Debug)]
pub(super) struct Vessels<'a>(Vec<Vessel<'a>>);

impl<'a> Vessels<'a> {
    /// Those that were handed in.
    pub(super) fn of(anatomy: &'a Anatomy) -> Self {
        let is = |o: &&Organ| o.source == OrganSource::Imported && is_vessel(o.kind);
        let vessels = anatomy.organs.iter().filter(is).map(|organ| Vessel {
            organ,
            side: side_of(organ.kind),
        });
        Self(vessels.collect())
    }

    /// Whether the aorta is among them.
    pub(super) fn has_aorta(&self) -> bool {
        let mut all = self.0.iter();
        all.any(|vessel| vessel.organ.kind == OrganKind::Aorta)
    }

    /// The names of those that reach between the levels.
    pub(super) fn names(&self, levels: &Levels) -> Vec<String> {
        let reaching = self.0.iter().filter(|v| !pieces(v, levels).is_empty());
        reaching.map(|v| v.organ.kind.name()).collect()
    }

    /// The voxels of the iliac vessels of a side between the levels.
    pub(super) fn pieces(&self, side: Side, levels: &Levels) -> Vec<Piece> {
        let own = self.0.iter().filter(|vessel| vessel.side == Some(side));
        own.flat_map(|vessel| pieces(vessel, levels)).collect()
    }

    /// Corners of what lies between the levels.
    pub(super) fn extent(&self, levels: &Levels) -> Vec<Point3<f64>> {
        let all = self.0.iter().flat_map(|vessel| pieces(vessel, levels));
        let ends = all.fold(None, |ends: Option<[Point3<f64>; 2]>, (p, _)| {
            let [low, high] = ends.unwrap_or([p, p]);
            Some([low.inf(&p), high.sup(&p)])
        });
        ends.into_iter().flatten().collect()
    }

    /// Their voxels between the levels.
    pub(super) fn mask(&self, canvas: &Canvas<'_>, levels: &Levels) -> Mask {
        let mut mask = canvas.empty();
        for vessel in &self.0 {
            canvas.paint_smooth(&mut mask, &vessel.organ.mask);
        }
        keep_between(canvas, &mut mask, levels);
        mask
    }
}

impl Vessels<'_> {
    /// Their voxels as they were drawn, between the levels: each is held, whatever lies beside it.
    pub(super) fn cells(&self, canvas: &Canvas<'_>, levels: &Levels) -> Mask {
        let mut mask = canvas.empty();
        for vessel in &self.0 {
            canvas.paint_cells(&mut mask, &vessel.organ.mask);
        }
        keep_between(canvas, &mut mask, levels);
        mask
    }
}

/// Clears what lies above the upper end, and below the femoral head's top of its side.
pub(super) fn keep_between(canvas: &Canvas<'_>, mask: &mut Mask, levels: &Levels) {
    canvas.clear(mask, &canvas.fine().corners(), 0.0, |p| {
        !is_between(p, levels)
    });
}

fn is_between(p: Point3<f64>, levels: &Levels) -> bool {
    let head = levels.head(Side::of(p.x, levels.midline));
    p.z <= levels.top + ON_PLANE_MM && p.z >= head - ON_PLANE_MM
}

fn pieces(vessel: &Vessel<'_>, levels: &Levels) -> Vec<Piece> {
    let mask = &vessel.organ.mask;
    let mm3 = 1000.0 * mask.grid().voxel_volume_ml();
    let places = mask.voxels().map(|voxel| mask.grid().center_of(voxel));
    let between = places.filter(|p| is_between(*p, levels));
    between.map(|p| (p, mm3)).collect()
}

fn is_vessel(kind: OrganKind) -> bool {
    matches!(kind, OrganKind::Aorta | OrganKind::InferiorVenaCava) || side_of(kind).is_some()
}

/// The side of iliac vessels; `None` for all else.
fn side_of(kind: OrganKind) -> Option<Side> {
    match kind {
        OrganKind::IliacArtery(side)
        | OrganKind::IliacVein(side)
        | OrganKind::ExternalIliacVessels(side)
        | OrganKind::InternalIliacVessels(side) => Some(side),
        _ => None,
    }
}
