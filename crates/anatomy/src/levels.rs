//! Vertebrae counted from the sacrum by the discs between them.

use isoboost_volume::{Mask, Volume};
use nalgebra::Point3;

use crate::organ::{Organ, OrganKind, OrganSource, Vertebra};
use crate::sacrum::Zone;
use crate::scene::Scene;
use crate::spine::SpineAt;

/// Vertebrae from the sacrum up with the usual height of body and disc, mm.
const HEIGHTS: [(&str, f64); 18] = [
    ("L5", 36.0),
    ("L4", 37.0),
    ("L3", 37.0),
    ("L2", 36.0),
    ("L1", 35.0),
    ("T12", 33.0),
    ("T11", 31.0),
    ("T10", 30.0),
    ("T9", 28.5),
    ("T8", 27.5),
    ("T7", 27.0),
    ("T6", 26.0),
    ("T5", 25.0),
    ("T4", 24.5),
    ("T3", 24.0),
    ("T2", 23.0),
    ("T1", 22.0),
    ("C7", 18.0),
];
/// Spines are shorter or longer than the usual one by these factors.
const SCALES: (f64, f64, usize) = (0.84, 1.2, 37);
/// A single height differs from what the scale says by about this, mm.
const HEIGHT_SD_MM: f64 = 2.2;
/// What a deviation of one standard deviation costs, in HU of a disc.
const DEVIATION_HU: f64 = 14.0;
/// Bodies are sampled this far behind their front edge and to the sides, mm.
const DEPTH_MM: (f64, f64) = (4.0, 20.0);
const ASIDE_MM: f64 = 9.0;
/// The course of density along the spine is judged against its mean over this length, mm.
const TREND_MM: f64 = 44.0;
/// The profile is interpolated to this step, mm.
const STEP_MM: f64 = 1.0;
/// The lumbosacral disc lies this near to the promontory, mm.
const FIRST_MM: f64 = 9.0;
/// A body with its arch reaches this far to the sides and before and behind its front edge, mm.
const HALF_WIDTH_MM: f64 = 38.0;
const BEFORE_MM: f64 = 6.0;
const BEHIND_MM: f64 = 72.0;
/// The inside of a body, mm to the sides and behind its front edge.
const MARROW_ASIDE_MM: f64 = 17.0;
const MARROW_MM: std::ops::RangeInclusive<f64> = 1.0..=28.0;
/// Discs less dense than bodies by this are seen clearly, HU.
const CLEAR_HU: f64 = 60.0;

/// The vertebrae from L5 up as far as the field shows whole ones; none without a promontory.
pub(crate) fn vertebrae(scene: &Scene<'_>) -> Vec<Organ> {
    let Ok(promontory) = &scene.landmarks.promontory else {
        return Vec::new();
    };
    let (hu, bone, spine) = (scene.hu, scene.bone, scene.spine);
    let Some(profile) = Profile::of(hu, spine) else {
        return Vec::new();
    };
    let Some(discs) = profile.discs(promontory.at.z) else {
        return Vec::new();
    };
    let confidence = promontory.confidence * (0.5 + 0.4 * (discs.contrast / CLEAR_HU).min(1.0));
    let sacrum = Zone::of(scene.landmarks);
    let pairs = discs.z.windows(2).zip(HEIGHTS);
    let bodies = pairs.filter_map(|(z, (label, _))| {
        let vertebra = Vertebra::from_label(label)?;
        let mask = body(bone, spine, [z[0], z[1]], sacrum)?;
        Some(Organ {
            kind: OrganKind::Vertebra(vertebra),
            mask,
            source: OrganSource::Recognised,
            confidence,
            evidence: format!(
                "counted from the sacrum: {:.0} to {:.0} mm above L5/S1, discs {:.0} HU less dense \
                 than the bodies",
                z[0] - promontory.at.z,
                z[1] - promontory.at.z,
                discs.contrast
            ),
        })
    });
    bodies.collect()
}

/// The bone of a vertebra between two heights, its body with what marrow is too thin for bone.
fn body(
    bone: &Mask,
    spine: &[SpineAt],
    [low, high]: [f64; 2],
    sacrum: Option<Zone>,
) -> Option<Mask> {
    let grid = bone.grid();
    let slices: Vec<&SpineAt> = spine
        .iter()
        .filter(|s| (low..high).contains(&s.z))
        .collect();
    let corners: Vec<Point3<f64>> = slices
        .iter()
        .flat_map(|s| {
            [
                Point3::new(s.x - HALF_WIDTH_MM, s.front - BEFORE_MM, s.z),
                Point3::new(s.x + HALF_WIDTH_MM, s.front + BEHIND_MM, s.z),
            ]
        })
        .collect();
    let room = grid.box_around(&corners, 0.0)?;
    let first = slices.first()?.k;
    let mask = Mask::from_fn(grid.crop(room), |voxel| {
        let [k, j, i] = [0, 1, 2].map(|a| voxel[a] + room.min[a]);
        let p = grid.center_of([k, j, i]);
        let at = k.checked_sub(first).and_then(|n| slices.get(n));
        at.is_some_and(|s| {
            let (aside, behind) = ((p.x - s.x).abs(), p.y - s.front);
            let marrow = aside <= MARROW_ASIDE_MM && MARROW_MM.contains(&behind);
            let near = aside <= HALF_WIDTH_MM && (-BEFORE_MM..=BEHIND_MM).contains(&behind);
            let of_sacrum = || sacrum.is_some_and(|zone| zone.holds_sacrum(p));
            marrow || (near && bone[[k, j, i]] && !of_sacrum())
        })
    });
    let bounds = mask.bounding_box()?;
    Some(mask.crop(bounds))
}

