//! The front or back edge of an organ near the midline, by height.

use isoboost_volume::Mask;

/// Heights are told apart in steps of this, mm.
const STEP_MM: f64 = 3.0;

/// An edge by height; where the organ does not reach it is that of the nearest height.
#[derive(Debug)]
pub(super) struct Profile {
    bottom: f64,
    edges: Vec<f64>,
}

impl Profile {
    /// The edge of the voxels within `aside` of the midline, between two heights: `f64::min` for the
    /// front, `f64::max` for the back. `None` where there is no voxel.
    pub(super) fn of(
        mask: &Mask,
        midline: f64,
        aside: f64,
        [bottom, top]: [f64; 2],
        edge: fn(f64, f64) -> f64,
    ) -> Option<Self> {
        let steps = ((top - bottom) / STEP_MM).ceil().max(1.0) as usize + 1;
        let mut found: Vec<Option<f64>> = vec![None; steps];
        let half_slice = mask.grid().spacing().into_iter().fold(0.0, f64::max) / 2.0;
        let reach = (half_slice / STEP_MM).ceil() as i64;
        for p in mask.voxels().map(|v| mask.grid().center_of(v)) {
            if (p.x - midline).abs() > aside {
                continue;
            }
            let place = ((p.z - bottom) / STEP_MM).round() as i64;
            for near in place - reach..=place + reach {
                let slot = usize::try_from(near).ok();
                if let Some(slot) = slot.and_then(|n| found.get_mut(n)) {
                    *slot = Some(slot.map_or(p.y, |y| edge(y, p.y)));
                }
            }
        }
        let nearest = |n: usize| {
            (0..steps).find_map(|d| {
                let below = n.checked_sub(d).and_then(|m| found[m]);
                below.or_else(|| found.get(n + d).copied().flatten())
            })
        };
        let edges: Option<Vec<f64>> = (0..steps).map(nearest).collect();
        Some(Self {
            bottom,
            edges: edges?,
        })
    }

    /// The edge at a height, y in mm.
    pub(super) fn at(&self, z: f64) -> f64 {
        let last = self.edges.len() - 1;
        let place = ((z - self.bottom) / STEP_MM).clamp(0.0, last as f64);
        let low = place.floor() as usize;
        let high = (low + 1).min(last);
        let share = place - low as f64;
        self.edges[low] + share * (self.edges[high] - self.edges[low])
    }

    /// The foremost edge.
    pub(super) fn least(&self) -> f64 {
        self.edges.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The hindmost edge.
    pub(super) fn most(&self) -> f64 {
        self.edges.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}
