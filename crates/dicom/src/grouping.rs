//! From the objects of one DICOM series to the stacks of slices in it.
//!
//! One Series Instance UID may hold a scout beside the scan, several reconstructions, or the time
//! frames of a dynamic acquisition. Slices belong together when they are parallel, of one size,
//! in one frame of reference, and do not share a place.

use std::cmp::Ordering;

use crate::Finding;
use crate::frames::{Frame, SPLIT_KEYS};
use crate::geometry::{GeometryProblem, Plane, grid_of, heights, is_same_place, order, places};
use crate::pixels::is_tissue;
use crate::record::ImageRecord;
use crate::study::{Series, SeriesPart, Slice};

/// One slice of the series: its object and its frame there.
#[derive(Clone, Copy)]
struct Entry<'a> {
    record: &'a ImageRecord,
    frame: &'a Frame,
}

/// Slices that may be one volume, and what they differ in from the others of their series.
struct Stack<'a> {
    entries: Vec<Entry<'a>>,
    differs_in: &'static str,
}

/// The stacks of one series, whose `records` are in the order of their files.
pub(crate) fn stacks(records: &[ImageRecord]) -> Vec<Series> {
    let entries = records.iter().flat_map(|record| {
        let frames = record.frames.iter();
        frames.map(move |frame| Entry { record, frame })
    });
    let mut stacks: Vec<Stack<'_>> = by_geometry(entries).into_iter().flat_map(split).collect();
    // The largest first; equal ones stay in the order of their files.
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.entries.len()));
    let of = stacks.len();
    stacks
        .into_iter()
        .zip(1..)
        .map(|(stack, number)| {
            let part = (of > 1).then_some(SeriesPart {
                number,
                of,
                differs_in: stack.differs_in,
            });
            series(stack, part)
        })
        .collect()
}

/// Groups of slices that are parallel, equally large and in one frame of reference.
fn by_geometry<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Stack<'a>> {
    let mut stacks: Vec<Stack<'a>> = Vec::new();
    for entry in entries {
        let fitting = stacks.iter_mut().find(|stack| {
            let first = stack.entries.first();
            first.is_some_and(|first| belongs_with(&entry, first))
        });
        match fitting {
            Some(stack) => stack.entries.push(entry),
            None => stacks.push(Stack {
                entries: vec![entry],
                differs_in: "geometry",
            }),
        }
    }
    stacks
}

fn belongs_with(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    let planes_fit = match (&a.frame.plane, &b.frame.plane) {
        (Ok(a), Ok(b)) => a.fits(b),
        (Err(_), Err(_)) => true,
        _ => false,
    };
    planes_fit
        && a.record.kind == b.record.kind
        && size(a) == size(b)
        && a.record.frame_of_reference == b.record.frame_of_reference
        && is_localizer(&a.frame.image_type) == is_localizer(&b.frame.image_type)
}

/// Whether an Image Type is that of a scout.
pub(crate) fn is_localizer(image_type: &[String]) -> bool {
    image_type.iter().any(|value| value == "LOCALIZER")
}

fn size(entry: &Entry<'_>) -> Option<[u16; 2]> {
    let format = entry.record.instance.format.as_ref().ok()?;
    Some([format.rows, format.columns])
}

/// Separates acquisitions, reconstructions or time frames that share places.
fn split(stack: Stack<'_>) -> Vec<Stack<'_>> {
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
                })
                .flat_map(|stack| split_repeats(stack, key + 1))
                .collect();
        }
    }
    vec![stack]
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
fn sorted<'a>(entries: &[Entry<'a>]) -> Option<Vec<Entry<'a>>> {
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

fn regular(sorted: &[Entry<'_>]) -> Result<isoboost_volume::Grid, GeometryProblem> {
    for entry in sorted {
        if let Err(problem) = &entry.frame.plane {
            return Err(problem.clone());
        }
    }
    let rows_columns = sorted.first().and_then(size).unwrap_or([1, 1]);
    let planes = planes(sorted).unwrap_or_default();
    grid_of(&planes, rows_columns.map(usize::from))
}

/// A series of the stack's slices.
fn series(stack: Stack<'_>, part: Option<SeriesPart>) -> Series {
    let entries = sorted(&stack.entries).unwrap_or(stack.entries);
    let geometry = regular(&entries);
    let mut instances = Vec::new();
    let mut places: Vec<(*const ImageRecord, usize)> = Vec::new();
    let mut slices = Vec::with_capacity(entries.len());
    for entry in &entries {
        let identity = std::ptr::from_ref(entry.record);
        let known = places.last().filter(|(p, _)| *p == identity).copied();
        let known = known.or_else(|| places.iter().find(|(p, _)| *p == identity).copied());
        let instance = known.map_or_else(
            || {
                instances.push(entry.record.instance.clone());
                places.push((identity, instances.len() - 1));
                instances.len() - 1
            },
            |(_, index)| index,
        );
        slices.push(Slice {
            instance,
            frame: entry.frame.number,
            position: entry.frame.plane.as_ref().ok().map(|p| p.position),
            rescale: entry.frame.rescale.clone(),
        });
    }
    let first = entries[0];
    let record = first.record.clone();
    let findings = findings(&entries, part.as_ref());
    Series {
        uid: record.series_uid,
        part,
        kind: record.kind,
        sop_class: record.instance.sop_class_uid,
        modality: record.modality,
        description: record.description,
        number: record.number,
        image_type: first.frame.image_type.clone(),
        frame_of_reference: record.frame_of_reference,
        scanner: record.scanner,
        series_type: record.series_type,
        corrections: record.corrections,
        units: record.units,
        rescale_type: record.rescale_type,
        pixel_problem: instances.iter().find_map(|i| i.format.clone().err()),
        instances,
        slices,
        geometry,
        findings,
    }
}

fn findings(entries: &[Entry<'_>], part: Option<&SeriesPart>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(part) = part {
        findings.push(Finding::new(
            "series-split",
            format!(
                "one series holds {} stacks of slices that differ in {}; this is number {}",
                part.of, part.differs_in, part.number
            ),
        ));
    }
    if entries.len() == 1 && entries[0].frame.plane.is_ok() {
        findings.push(Finding::new(
            "single-slice",
            "the series is a single slice; its thickness stands in for the slice spacing",
        ));
    }
    if entries.iter().any(|entry| entry.record.is_lossy) {
        findings.push(Finding::new(
            "lossy-compression",
            "the images were compressed with loss; values near edges may be wrong",
        ));
    }
    if entries.iter().any(pads_tissue) {
        findings.push(Finding::new(
            "pixel-padding-ignored",
            "PixelPaddingValue (0028,0120) stands for a tissue's value and was not applied",
        ));
    }
    for finding in entries.iter().flat_map(|entry| &entry.record.findings) {
        if !findings.iter().any(|known| known.code == finding.code) {
            findings.push(finding.clone());
        }
    }
    findings
}

/// Whether a slice of a CT calls padding what is a tissue's value.
fn pads_tissue(entry: &Entry<'_>) -> bool {
    let padding = entry
        .record
        .instance
        .format
        .as_ref()
        .ok()
        .and_then(|f| f.padding);
    match (padding, &entry.frame.rescale) {
        (Some(padding), Ok(rescale)) => entry.record.kind.is_ct() && is_tissue(padding, *rescale),
        _ => false,
    }
}
