//! The line of the vertebral bodies, slice by slice, that the aorta runs along.

use isoboost_volume::Mask;

use crate::skeleton::Skeleton;

/// The body is looked for in a strip of this half width around the line so far, in mm.
const STRIP_MM: f64 = 10.0;
/// Least and largest depth of what is a vertebral body in that strip, with arch and process, in mm.
const DEPTH_MM: (f64, f64) = (14.0, 110.0);
/// The middle is that of the bone this far behind the front edge and to its sides, in mm: before
/// the heads of the ribs.
const MIDDLE_DEPTH_MM: (f64, f64) = (2.0, 16.0);
const MIDDLE_REACH_MM: f64 = 28.0;
/// How fast the line may turn aside, mm per mm along the patient: a scoliosis of 35 degrees.
const LEAN: f64 = 0.7;
/// Between slices the front edge steps by at most this; more is a rib, the sternum or a plaque.
const STEP_MM: f64 = 14.0;
/// Over this length the line is that of its median: discs have no bone, osteophytes jut out, mm.
const SMOOTH_MM: f64 = 30.0;

/// Middle and front edge of the vertebral bodies on the slices of a view; LPS in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SpineAt {
    /// Slice of the view.
    pub(super) k: usize,
    /// Middle from left to right.
    pub(super) x: f64,
    /// Front edge.
    pub(super) front: f64,
}

/// The spine from `low` to `high`, followed upwards from `x`; slices without bone take those around
/// them. Empty when no spine is seen.
pub(super) fn along(bone: &Mask, x: f64, low: f64, high: f64) -> Vec<SpineAt> {
    let bones = Skeleton::new(bone);
    let slices = bones.slices_between(low, high);
    let mut found: Vec<SpineAt> = Vec::new();
    let mut middle = x;
    for k in slices {
        let front = found.last().map(|s: &SpineAt| (s.k, s.front));
        let Some(front) = front_edge(&bones, k, middle, front) else {
            continue;
        };
        let most = LEAN * bones.slice_mm();
        middle += (middle_of(&bones, bone, k, middle, front) - middle).clamp(-most, most);
        found.push(SpineAt {
            k,
            x: middle,
            front,
        });
    }
    smooth(&found, bones.slice_mm())
}

/// The front edge of the deepest stretch of bone that is deep enough, near that of the slice below.
fn front_edge(bones: &Skeleton<'_>, k: usize, x: f64, below: Option<(usize, f64)>) -> Option<f64> {
    let near = |front: f64| {
        below.is_none_or(|(last, y)| {
            let most = STEP_MM.max(LEAN * bones.slice_mm() * (k - last) as f64);
            (front - y).abs() <= most
        })
    };
    let stretches = bones.stretches(k, x, STRIP_MM).into_iter();
    let bodies = stretches.filter(|(front, back)| {
        let depth = back - front;
        depth >= DEPTH_MM.0 && depth <= DEPTH_MM.1 && near(*front)
    });
    let deepest = bodies.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
    deepest.map(|(front, _)| front)
}

fn middle_of(bones: &Skeleton<'_>, bone: &Mask, k: usize, x: f64, front: f64) -> f64 {
    let rows = (0..bones.y.len()).filter(|j| {
        let depth = bones.y[*j] - front;
        depth >= MIDDLE_DEPTH_MM.0 && depth <= MIDDLE_DEPTH_MM.1
    });
    let (mut sum, mut n) = (0.0, 0.0);
    for j in rows {
        for (i, at) in bones.x.iter().enumerate() {
            if (at - x).abs() <= MIDDLE_REACH_MM && bone[[k, j, i]] {
                sum += at;
                n += 1.0;
            }
        }
    }
    if n > 0.0 { sum / n } else { x }
}

/// Every slice from the first to the last, each the median of those around it.
fn smooth(found: &[SpineAt], slice_mm: f64) -> Vec<SpineAt> {
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Vec::new();
    };
    let reach = (SMOOTH_MM / 2.0 / slice_mm).round() as usize;
    let all = (first.k..=last.k).filter_map(|k| {
        let near = found.iter().filter(|s| s.k.abs_diff(k) <= reach);
        let (xs, fronts): (Vec<f64>, Vec<f64>) = near.map(|s| (s.x, s.front)).unzip();
        let (x, front) = (middle(xs)?, middle(fronts)?);
        Some(SpineAt { k, x, front })
    });
    all.collect()
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
