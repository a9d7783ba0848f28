//! The line of the vertebral bodies, slice by slice, that the aorta runs along.

use isoboost_volume::Mask;
use nalgebra::Point3;

use crate::skeleton::Skeleton;

/// The body is looked for in a strip of this half width around the line so far, in mm.
const STRIP_MM: f64 = 10.0;
/// A thin wall is seen in this share of the strip.
const WALL_SHARE: f64 = 0.4;
/// Least and largest depth of what is a vertebral body in that strip, with arch and process, in mm.
const DEPTH_MM: (f64, f64) = (14.0, 110.0);
/// The walls of a body with little in it lie this far apart at most, in mm.
const HOLLOW_MM: f64 = 36.0;
/// Gaps in the marrow of a body that is dense in places are shorter than this, in mm.
const MARROW_MM: f64 = 12.0;
/// The middle is that of the bone this far behind the front edge and to its sides, in mm: before
/// the heads of the ribs.
const MIDDLE_DEPTH_MM: (f64, f64) = (2.0, 16.0);
const MIDDLE_REACH_MM: f64 = 28.0;
/// How fast the line may turn aside, mm per mm along the patient: a scoliosis of 35 degrees.
const LEAN: f64 = 0.7;
/// Between slices the front edge steps by at most this; more is a rib, the sternum or a plaque.
const STEP_MM: f64 = 14.0;
/// … over a gap by as much more as the gap is long, up to this: nothing else lies as near, mm.
const STEP_OVER_GAP_MM: f64 = 36.0;
/// … backwards by less, and over a gap by this share of it more, mm.
const STEP_BACK_MM: f64 = 8.0;
const LORDOSIS: f64 = 0.15;
/// Over this length the line is that of its median: discs have no bone, osteophytes jut out, mm.
const SMOOTH_MM: f64 = 30.0;

/// Middle and front edge of the vertebral bodies on a slice of the overview; LPS in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpineAt {
    /// Slice of the overview.
    pub k: usize,
    /// Height of the slice.
    pub z: f64,
    /// Middle from left to right.
    pub x: f64,
    /// Front edge, y.
    pub front: f64,
}

/// The spine from `low` to `high`, followed up and down from `start`, whose y is that of the front
/// edge; slices without bone take those around them. Empty when no spine is seen.
pub(crate) fn around(bone: &Mask, start: Point3<f64>, [low, high]: [f64; 2]) -> Vec<SpineAt> {
    let bones = Skeleton::new(bone);
    let above = bones.slices_between(start.z, high);
    let below = bones.slices_between(low, start.z);
    let from = (start.x, Some(start.y));
    let mut found = follow(&bones, bone, below.rev(), from);
    found.reverse();
    found.extend(follow(&bones, bone, above, from));
    smooth(&found, &bones)
}

/// The spine from `low` to `high`, followed upwards from `x`; empty when no spine is seen.
pub(crate) fn above(bone: &Mask, x: f64, [low, high]: [f64; 2]) -> Vec<SpineAt> {
    let bones = Skeleton::new(bone);
    let slices = bones.slices_between(low, high);
    smooth(&follow(&bones, bone, slices, (x, None)), &bones)
}

/// The slices with a spine, each near the one before; the first near the given x and,
/// where it is known, front edge.
fn follow(
    bones: &Skeleton<'_>,
    bone: &Mask,
    slices: impl Iterator<Item = usize>,
    (x, front): (f64, Option<f64>),
) -> Vec<SpineAt> {
    let mut slices = slices.peekable();
    let mut before = slices.peek().copied().zip(front);
    let mut middle = x;
    let mut found = Vec::new();
    for k in slices {
        let Some(front) = front_edge(bones, k, middle, before) else {
            continue;
        };
        before = Some((k, front));
        let most = LEAN * bones.slice_mm();
        middle += (middle_of(bones, bone, k, middle, front) - middle).clamp(-most, most);
        found.push(SpineAt {
            k,
            z: bones.z[k],
            x: middle,
            front,
        });
    }
    found
}

/// The front edge of the vertebral body: of what is deep enough, with the hollows of bodies whose
/// marrow is thin, the edge nearest to that of the slice before. On the first slice it is that
/// of the deepest.
fn front_edge(bones: &Skeleton<'_>, k: usize, x: f64, before: Option<(usize, f64)>) -> Option<f64> {
    let stretches = bones.stretches(k, x, STRIP_MM, WALL_SHARE);
    let bodies: Vec<(usize, f64)> = (0..stretches.len())
        .map(|n| (n, back_of(&stretches[n..]) - stretches[n].0))
        .filter(|(_, depth)| *depth >= DEPTH_MM.0 && *depth <= DEPTH_MM.1)
        .collect();
    let Some(before) = before else {
        let deepest = bodies.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        return deepest.map(|(n, _)| stretches[*n].0);
    };
    let (last, y) = before;
    let gap = bones.slice_mm() * k.abs_diff(last) as f64;
    // Above an inclined disc the next body begins further in front: the longer the line was lost,
    // the further.
    let lost = gap - bones.slice_mm();
    let forwards = (STEP_MM.max(LEAN * bones.slice_mm()) + lost).min(STEP_OVER_GAP_MM);
    // What lies further back is the far wall of a body whose near one is not seen.
    let back = STEP_BACK_MM.max(LEAN * bones.slice_mm()) + LORDOSIS * gap;
    let fronts = bodies.iter().map(|(n, _)| (*n, stretches[*n].0));
    let within = fronts.filter(|(_, front)| (y - forwards..=y + back).contains(front));
    let (mut n, _) = within.min_by(|a, b| (a.1 - y).abs().total_cmp(&(b.1 - y).abs()))?;
    // Above an inclined disc the line lies inside of the next body, whose marrow is dense in places.
    while let Some((front, end)) = n.checked_sub(1).map(|before| stretches[before])
        && stretches[n].0 - end <= MARROW_MM
        && front >= y - forwards
    {
        n -= 1;
    }
    Some(stretches[n].0)
}

/// Where bone ends that begins with the first stretch, over hollows.
fn back_of(stretches: &[(f64, f64)]) -> f64 {
    let mut back = stretches[0].1;
    for (front, end) in &stretches[1..] {
        if front - back > HOLLOW_MM {
            break;
        }
        back = *end;
    }
    back
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

/// Every slice from the first to the last, each the median of those around it; over a gap the line
/// is straight.
fn smooth(found: &[SpineAt], bones: &Skeleton<'_>) -> Vec<SpineAt> {
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Vec::new();
    };
    let reach = (SMOOTH_MM / 2.0 / bones.slice_mm()).round() as usize;
    let all = (first.k..=last.k).filter_map(|k| {
        let near = found.iter().filter(|s| s.k.abs_diff(k) <= reach);
        let (xs, fronts): (Vec<f64>, Vec<f64>) = near.map(|s| (s.x, s.front)).unzip();
        let (x, front) = match middle(xs).zip(middle(fronts)) {
            Some(place) => place,
            None => straight(found, k)?,
        };
        Some(SpineAt {
            k,
            z: bones.z[k],
            x,
            front,
        })
    });
    all.collect()
}

/// Middle and front edge on a slice between two that are known.
fn straight(found: &[SpineAt], k: usize) -> Option<(f64, f64)> {
    let above = found.partition_point(|s| s.k <= k);
    let (low, high) = (found.get(above.checked_sub(1)?)?, found.get(above)?);
    let share = (k - low.k) as f64 / (high.k - low.k) as f64;
    let between = |a: f64, b: f64| a + share * (b - a);
    Some((between(low.x, high.x), between(low.front, high.front)))
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
