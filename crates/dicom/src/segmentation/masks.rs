//! From frames to one mask for each segment.

use std::collections::BTreeMap;
use std::ops::Range;

use isoboost_volume::{Grid, IndexBox, Mask};

use super::values::Frames;
use super::{Kind, SegmentationProblem};

/// A share of one half or more is taken as inside.
const INSIDE: f64 = 0.5;

/// One frame: where it lies, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct FramePlace {
    pub slice: usize,
    /// The frame's segment; a label map names it in each pixel.
    pub segment: Option<u16>,
}

/// Neighbouring pixels of one segment in a row.
struct Run {
    slice: usize,
    row: usize,
    columns: Range<usize>,
}

/// The mask of each segment that has a voxel, in a box around it.
pub(super) fn masks(
    frames: &Frames<'_>,
    places: &[FramePlace],
    kind: Kind,
    grid: &Grid,
) -> Result<BTreeMap<u16, Mask>, SegmentationProblem> {
    let mut runs = BTreeMap::<u16, Vec<Run>>::new();
    let columns = grid.shape()[2];
    for (place, number) in places.iter().zip(0..) {
        let mut pixels = frames.frame(number)?;
        let background = match kind {
            Kind::LabelMap { background } => background,
            Kind::Binary | Kind::Fractional { .. } => {
                keep_inside(&mut pixels, kind);
                0
            }
        };
        for (row, values) in pixels.chunks_exact(columns).enumerate() {
            for (value, columns) in runs_of(values, background) {
                let run = Run {
                    slice: place.slice,
                    row,
                    columns,
                };
                let segment = place.segment.unwrap_or(value);
                runs.entry(segment).or_default().push(run);
            }
        }
    }
    let masks = runs.into_iter().map(|(n, runs)| (n, filled(&runs, grid)));
    Ok(masks.collect())
}

/// Makes pixels inside a segment 1 and the others 0.
fn keep_inside(pixels: &mut [u16], kind: Kind) {
    let is_inside = |value: u16| match kind {
        Kind::Fractional { maximum } => f64::from(value) >= INSIDE * f64::from(maximum),
        Kind::Binary | Kind::LabelMap { .. } => value != 0,
    };
    for pixel in pixels {
        *pixel = u16::from(is_inside(*pixel));
    }
}

/// The stretches of equal values, without those of the background.
fn runs_of(values: &[u16], background: u16) -> impl Iterator<Item = (u16, Range<usize>)> {
    let mut start = 0;
    values
        .chunk_by(|a, b| a == b)
        .map(move |chunk| {
            let columns = start..start + chunk.len();
            start = columns.end;
            (chunk[0], columns)
        })
        .filter(move |(value, _)| *value != background)
}

fn filled(runs: &[Run], grid: &Grid) -> Mask {
    let mut bounds: Option<IndexBox> = None;
    for run in runs {
        let own = IndexBox {
            min: [run.slice, run.row, run.columns.start],
            max: [run.slice, run.row, run.columns.end - 1],
        };
        bounds = Some(bounds.map_or(own, |b| b.union(&own)));
    }
    let Some(bounds) = bounds else {
        return nothing(grid);
    };
    let mut mask = Mask::empty(grid.crop(bounds));
    for run in runs {
        for column in run.columns.clone() {
            let [k, j, i] = bounds.min;
            mask[[run.slice - k, run.row - j, column - i]] = true;
        }
    }
    mask
}

/// The mask of a segment without a voxel.
pub(super) fn nothing(grid: &Grid) -> Mask {
    Mask::empty(grid.crop(IndexBox {
        min: [0; 3],
        max: [0; 3],
    }))
}
