//! Telling apart the acquisitions, reconstructions and time frames that share places in a series.

use std::cmp::Ordering;

use isoboost_volume::Grid;

use crate::frames::SPLIT_KEYS;
use crate::geometry::{Plane, grid_of, heights, is_same_place, order, places};
use crate::geometry_problem::GeometryProblem;
use crate::grouping::{Entry, Stack, size};
use crate::pixels::PixelReader;

/// Separates acquisitions, reconstructions or time frames that share places.
pub(crate) fn split(stack: Stack<'_>) -> Vec<Stack<'_>> {
    let Some(sorted) = sorted(&stack.entries) else {
        return vec![stack];
    };
    if repeats(&sorted) {
        return split_repeats(stack, 0);
    }
    if stack.entries[0].record.kind.is_ct() && regular(&sorted).is_err() {
        return split_ranges(stack);
    }
    vec![stack]
}

fn split_repeats(stack: Stack<'_>, first_key: usize) -> Vec<Stack<'_>> {
    let all = count_places(&stack.entries);
    if all == stack.entries.len() {
        return vec![stack];
    }
    for key in first_key..SPLIT_KEYS.len() {
        let groups = by_key(&stack.entries, key);
        let parts: Vec<usize> = groups.iter().map(|g| count_places(g)).collect();
        // A key explains the repeats when its groups overlap; one that leaves single slices does
        // not describe volumes.
        let explains = groups.len() > 1
            && parts.iter().all(|places| *places > 1)
            && parts.iter().sum::<usize>() > all;
        if explains {
            return groups
                .into_iter()
                .map(|entries| Stack {
                    entries,
                    differs_in: SPLIT_KEYS[key],
                    copies: 0,
                })
                .flat_map(|stack| split_repeats(stack, key + 1))
                .collect();
        }
    }
    vec![without_copies(stack)]
}

/// Leaves out slices that share their place with one that has the same pixels.
///
/// These are the only pixels read before a series is loaded: of slices that share a place though
/// nothing in their headers tells them apart.
fn without_copies(stack: Stack<'_>) -> Stack<'_> {
    let Some(sorted) = sorted(&stack.entries) else {
        return stack;
    };
    let heights = planes(&sorted).map_or_else(Vec::new, |planes| heights(&planes));
    let mut kept: Vec<usize> = Vec::new();
    for k in 0..sorted.len() {
        let is_copy = kept.iter().rev().any(|other| {
            is_same_place(heights[*other], heights[k]) && is_copy(&sorted[*other], &sorted[k])
        });
        if !is_copy {
            kept.push(k);
        }
    }
    Stack {
        copies: stack.copies + sorted.len() - kept.len(),
        entries: kept.into_iter().map(|k| sorted[k]).collect(),
        differs_in: stack.differs_in,
    }
}

/// Whether two slices at one place have the same values.
fn is_copy(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    let values = |entry: &Entry<'_>| {
        let mut buffer = Vec::new();
        let reader = PixelReader::open(&entry.record.instance).ok()?;
        let frame = reader.frame(entry.frame.number, &mut buffer).ok()?;
        Some((frame.number, frame.big_endian, frame.bytes.to_vec()))
    };
    let same_place = match (&a.frame.plane, &b.frame.plane) {
        (Ok(a), Ok(b)) => a.position == b.position,
        _ => false,
    };
    let (a_values, b_values) = (values(a), values(b));
    same_place && a.frame.rescale == b.frame.rescale && a_values.is_some() && a_values == b_values
}

/// A CT of the body is taken in at most this many ranges; more acquisitions are rotations of one.
const MAX_RANGES: usize = 3;

/// A range of a CT has at least this many slices.
const MIN_RANGE_SLICES: usize = 3;

/// Ranges of one CT have the same slice spacing, up to this part of it.
const SPACING_TOLERANCE: f64 = 0.01;

/// The slice spacing of slices that are a regular stack of some size.
fn spacing(entries: &[Entry<'_>]) -> Option<f64> {
    if entries.len() < MIN_RANGE_SLICES {
        return None;
    }
    let grid = regular(&sorted(entries)?).ok()?;
    Some(grid.spacing()[0])
}

/// Separates the ranges of a CT that was taken in several acquisitions with a gap between them.
fn split_ranges(stack: Stack<'_>) -> Vec<Stack<'_>> {
    let groups = by_key(&stack.entries, 0);
    let spacings: Option<Vec<f64>> = groups.iter().map(|group| spacing(group)).collect();
    let same = |spacings: &[f64]| {
        spacings
            .iter()
            .all(|s| (s - spacings[0]).abs() <= SPACING_TOLERANCE * spacings[0])
    };
    let are_ranges = (2..=MAX_RANGES).contains(&groups.len()) && spacings.is_some_and(|s| same(&s));
    if !are_ranges {
        return vec![stack];
    }
    groups
        .into_iter()
        .map(|entries| Stack {
            entries,
            differs_in: SPLIT_KEYS[0],
            copies: 0,
        })
        .collect()
}

/// The slices by the value of one key, in the order of the values.
fn by_key<'a>(entries: &[Entry<'a>], key: usize) -> Vec<Vec<Entry<'a>>> {
    let value = |entry: &Entry<'a>| entry.frame.acquisition[key].as_deref();
    let mut sorted = entries.to_vec();
    sorted.sort_by(|a, b| compare(value(a), value(b)));
    sorted
        .chunk_by(|a, b| value(a) == value(b))
        .map(<[Entry<'_>]>::to_vec)
        .collect()
}

/// Numbers by size, everything else as text.
fn compare(a: Option<&str>, b: Option<&str>) -> Ordering {
    let number = |text: Option<&str>| text.and_then(|t| t.parse::<f64>().ok());
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| a.cmp(&b)),
        _ => a.cmp(&b),
    }
}

fn planes<'a>(entries: &[Entry<'a>]) -> Option<Vec<&'a Plane>> {
    entries
        .iter()
        .map(|entry| entry.frame.plane.as_ref().ok())
        .collect()
}

/// The slices in stack order; `None` where one of them has no place.
pub(crate) fn sorted<'a>(entries: &[Entry<'a>]) -> Option<Vec<Entry<'a>>> {
    let order = order(&planes(entries)?);
    Some(order.into_iter().map(|i| entries[i]).collect())
}

fn count_places(entries: &[Entry<'_>]) -> usize {
    sorted(entries)
        .and_then(|sorted| planes(&sorted))
        .map_or(0, |planes| places(&planes))
}

fn repeats(sorted: &[Entry<'_>]) -> bool {
    let heights = planes(sorted).map_or_else(Vec::new, |planes| heights(&planes));
    heights.windows(2).any(|w| is_same_place(w[0], w[1]))
}

pub(crate) fn regular(sorted: &[Entry<'_>]) -> Result<Grid, GeometryProblem> {
    for entry in sorted {
        if let Err(problem) = &entry.frame.plane {
            return Err(problem.clone());
        }
    }
    let rows_columns = sorted.first().and_then(size).unwrap_or([1, 1]);
    let planes = planes(sorted).unwrap_or_default();
    grid_of(&planes, rows_columns.map(usize::from))
}