/// Density along the vertebral bodies, HU against its trend.
struct Profile {
    first_z: f64,
    values: Vec<f64>,
}

/// The heights of discs from the lumbosacral one up.
struct Discs {
    z: Vec<f64>,
    /// How much less dense they are than what lies between them, HU.
    contrast: f64,
}

impl Profile {
    fn of(hu: &Volume<i16>, spine: &[SpineAt]) -> Option<Self> {
        let grid = hu.grid();
        let samples: Vec<(f64, f64)> = spine
            .iter()
            .filter_map(|s| Some((grid.center_of([s.k, 0, 0]).z, density(hu, s)?)))
            .collect();
        let (first, last) = (samples.first()?.0, samples.last()?.0);
        let steps = ((last - first) / STEP_MM) as usize;
        if steps < 40 {
            return None;
        }
        let raw: Vec<f64> = (0..=steps)
            .map(|n| interpolated(&samples, first + n as f64 * STEP_MM))
            .collect();
        let reach = (TREND_MM / 2.0 / STEP_MM) as usize;
        let values = (0..raw.len()).map(|n| {
            let near = &raw[n.saturating_sub(reach)..(n + reach + 1).min(raw.len())];
            raw[n] - near.iter().sum::<f64>() / near.len() as f64
        });
        Some(Self {
            first_z: first,
            values: values.collect(),
        })
    }

    /// The discs: of every overall scale the cheapest places by dynamic programming, where dense
    /// places and unusual heights cost; then the scale whose discs cost least each.
    fn discs(&self, promontory: f64) -> Option<Discs> {
        let (low, high, count) = SCALES;
        let scales = (0..count).map(|n| low + (high - low) * n as f64 / (count - 1) as f64);
        let found = scales.filter_map(|scale| {
            let (places, cost) = self.cheapest(promontory, scale)?;
            Some((places, cost))
        });
        let (places, _) = found.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let z: Vec<f64> = places
            .iter()
            .map(|n| self.first_z + *n as f64 * STEP_MM)
            .collect();
        let at_discs = places.iter().map(|n| self.values[*n]).sum::<f64>() / places.len() as f64;
        let middles = places
            .windows(2)
            .map(|p| self.values[usize::midpoint(p[0], p[1])]);
        let between = middles.sum::<f64>() / (places.len() - 1) as f64;
        Some(Discs {
            z,
            contrast: between - at_discs,
        })
    }

    fn cheapest(&self, promontory: f64, scale: f64) -> Option<(Vec<usize>, f64)> {
        let n = self.values.len();
        let first = (promontory - self.first_z) / STEP_MM;
        let start = |place: usize| {
            let off = (place as f64 - first) * STEP_MM;
            (off.abs() <= FIRST_MM).then(|| self.values[place])
        };
        let mut costs: Vec<f64> = (0..n).map(|p| start(p).unwrap_or(f64::INFINITY)).collect();
        let mut from: Vec<Vec<usize>> = Vec::new();
        let mut total = HEIGHTS[0].1 * scale + first * STEP_MM;
        let length = (n - 1) as f64 * STEP_MM;
        for (level, (_, height)) in HEIGHTS.iter().enumerate() {
            if total > length {
                break;
            }
            let usual = height * scale / STEP_MM;
            let mut next = vec![f64::INFINITY; n];
            let mut back = vec![0; n];
            for place in 0..n {
                let reach = (3.0 * HEIGHT_SD_MM / STEP_MM) as usize;
                let center = place as f64 - usual;
                let low = (center as isize - reach as isize).max(0) as usize;
                let high = (center.max(0.0) as usize + reach).min(place);
                for before in low..=high {
                    let off = (place as f64 - before as f64 - usual) * STEP_MM / HEIGHT_SD_MM;
                    let cost = costs[before] + DEVIATION_HU * off * off;
                    if cost < next[place] {
                        next[place] = cost;
                        back[place] = before;
                    }
                }
                next[place] += self.values[place];
            }
            costs = next;
            from.push(back);
            total += HEIGHTS.get(level + 1).map_or(0.0, |h| h.1 * scale);
        }
        let (mut place, cost) = costs
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, cost)| cost.is_finite())
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        let levels = from.len();
        let mut places = vec![place];
        for back in from.iter().rev() {
            place = back[place];
            places.push(place);
        }
        places.reverse();
        (levels > 0).then(|| (places, cost / (levels + 1) as f64))
    }
}

/// Mean density of the body on a slice.
fn density(hu: &Volume<i16>, spine: &SpineAt) -> Option<f64> {
    let grid = hu.grid();
    let [_, nj, ni] = grid.shape();
    let rows = (0..nj).filter(|j| {
        let behind = grid.center_of([0, *j, 0]).y - spine.front;
        (DEPTH_MM.0..=DEPTH_MM.1).contains(&behind)
    });
    let columns: Vec<usize> = (0..ni)
        .filter(|i| (grid.center_of([0, 0, *i]).x - spine.x).abs() <= ASIDE_MM)
        .collect();
    let (mut sum, mut n) = (0.0, 0.0);
    for j in rows {
        for i in &columns {
            sum += f64::from(hu[[spine.k, j, *i]]);
            n += 1.0;
        }
    }
    (n > 0.0).then(|| sum / n)
}

fn interpolated(samples: &[(f64, f64)], z: f64) -> f64 {
    let n = samples
        .partition_point(|s| s.0 <= z)
        .clamp(1, samples.len() - 1);
    let ((z0, v0), (z1, v1)) = (samples[n - 1], samples[n]);
    v0 + (v1 - v0) * ((z - z0) / (z1 - z0)).clamp(0.0, 1.0)
}
