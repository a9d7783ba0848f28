//! Where the aorta divides.

use nalgebra::Point3;

use crate::landmarks::{Absent, Landmark, LandmarkSource, Landmarks, Sought};
use crate::organ::{Organ, OrganKind, OrganSource, Side, Vertebra};
use crate::spine::SpineAt;

/// The aorta divides before the lower third of L4 in most men: this far above its lower edge, and
/// above the level L5/S1, mm.
const ABOVE_L4_EDGE_MM: f64 = 10.0;
const ABOVE_PROMONTORY_MM: f64 = 52.0;
/// Its place there: left of the middle of the spine, and before the promontory or else the front
/// edge of the spine there, mm.
const LEFT_MM: f64 = 6.0;
const BEFORE_PROMONTORY_MM: f64 = 27.0;
const BEFORE_SPINE_MM: f64 = 10.0;
/// Ends of drawn vessels: points within this of the end, mm.
const END_MM: f64 = 4.0;
/// A drawn aorta that ends this near to the upper end of both iliac arteries is divided there, mm.
const TOGETHER_MM: f64 = 25.0;

/// The bifurcation by drawn vessels, else by the lower third of L4, else by its usual height above
/// the promontory. `bottom_z` is the lower end of the CT: an aorta that ends there is cut.
pub(crate) fn find(
    organs: &[Organ],
    landmarks: &Landmarks,
    spine: &[SpineAt],
    bottom_z: Option<f64>,
) -> Sought {
    if let Some(drawn) = by_vessels(organs, bottom_z) {
        return Ok(drawn);
    }
    let promontory = landmarks.promontory.as_ref().ok().map(|p| p.at);
    let before_spine = |z: f64| {
        let off = |s: &&SpineAt| (s.z - z).abs();
        let spine = spine.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        let x = spine.map(|s| s.x).or(promontory.map(|p| p.x))?;
        let y = promontory.map(|p| p.y - BEFORE_PROMONTORY_MM);
        let y = y.or(spine.map(|s| s.front - BEFORE_SPINE_MM))?;
        Some(Point3::new(x + LEFT_MM, y, z))
    };
    let l4 = OrganKind::Vertebra(Vertebra::L4);
    let l4 = organs.iter().find(|organ| organ.kind == l4);
    if let Some((organ, z)) =
        l4.and_then(|organ| Some((organ, lower_edge(organ)? + ABOVE_L4_EDGE_MM)))
        && let Some(at) = before_spine(z)
    {
        return Ok(Landmark {
            at,
            source: LandmarkSource::Derived,
            confidence: 0.7 * organ.confidence,
            how: "lower third of L4, where the aorta divides in most men".to_owned(),
        });
    }
    match &landmarks.promontory {
        Ok(promontory) => {
            let z = promontory.at.z + ABOVE_PROMONTORY_MM;
            Ok(Landmark {
                at: before_spine(z).unwrap_or(promontory.at),
                source: LandmarkSource::Derived,
                confidence: 0.5 * promontory.confidence,
                how: format!("{ABOVE_PROMONTORY_MM} mm above the promontory, as usual"),
            })
        }
        Err(absent) => Err(Absent(format!(
            "neither vessels nor L4 are known, nor is the promontory: {absent}"
        ))),
    }
}

/// Lower edge of a vertebra's body: that of its front half, since the arch hangs lower.
fn lower_edge(organ: &Organ) -> Option<f64> {
    let grid = organ.mask.grid();
    let points: Vec<Point3<f64>> = organ.mask.voxels().map(|v| grid.center_of(v)).collect();
    let front = points.iter().map(|p| p.y).fold(f64::INFINITY, f64::min);
    let body = points.iter().filter(|p| p.y <= front + 20.0);
    body.map(|p| p.z - grid.spacing()[0] / 2.0).reduce(f64::min)
}

fn by_vessels(organs: &[Organ], bottom_z: Option<f64>) -> Option<Landmark> {
    let drawn = |kind: OrganKind| {
        let mut all = organs.iter();
        all.find(|o| o.kind == kind && o.source == OrganSource::Imported)
    };
    let aorta = drawn(OrganKind::Aorta).and_then(|organ| end(organ, true));
    let aorta = aorta.filter(|end| bottom_z.is_none_or(|bottom| end.z > bottom + END_MM));
    let iliac = [Side::Left, Side::Right]
        .map(|side| drawn(OrganKind::IliacArtery(side)).and_then(|organ| end(organ, false)));
    let iliac = match iliac {
        [Some(left), Some(right)] => Some(nalgebra::center(&left, &right)),
        [one, other] => one.or(other),
    };
    let (at, how, confidence) = match (aorta, iliac) {
        (Some(aorta), Some(iliac)) if (aorta - iliac).norm() <= TOGETHER_MM => (
            nalgebra::center(&aorta, &iliac),
            "between the imported aorta and iliac arteries",
            0.95,
        ),
        (_, Some(iliac)) => (iliac, "upper end of the imported iliac arteries", 0.8),
        (Some(aorta), None) => (aorta, "lower end of the imported aorta", 0.8),
        (None, None) => return None,
    };
    Some(Landmark {
        at,
        source: LandmarkSource::Imported,
        confidence,
        how: how.to_owned(),
    })
}

/// Lower or upper end of a vessel: the mean of its points there.
fn end(organ: &Organ, lower: bool) -> Option<Point3<f64>> {
    let grid = organ.mask.grid();
    let points: Vec<Point3<f64>> = organ.mask.voxels().map(|v| grid.center_of(v)).collect();
    let heights = points.iter().map(|p| p.z);
    let z = heights.reduce(if lower { f64::min } else { f64::max })?;
    let near: Vec<_> = points
        .iter()
        .filter(|p| (p.z - z).abs() <= END_MM)
        .collect();
    let sum: nalgebra::Vector3<f64> = near.iter().map(|p| p.coords).sum();
    let mean = sum / near.len() as f64;
    Some(Point3::new(mean.x, mean.y, z))
}
